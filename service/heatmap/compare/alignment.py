"""Alignment: two maps brought to one axis, by price or by price relative to each one's mark."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import Side
from service.heatmap.stats.rebin import check_edges, rebin

How: TypeAlias = Literal["absolute", "relative"]
MOST_BINS = 4000
# Dividing by the mark leaves a rounding of about 1e-16; equal axes must still be seen as equal.
SAME_EDGE = 1e-12


@dataclass(frozen=True, eq=False)
class MapColumn:
    """One map at one moment, as far as it is compared with another.

    Attributes
    ----------
    edges : float64[B + 1]
        Bin edges, prices, rising.
    long, short : float64[B]
        USD that stands in each bin.
    open_interest : float
        USD, one side: what the densities are shares of.
    mark : float
        The mark price of the market.
    outside_long, outside_short : float
        USD that stands beyond the edges.
    """

    edges: Floats
    long: Floats
    short: Floats
    open_interest: float
    mark: float
    outside_long: float = 0.0
    outside_short: float = 0.0

    def check(self, name: str) -> None:
        """Raise ValueError naming the field that is not usable."""
        check_edges(f"{name}.edges", self.edges)
        for side in Side:
            mass = getattr(self, side)
            if mass.shape != (len(self.edges) - 1,) or not (np.all(np.isfinite(mass)) and np.all(mass >= 0)):
                raise ValueError(f"{name}.{side} must be {len(self.edges) - 1} finite amounts of at least 0")
        for field in ("outside_long", "outside_short"):
            if not 0 <= getattr(self, field) < float("inf"):
                raise ValueError(f"{name}.{field} must be a finite amount of at least 0")
        for field in ("open_interest", "mark"):
            value = getattr(self, field)
            if not (np.isfinite(value) and value > 0):
                raise ValueError(f"{name}.{field} must be above 0 and finite, not {value}")


@dataclass(frozen=True, eq=False)
class Aligned:
    """Two maps on one axis.

    edges       float64[B+1]    prices (absolute), or prices / mark (relative)
    a, b        float64[2, B]   USD, long then short
    unit        what a distance on the axis is a share of: the mean mark (absolute), or 1 (relative)
    """

    edges: Floats
    a: Floats
    b: Floats
    unit: float


def align(a: MapColumn, b: MapColumn, how: How) -> Aligned:
    """Bring two maps to one axis, conserving mass; the axis does not depend on which is called a.

    Equal edges (after division by the mark where relative) are kept. Otherwise the axis covers both, in even bins of
    the finer one's median width, wider where that would take more than 4,000. Raises ValueError naming the argument.
    """
    if how not in ("absolute", "relative"):
        raise ValueError(f"alignment must be absolute or relative, not {how!r}")
    a.check("a")
    b.check("b")
    own_a, own_b = (m.edges / m.mark if how == "relative" else m.edges for m in (a, b))
    if own_a.shape == own_b.shape and np.allclose(own_a, own_b, rtol=SAME_EDGE, atol=0.0):
        own_b = own_a
    edges = own_a if own_b is own_a else _common(own_a, own_b)
    return Aligned(
        edges=edges,
        a=rebin(own_a, np.stack((a.long, a.short)), edges).mass,
        b=rebin(own_b, np.stack((b.long, b.short)), edges).mass,
        unit=1.0 if how == "relative" else (a.mark + b.mark) / 2,
    )


def _common(one: Floats, other: Floats) -> Floats:
    """Return even edges, whole multiples of their width, that cover both axes."""
    low, high = min(one[0], other[0]), max(one[-1], other[-1])
    finer = min(float(np.median(np.diff(one))), float(np.median(np.diff(other))))
    width = max(finer, (high - low) / (MOST_BINS - 2))
    first, last = int(np.floor(low / width)), int(np.ceil(high / width))
    edges: Floats = width * np.arange(first, max(last, first + 1) + 1)
    return edges
