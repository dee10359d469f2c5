"""Alignment: bars, open interest and mark price, each on its own times, made into one set of arrays."""

from dataclasses import replace

import numpy as np

from service.heatmap import Bars
from service.heatmap.base import Floats, Times
from service.market.contract import Candles, Coverage, OpenInterest, TimeSeries
from service.market.feed.alignment.one_unit import in_one_unit
from service.market.feed.alignment.outages import without_outages


def align(
    candles: Candles, interest: OpenInterest | None, mark: Candles | None, step: int, until: int
) -> tuple[Bars, Coverage]:
    """Return the bars with what was known at each one's close, and how much that was.

    candles   what was traded, at least one bar of `step` ms; a bar with NaN is missing, and one whose range does not
              hold its open and close is widened
    interest  a row counts for a bar if it is public at the bar's close and not from before its open (or, if the rows
              lie further apart than the bars, not older than their spacing)
    mark      mark-price bars; where missing, the traded range stands in
    until     the close of the last bar that there should be, epoch ms
    """
    sent = len(candles)
    candles, widened = _widened(candles.known())
    if interest is None:
        interest = OpenInterest(np.empty(0, np.int64), np.empty(0))
    told, spacing, interest = len(interest), interest.spacing(step), interest.known()
    mark = None if mark is None else mark.known()
    time = candles.time
    amount = _at_close(time + step, interest, spacing, step)
    marked = _rows_of(time, mark)
    has_mark = marked >= 0
    mark_low, mark_high = candles.low, candles.high
    if mark is not None and has_mark.any():
        mark_high = np.where(has_mark, mark.high[marked], candles.high)
        mark_low = np.where(has_mark, mark.low[marked], candles.low)
    traded = (candles.open, candles.high, candles.low, candles.close, candles.volume)
    bars = Bars(time, *traded, amount, mark_low, mark_high, step)
    # A change that is spread over several bars is no step.
    bars, notes = in_one_unit(bars) if spacing == step else (bars, ())
    bars, repeated = without_outages(bars, spacing // step)
    known = np.isfinite(bars.open_interest)
    coverage = Coverage(
        first=int(time[0]),
        last=int(time[-1]),
        bars=len(time),
        gaps=(until - int(time[0])) // step - len(time),
        missing_at_end=(until - int(time[-1])) // step - 1,
        open_interest_share=float(known.mean()),
        open_interest_missing_at_end=int(known[::-1].argmax()) if known.any() else len(time),
        mark_price_share=float(has_mark.mean()),
        has_book=False,
        inconsistent=_inconsistent(bars, interest, spacing),
        unusable=sent - len(candles),
        repaired=widened,
        open_interest_unusable=told - len(interest),
        open_interest_repeated=repeated,
        notes=notes,
    )
    return bars, coverage


def _widened(candles: Candles) -> tuple[Candles, int]:
    """Return the bars with ranges that hold their open and close, and how many were too narrow."""
    low = np.minimum.reduce([candles.low, candles.open, candles.close])
    high = np.maximum.reduce([candles.high, candles.open, candles.close])
    return replace(candles, low=low, high=high), int(((low < candles.low) | (high > candles.high)).sum())


def _at_close(closes: Times, rows: OpenInterest, spacing: int, step: int) -> Floats:
    """Return the newest row that was public at each close and is recent enough; NaN where there is none.

    Between rows that lie further apart than the bars, the last known change is spread over the bars up to the next
    row: read as it comes it would be a jump in one bar, more than that bar traded, and read backwards from the next row
    it would be known too early.
    """
    if not len(rows):
        return np.full(len(closes), np.nan)
    at = np.searchsorted(rows.time, closes, side="right") - 1
    newest, before = np.maximum(at, 0), np.maximum(at - 1, 0)
    recent = (at >= 0) & (rows.time[newest] > closes - spacing)
    value = rows.amount[newest]
    if spacing > step:
        passed = np.minimum((closes - rows.time[newest] + step) / spacing, 1.0)
        value = rows.amount[before] + (value - rows.amount[before]) * passed
    return np.where(recent, value, np.nan)


def _inconsistent(bars: Bars, rows: OpenInterest, spacing: int) -> int:
    """Return how many bars lie where open interest moved by more than was traded, as finely as it is known."""
    closes, volume, step = bars.close_time, bars.volume, bars.step
    if spacing <= step:
        # What was traded in a bar that is missing is not known.
        follows = np.diff(closes) == step
        return int((follows & (np.abs(np.diff(bars.open_interest)) > volume[1:])).sum())
    ends = np.searchsorted(closes, rows.time, side="right")
    traded = np.concatenate(([0.0], np.cumsum(volume)))[ends]
    moved = np.abs(np.diff(rows.amount))
    # before the first bar's open nothing is known of the volume
    whole = rows.time[:-1] >= closes[0] - step
    return int(np.diff(ends)[whole & (moved > np.diff(traded))].sum())


def _rows_of(time: Times, rows: TimeSeries | None) -> Times:
    """Return the index of the row with exactly each time, -1 where there is none."""
    if rows is None or not len(rows):
        return np.full(len(time), -1)
    at = np.minimum(np.searchsorted(rows.time, time), len(rows.time) - 1)
    rows_at: Times = np.where(rows.time[at] == time, at, -1)
    return rows_at
