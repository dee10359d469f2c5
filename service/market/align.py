"""Alignment: bars, open interest and mark price, each on its own times, made into one set of arrays."""

import numpy as np

from service.heatmap.bars import Bars, Floats, Times
from service.market.data import Coverage
from service.market.history import Rows


def align(bars: Rows, open_interest: Rows | None, mark: Rows | None, step: int) -> tuple[Bars, Coverage]:
    """Return the bars with what was known at each one's close, and how much that was.

    bars           columns open, high, low, close, volume
    open_interest  one column; a row counts for a bar if it is public at the bar's close and not from before its open
                   (or, if the rows lie further apart than the bars, not older than their spacing)
    mark           columns as bars; where missing, the traded range stands in
    """
    time = bars.time
    opened, high, low, close, volume = np.ascontiguousarray(bars.values[:, :5].T)
    amount = _at_close(time + step, open_interest, step)
    marked = _rows_of(time, mark)
    has_mark = marked >= 0
    mark_low, mark_high = low, high
    if mark is not None and has_mark.any():
        mark_high = np.where(has_mark, mark.values[marked, 1], high)
        mark_low = np.where(has_mark, mark.values[marked, 2], low)
    aligned = Bars(time, opened, high, low, close, volume, amount, mark_low, mark_high, step)
    gaps = int((np.diff(time) // step - 1).sum()) if len(time) > 1 else 0
    coverage = Coverage(
        first=int(time[0]),
        last=int(time[-1]),
        bars=len(time),
        gaps=gaps,
        open_interest_share=float(np.isfinite(amount).mean()),
        mark_price_share=float(has_mark.mean()),
        has_book=False,
        inconsistent=int((np.abs(np.diff(amount)) > volume[1:]).sum()),
    )
    return aligned, coverage


def _at_close(closes: Times, rows: Rows | None, step: int) -> Floats:
    """Return the newest row that was public at each close and is recent enough; NaN where there is none."""
    if rows is None or not len(rows.time):
        return np.full(len(closes), np.nan)
    spacing = int(np.median(np.diff(rows.time))) if len(rows.time) > 1 else step
    at = np.searchsorted(rows.time, closes, side="right") - 1
    recent = (at >= 0) & (rows.time[np.maximum(at, 0)] > closes - max(step, spacing))
    return np.where(recent, rows.values[np.maximum(at, 0), 0], np.nan)


def _rows_of(time: Times, rows: Rows | None) -> Times:
    """Return the index of the row with exactly each time, -1 where there is none."""
    if rows is None or not len(rows.time):
        return np.full(len(time), -1)
    at = np.minimum(np.searchsorted(rows.time, time), len(rows.time) - 1)
    found: Times = np.where(rows.time[at] == time, at, -1)
    return found
