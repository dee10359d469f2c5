"""Half: one side of a map, with its bins ordered outward from the price."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from service.heatmap.bars import Floats
from service.heatmap.smoothing import smooth
from service.heatmap.spans import Span

Side: TypeAlias = Literal["long", "short"]
SIDES: tuple[Side, Side] = ("long", "short")


@dataclass(frozen=True, eq=False)
class Half:
    """One side: long positions' bins below the price, short positions' above it.

    raw, smoothed  float64[n]  notional per bin, bin 0 next to the price
    window         how many of them are near enough to hold zones
    origin         axis index of the bin edge where the half begins
    """

    side: Side
    raw: Floats
    smoothed: Floats
    window: int
    origin: int

    def axis(self, span: Span) -> Span:
        """Return an outward span as half-open bin numbers of the axis."""
        start, stop = span
        if self.side == "long":
            return self.origin - stop, self.origin - start
        return self.origin + start, self.origin + stop


def half(centres: Floats, values: Floats, price: float, side: Side, sigma_bins: float, reach: float) -> Half:
    """Cut one side out of a profile, float64[B] both, and smooth it.

    A bin belongs to the side on which its centre lies; one centred on the price itself belongs to neither, which keeps
    the two sides disjoint and mirrored. `reach` is the window in price units.
    """
    if side == "long":
        origin = int(np.searchsorted(centres, price, "left"))
        raw, distance = values[:origin][::-1], price - centres[:origin][::-1]
    else:
        origin = int(np.searchsorted(centres, price, "right"))
        raw, distance = values[origin:], centres[origin:] - price
    smoothed = smooth(raw, sigma_bins) if len(raw) else raw
    return Half(side, raw, smoothed, int(np.searchsorted(distance, reach, "right")), origin)
