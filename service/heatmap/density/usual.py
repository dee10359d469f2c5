"""Heat for the distance: how full a place is against what is usual so far from the price, 0 to 1.

Price empties what it passes. So little is left near the price on most maps, and where the emptied part ends whatever
stands looks dense against it. Both say where price has been, and not whether this map is fuller than others are there.
A place is therefore read by its contrast (heat.py) over a USUAL one so far from the price, on the scale of heat.

The curve follows the hourly maps of BTC, ETH and SOL perpetuals from 2024-06-26 to 2024-07-20: there, and in the 30
days after, between a fifth and two fifths of the maps exceed it by the twentieth that makes a place hot, at every
distance from .3 to 5 %, on all three and in calm and wild weeks alike. Within that its steepness was chosen by how much
more is liquidated in hours that come to such a place. It was not measured on bars of a day, on small coins, nor on
other mixes than the default.
"""

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.density.heat import contrast_at, heat_at
from service.heatmap.density.heat_loop import DIGITS

# Distances from the price in log price, and the usual contrast there; straight lines in between.
DISTANCES = (0.003, 0.004, 0.005, 0.006, 0.008, 0.010, 0.012, 0.016, 0.020, 0.025, 0.032, 0.050)
USUAL = (0.33, 0.40, 0.60, 0.90, 1.15, 1.25, 1.25, 1.22, 1.15, 1.10, 1.04, 1.00)
# The gap is looked for so near to the price, log price.
AT_THE_PRICE = 0.002


def gap_depth(heat: Floats, away: Floats) -> float:
    """Return how empty the map is at the price, 0 where it is as dense as its surroundings to 1 where nothing is left.

    `heat` and `away`, its distance from the price in log price, are float64[B] of both sides.
    """
    at_price = contrast_at(heat[away <= AT_THE_PRICE])
    return 1.0 - min(float(at_price.min()), 1.0) if len(at_price) else 0.0


def usual_contrast(away: Floats, gap: float) -> Floats:
    """Return the usual contrast of places so far from the price, log price, behind a gap so deep, float64[n]."""
    usual: Floats = 1.0 + gap * (np.interp(away, DISTANCES, USUAL) - 1.0)
    return usual


def heat_for_distance(heat: Floats, away: Floats, gap: float) -> Floats:
    """Return how full places are for their distance from the price.

    Parameters
    ----------
    heat, away : float64[n]
        How full each place is against its surroundings, and its distance in log price.
    gap : float
        How deep the gap at the price is (`gap_depth`): where nothing was emptied, nothing near the price is unusual.

    Returns
    -------
    float64[n]
        From 5 % away on it is the heat itself.
    """
    full: Floats = heat_at(contrast_at(heat) / usual_contrast(away, gap)).round(DIGITS)
    return full
