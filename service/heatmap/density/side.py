"""Map side: one side of a profile with its bins ordered outward from the price, and how it stands out there."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from service.heatmap.base.arrays import Floats, Span
from service.heatmap.base.side import Side
from service.heatmap.stats.smoothing import smooth


@dataclass(frozen=True, eq=False)
class MapSide:
    """One side: long positions' bins below the price, short positions' above it.

    raw, smoothed  float64[n]  notional per bin, bin 0 next to the price
    background     float64[n]  the same, averaged over the surroundings
    window         how many of the bins are near enough to hold zones
    origin         axis index of the bin edge where the side begins
    """

    side: Side
    raw: Floats
    smoothed: Floats
    background: Floats
    window: int
    origin: int

    @cached_property
    def excess(self) -> Floats:
        """Return by how much each bin is denser than its surroundings, float64[n], as a share of these; 0 if empty."""
        there = self.background > 0.0
        return np.divide(self.smoothed, self.background, out=np.ones_like(self.smoothed), where=there) - 1.0

    def axis(self, span: Span) -> Span:
        """Return an outward span as half-open bin numbers of the axis."""
        start, stop = span
        if self.side is Side.LONG:
            return self.origin - stop, self.origin - start
        return self.origin + start, self.origin + stop


def map_side(
    centres: Floats,
    values: Floats,
    price: float,
    side: Side,
    *,
    sigma_bins: float,
    background_bins: float,
    reach: float,
) -> MapSide:
    """Cut one side out of a profile, float64[B] both, and smooth it.

    A bin belongs to the side on which its centre lies; one centred on the price itself belongs to neither, which keeps
    the two sides disjoint and mirrored. `reach` is the window in price units; the two widths are standard deviations of
    Gaussians, in bins. The background is a Gaussian too because in a box of its width the middle of a wide void would
    be its own background.
    """
    if side is Side.LONG:
        origin = int(np.searchsorted(centres, price, "left"))
        raw, distance = values[:origin][::-1], price - centres[:origin][::-1]
    else:
        origin = int(np.searchsorted(centres, price, "right"))
        raw, distance = values[origin:], centres[origin:] - price
    smoothed, background = (smooth(raw, width) if len(raw) else raw for width in (sigma_bins, background_bins))
    return MapSide(side, raw, smoothed, background, int(np.searchsorted(distance, reach, "right")), origin)
