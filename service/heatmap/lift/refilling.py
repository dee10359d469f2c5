"""The flat map: level wherever price has not been, emptied where it goes, refilling at an even rate.

It knows nothing of leverage, volume or open interest: what a real map adds, it must add to "not revisited lately".
"""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide, Side
from service.heatmap.inventory.adverse import adverse_log_price

# Width of a cell in log price, how far around the bars it reaches, and what of a cell's emptiness goes in each bar.
CELL, BEYOND, REFILL = 0.0005, 0.05, 0.02


@dataclass(frozen=True, eq=False)
class FlatMap:
    """What the flat map says of each bar, from before it.

    fullness  float64[T] by side: how full it is from the close before to the bar's worst price, 0..1; NaN in the first
              bar, and of the cell next to the close where the bar did not go beyond it
    swept     float64[T] by side: what the bar takes out of it, in log price times fullness; 0 where it takes nothing
    """

    fullness: BySide[Floats]
    swept: BySide[Floats]


def flat_map(bars: Bars) -> FlatMap:
    """Take the flat map of each side through the bars."""
    long, short = (_taken(bars, side) for side in Side)
    return FlatMap(BySide(long[0], short[0]), BySide(long[1], short[1]))


def _taken(bars: Bars, side: Side) -> tuple[Floats, Floats]:
    close = adverse_log_price(bars.close, side)
    worst = adverse_log_price(bars.low if side is Side.LONG else bars.high, side)
    start = min(float(close.min()), float(worst.min())) - BEYOND
    cells = int((max(float(close.max()), float(worst.max())) + BEYOND - start) / CELL) + 2
    at_close, at_worst = (((y - start) / CELL).astype(np.int64).tolist() for y in (close, worst))
    full, fullness = np.ones(cells), [np.nan]
    for before, reached, now in zip(at_close, at_worst[1:], at_close[1:], strict=False):
        end = max(reached, before + 1)
        fullness.append(float(full[before:end].mean()))
        full[:end] = 0.0
        full[now:] += REFILL * (1.0 - full[now:])
    further = np.maximum(worst[1:] - close[:-1], 0.0)
    mean = np.array(fullness)
    return mean, np.append(0.0, further * mean[1:])
