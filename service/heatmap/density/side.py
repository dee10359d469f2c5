"""Map side: one side of a map's column with its bins ordered outward from the price."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats, Span
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side
from service.heatmap.density.usual import gap_depth, heat_for_distance


@dataclass(frozen=True, eq=False)
class MapSide:
    """One side: long positions' bins below the price, short positions' above it.

    raw           float64[n]  notional per bin, bin 0 next to the price
    heat          float64[n]  how full each bin is against its surroundings, 0 to 1
    for_distance  float64[n]  how full it is for its distance from the price, on the same scale
    centres       float64[n]  its middle price
    price         the price
    step          the width of a bin in price, about the price
    window        how many of the bins are near enough to hold zones
    origin        axis index of the bin edge where the side begins
    """

    side: Side
    raw: Floats
    heat: Floats
    for_distance: Floats
    centres: Floats
    price: float
    step: float
    window: int
    origin: int

    def axis(self, span: Span) -> Span:
        """Return an outward span as half-open bin numbers of the axis."""
        start, stop = span
        if self.side is Side.LONG:
            return self.origin - stop, self.origin - start
        return self.origin + start, self.origin + stop

    def held(self, bins: Span) -> float:
        """Return what stands in half-open bins of the axis; nothing does in those of the other side."""
        first, last = bins
        start, stop = (
            (self.origin - last, self.origin - first)
            if self.side is Side.LONG
            else (first - self.origin, last - self.origin)
        )
        return float(self.raw[max(start, 0) : max(stop, 0)].sum())

    def bins_of(self, length: float) -> float:
        """Return how many bins a length in price is; as many on either side, so that mirrored maps are read alike."""
        return length / self.step


def map_side(
    axis: LogAxis, values: Floats, heat: Floats, price: float, side: Side, reach: float, anchor: float | None = None
) -> MapSide:
    """Cut one side out of a whole column, float64[B] both; `reach` is the window in price.

    How far places are from the price, for what is usual there, is counted from `anchor`, a price that stands still
    while the price moves a little; from the price itself if not given.

    A bin belongs to the side on which its centre lies; one centred on the price itself belongs to neither, which keeps
    the two sides disjoint and mirrored.
    """
    if side is Side.LONG:
        origin = int(np.searchsorted(axis.centres, price, "left"))
        outward = slice(origin - 1, None, -1) if origin else slice(0, 0)
    else:
        origin = int(np.searchsorted(axis.centres, price, "right"))
        outward = slice(origin, None)
    centres = axis.centres[outward]
    window = int(np.searchsorted(np.abs(centres - price), reach, "right"))
    gap = gap_depth(heat, np.abs(np.log(axis.centres / price)))
    full = heat_for_distance(heat[outward], np.abs(np.log(centres / (anchor or price))), gap)
    return MapSide(side, values[outward], heat[outward], full, centres, price, price * axis.bin_size, window, origin)
