"""Silence: bars of which no liquidation is reported because nobody reports, told from bars in which there was none."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from service.heatmap import Bars
from service.heatmap.base import Floats

# A stretch without a liquidation is so many bars long at least, and so many of them must have moved as much as the
# median of the bars in which there was one. Of 24 quiet hours hardly any moved so much; a dead feed is silent in all.
LEAST_BARS, LEAST_LIVELY = 24, 6


def is_silent(bars: Bars, liquidated: Floats) -> NDArray[np.bool_]:
    """Tell which bars lie in a stretch of which the exchange reported nothing, bool[T].

    liquidated  float64[T] of both sides together, any unit; NaN where there is no report, which ends no stretch
    """
    none, some = liquidated == 0.0, liquidated > 0.0
    moved = np.log(bars.high / bars.low)
    lively = none & (moved > 0.0) & (moved >= (np.median(moved[some]) if some.any() else np.median(moved)))
    found = np.zeros(len(bars), dtype=bool)
    edges = np.concatenate(([-1], np.flatnonzero(some), [len(bars)]))
    for before, after in pairwise(edges.tolist()):
        stretch = slice(before + 1, after)
        if none[stretch].sum() >= LEAST_BARS and lively[stretch].sum() >= LEAST_LIVELY:
            found[stretch] = none[stretch]
    return found
