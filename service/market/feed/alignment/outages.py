"""Outages: open interest that stands still while the market goes on, told from a quiet market."""

from dataclasses import replace

import numpy as np

from service.heatmap import Bars

# So many readings in a row of the same open interest, to the last digit, while this share of it was traded: nobody
# counts. In a quiet market little is traded; in a busy one open interest moves with every bar.
LEAST_READINGS, LEAST_TRADED = 6, 0.1


def without_outages(bars: Bars, apart: int = 1) -> tuple[Bars, int]:
    """Return the bars with open interest unknown where it was only repeated, and in how many bars it was.

    `apart` is how many bars there are to a reading. A repeated value is believed until it has been repeated too often:
    nothing later is needed to know it by.
    """
    interest = bars.open_interest
    same = np.concatenate(([False], (np.diff(interest) == 0) & (np.diff(bars.time) == bars.step), [False]))
    turns = np.flatnonzero(np.diff(same.astype(np.int8)))
    repeated = np.zeros(len(bars), dtype=bool)
    for first, last in zip(turns[::2], turns[1::2], strict=True):
        # Bar `first` was counted; those after it, up to and with `last`, have the same.
        traded = np.cumsum(bars.volume[first + 1 : last + 1])
        often = np.arange(2, last - first + 2) >= LEAST_READINGS * apart
        repeated[first + 1 : last + 1] = often & (traded >= LEAST_TRADED * interest[first])
    if not repeated.any():
        return bars, 0
    return replace(bars, open_interest=np.where(repeated, np.nan, interest)), int(repeated.sum())
