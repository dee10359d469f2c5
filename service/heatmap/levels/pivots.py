"""Pivots: bars that stand out above or below their neighbours."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.levels.level import Level, at_price


def pivot_bars(values: Floats, reach: int) -> NDArray[np.intp]:
    """Return the indices that are higher than the `reach` values before and no lower than the `reach` after.

    Of equal highs in one window the first counts. A pivot is only known `reach` bars later, so the last ones are never
    among them.
    """
    if len(values) < 2 * reach + 1:
        return np.array([], dtype=np.intp)
    top = sliding_window_view(values, reach).max(axis=1)
    middle = values[reach : len(values) - reach]
    stands = (middle > top[: len(middle)]) & (middle >= top[reach + 1 :])
    return np.flatnonzero(stands) + reach


def swing_levels(bars: Bars, reach: int, kept: int) -> list[Level]:
    """Return the latest `kept` swing highs and as many swing lows, latest first."""
    highs = pivot_bars(bars.high, reach)[::-1][:kept].tolist()
    lows = pivot_bars(-bars.low, reach)[::-1][:kept].tolist()
    return [at_price("swing_high", float(bars.high[i]), int(bars.time[i])) for i in highs] + [
        at_price("swing_low", float(bars.low[i]), int(bars.time[i])) for i in lows
    ]
