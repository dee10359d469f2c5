"""The flat map: level wherever price has not been, emptied where it goes, refilling at an even rate.

Compiled from refilling.c where there was a compiler; the loop here gives the same bytes, more slowly.

It knows nothing of leverage, volume or open interest: what a real map adds, it must add to "not revisited lately".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.bars import Bars
from service.heatmap.base.compiled import LIBRARY, Layout, function
from service.heatmap.base.side import BySide, Side
from service.heatmap.inventory.adverse import adverse_log_price

# Width of a cell in log price, how far around the bars it reaches, and what of a cell's emptiness goes in each bar.
CELL, BEYOND, REFILL = 0.0005, 0.05, 0.02

FLAT = Layout("flat", "bars", "cells", "#at_close", "#at_worst", "*refill", "*full", "*fullness")
# The cell of each bar's close and of its worst price, and how many cells there are; how full what each bar sweeps is.
FlatLoop: TypeAlias = Callable[[Times, Times, int], Floats]


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
    at_close, at_worst = (((y - start) / CELL).astype(np.int64) for y in (close, worst))
    fullness = FASTEST(at_close, at_worst, cells)
    further = np.maximum(worst[1:] - close[:-1], 0.0)
    return fullness, np.append(0.0, further * fullness[1:])


def numpy_loop(at_close: Times, at_worst: Times, cells: int) -> Floats:
    """Return how full the map is that each bar sweeps, float64[T], NaN for the first: from one close to the worst."""
    full, fullness = np.ones(cells), [np.nan]
    closes = at_close.tolist()
    for before, reached, now in zip(closes, at_worst.tolist()[1:], closes[1:], strict=False):
        end = max(reached, before + 1)
        fullness.append(float(full[before:end].mean()))
        full[:end] = 0.0
        full[now:] += REFILL * (1.0 - full[now:])
    return np.array(fullness)


def loop_of(call: Callable[..., None]) -> FlatLoop:
    """Return the compiled loop for use in place of `numpy_loop`."""

    def loop(at_close: Times, at_worst: Times, cells: int) -> Floats:
        fullness = np.full(len(at_close), np.nan)
        room = {"refill": np.array([REFILL]), "full": np.ones(cells), "fullness": fullness}
        call(FLAT.filled({"bars": len(at_close), "cells": cells, "at_close": at_close, "at_worst": at_worst, **room}))
        return fullness

    return loop


_FLAT = function(LIBRARY, "flat_map", FLAT)
FASTEST: FlatLoop = numpy_loop if _FLAT is None else loop_of(_FLAT)
