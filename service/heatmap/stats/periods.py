"""Periods: bars gathered into UTC days and weeks."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.bars import Bars
from service.times import DAY_MS, WEEK_MS

# 1 January 1970 was a Thursday; weeks begin on Monday.
MONDAY = 4 * DAY_MS


@dataclass(frozen=True, eq=False)
class Periods:
    """P periods that hold at least one bar, oldest first; `start` int64[P] epoch ms, prices float64[P]."""

    start: Times
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    length: int

    def __len__(self) -> int:
        """Return P."""
        return len(self.start)


def whole_periods(bars: Bars, length: int, origin: int = 0) -> Periods:
    """Gather bars into periods of `length` ms counted from `origin`; a first or last one cut short is left out."""
    if not len(bars):
        return Periods(bars.time, bars.open, bars.high, bars.low, bars.close, length)
    number = (bars.time - origin) // length
    first = np.flatnonzero(np.diff(number, prepend=number[:1] - 1))
    last = np.append(first[1:], len(bars)) - 1
    start = number[first] * length + origin
    whole = np.ones(len(first), dtype=bool)
    whole[0] &= bool(bars.time[0] == start[0])
    whole[-1] &= bool(bars.close_time[-1] >= start[-1] + length)
    high, low = np.maximum.reduceat(bars.high, first), np.minimum.reduceat(bars.low, first)
    return Periods(start[whole], bars.open[first][whole], high[whole], low[whole], bars.close[last][whole], length)


def days(bars: Bars) -> Periods:
    """Return the whole UTC days."""
    return whole_periods(bars, DAY_MS)


def weeks(bars: Bars) -> Periods:
    """Return the whole UTC weeks, which begin on Monday."""
    return whole_periods(bars, WEEK_MS, MONDAY)
