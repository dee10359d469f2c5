"""Heat: how full a place is against its surroundings, 0 to 1, the one scale for grid, zones and pictures.

A map falls or rises slowly with distance from the price, and as a whole with open interest. Neither says where price
will meet more liquidations than on its way there. What stands out does: density here over density around here.

With rho what stands of both sides together per unit of log price, c = (rho averaged over NARROW) / (rho averaged over
BROAD), both with Gaussian weights:

    heat = c^2 / 2                              for c < 1
    heat = 1 - exp(-(c - 1) / SOFTNESS) / 2     for c >= 1

0 is a place that has just been swept, .5 as dense as its surroundings, .85 is 12 % denser. A level map is .5
everywhere. Each column is read by itself: no past, and no look-ahead.
"""

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.density.heat_loop import FASTEST, NOTHING, Bins, Scale, means
from service.heatmap.stats.smoothing import gaussian

# Width of a bin in log price on which heat is read; the kernel's own, so that nothing is lost.
STEP = 0.0006
# Standard deviations, in log price.
NARROW, BROAD = 0.001, 0.015
SOFTNESS = 0.10
# How far beyond what is shown a map must be known, in log price, or its rim would have no surroundings.
SURROUNDINGS = 3.0 * BROAD
# The heat of a place as dense as its surroundings.
LEVEL = 0.5
# Beyond a heat that leaves less than this to 2, contrasts are not told apart.
LEAST_LEFT = 1e-12


def heat_of(amounts: Floats, step: float) -> Floats:
    """Return the heat of each bin.

    Parameters
    ----------
    amounts : float64[T, N]
        What stands of both sides together, in bins of equal width in log price.
    step : float
        That width.

    Returns
    -------
    float64[T, N]
        0 to 1. Within SURROUNDINGS of either end it is against what is known alone.
    """
    return FASTEST(amounts, heat_scale(step), None)


def heat_on_bins(amounts: Floats, first: float, step: float, edges: Floats) -> Floats:
    """Return the mean heat of other bins, float64[T, B]: over log price, of what they cover.

    `amounts` and `step` are those of `heat_of`, `first` is the log price at which these bins begin, `edges`
    float64[B + 1] are rising prices within them.
    """
    return FASTEST(amounts, heat_scale(step), _bins(amounts.shape[1], first, step, edges))


def heat_at(contrast: Floats) -> Floats:
    """Return the heat of places so many times as dense as their surroundings."""
    above = 1.0 - LEVEL * np.exp(-(np.maximum(contrast, 1.0) - 1.0) / SOFTNESS)
    heat: Floats = np.where(contrast < 1.0, LEVEL * contrast * contrast, above)
    return heat


def contrast_at(heat: Floats) -> Floats:
    """Return how many times as dense as their surroundings places of a heat are: the inverse of `heat_at`."""
    above = 1.0 - SOFTNESS * np.log(np.clip((1.0 - heat) / LEVEL, LEAST_LEFT, 1.0))
    contrast: Floats = np.where(heat < LEVEL, np.sqrt(heat / LEVEL), above)
    return contrast


def on_bins(heat: Floats, first: float, step: float, edges: Floats) -> Floats:
    """Return the same of heat that is known, float64[T, N]."""
    return means(heat, _bins(heat.shape[1], first, step, edges))


def heat_scale(step: float) -> Scale:
    """Return the weights by which heat is read off bins of this width in log price."""
    narrow, broad = (gaussian(width / step) for width in (NARROW, BROAD))
    return Scale(narrow[len(narrow) // 2 :].copy(), broad[len(broad) // 2 :].copy(), SOFTNESS)


def _bins(length: int, first: float, step: float, edges: Floats) -> Bins:
    place = np.clip((np.log(np.maximum(edges, np.exp(first))) - first) / step, 0.0, length)
    below = np.minimum(place.astype(np.int64), length - 1)
    return Bins(below, place - below, np.maximum(np.diff(place), NOTHING))
