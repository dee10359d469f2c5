"""The flat map: level wherever price has not been, emptied where it goes, refilling at an even rate.

It knows nothing of leverage, volume or open interest: what a real map adds, it must add to "not revisited lately".
"""

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide, Side
from service.heatmap.inventory.adverse import adverse_log_price

# Width of a cell in log price, how far around the bars it reaches, and what of a cell's emptiness goes in each bar.
CELL, BEYOND, REFILL = 0.0005, 0.05, 0.02


def flat_fullness(bars: Bars) -> BySide[Floats]:
    """Return how full a flat map is, 0..1, between the close before and each bar's worst price, float64[T] by side.

    NaN in the first bar. Where a bar did not go beyond the close before, it is of the cell next to it.
    """
    return BySide(*(_fullness(bars, side) for side in Side))


def _fullness(bars: Bars, side: Side) -> Floats:
    close = adverse_log_price(bars.close, side)
    worst = adverse_log_price(bars.low if side is Side.LONG else bars.high, side)
    start = min(float(close.min()), float(worst.min())) - BEYOND
    cells = int((max(float(close.max()), float(worst.max())) + BEYOND - start) / CELL) + 2
    at_close, at_worst = (((y - start) / CELL).astype(np.int64).tolist() for y in (close, worst))
    full, found = np.ones(cells), [np.nan]
    for before, reached, now in zip(at_close, at_worst[1:], at_close[1:], strict=False):
        end = max(reached, before + 1)
        found.append(float(full[before:end].mean()))
        full[:end] = 0.0
        full[now:] += REFILL * (1.0 - full[now:])
    return np.array(found)
