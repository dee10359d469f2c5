"""By leverage: which leverage the standing inventory of the last column carries."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import SidePath
from service.heatmap.inventory.deposit_loop import CELL
from service.heatmap.inventory.deposits import cells_entered
from service.heatmap.inventory.distance import DistanceCurve
from service.heatmap.inventory.inventory import Inventory, adverse_of
from service.heatmap.profile.entered_mass import FASTEST, Entries, Limits

# Buckets of a mix are joined until each holds about this share of it: the split costs as much as there are buckets.
JOINED_SHARE = 1.0 / 30.0
# A bucket of less is left out, so that those on either side of a gap stay apart.
LEAST_SHARE = 1e-4
# Curves whose buckets are remembered, as many as there are of the curves themselves.
BUCKETS_KEPT = 64


@dataclass(frozen=True, eq=False)
class Buckets:
    """K leverage buckets of one curve, and the distances between which each one's share lies evenly.

    leverage   float64[K]  the leverage that stands for each bucket, highest first
    density    float64[K]  share of each by unit of distance
    border     float64[B]  rising distances at which buckets begin or end, in cells; most begin where another ends
    low, high  int64[K]    which borders are each one's
    """

    leverage: Floats
    density: Floats
    border: Floats
    low: Times
    high: Times


def split_by_leverage(
    inventory: Inventory, side: Side, prices: Floats, bands: tuple[float, ...]
) -> tuple[Floats, Floats]:
    """Return leverage buckets, float64[K], and what stands now of each between E rising prices, float64[K, E - 1].

    Base coin; no bucket crosses a border of the bands. Populations that share a mix are split as one.
    """
    by_side, standing, path = inventory.curves[side], inventory.sides[side], inventory.paths[side]
    at = adverse_of(prices, side)
    held = np.maximum(side.sign * np.diff(standing.beyond_by_population(at), axis=1), 0.0)
    # Longs are liquidated the further down: from here on what is hit first comes first on either side.
    rising = slice(None, None, -side.sign)
    edges, (near, far), limits = at[rising] / CELL, cells_entered(path), _limits(path)
    by_limit = np.argsort(limits, kind="stable")
    leverage, shares = [], []
    for curve in {id(curve): curve for curve in by_side}.values():
        alike = [p for p, other in enumerate(by_side) if other is curve]
        buckets = buckets_of(curve, bands)
        leverage.append(buckets.leverage)
        density = standing.remaining[alike].sum(axis=0) * standing.density[alike[0]]
        entered = Entries(near, far, density)
        there = by_limit[entered.density[by_limit] > 0.0]
        split = _split(entered, _grouped(limits, there), buckets, edges)[:, rising]
        shares.append(_scaled(split, held[alike].sum(axis=0)))
    return np.concatenate(leverage), np.concatenate(shares)


# Curves are one object from one answer to the next.
@lru_cache(BUCKETS_KEPT)
def buckets_of(curve: DistanceCurve, bands: tuple[float, ...]) -> Buckets:
    """Return the buckets of a curve, neighbours joined into ones of JOINED_SHARE at most, or of one bucket."""
    kept = np.flatnonzero(curve.share > LEAST_SHARE * curve.share.sum())
    share, leverage = curve.share[kept], curve.leverage[kept]
    part = np.floor((np.cumsum(share) - 0.5 * share) / curve.share.sum() / JOINED_SHARE)
    changes = np.ones(len(kept), dtype=bool)
    band, gap = np.searchsorted(bands, leverage), kept - np.arange(len(kept))
    changes[1:] = (part[1:] != part[:-1]) | (band[1:] != band[:-1]) | (gap[1:] != gap[:-1])
    first = np.flatnonzero(changes)
    total = np.add.reduceat(share, first)
    low, high = np.minimum.reduceat(curve.low[kept], first), np.maximum.reduceat(curve.high[kept], first)
    border, place = np.unique(np.concatenate((low, high)), return_inverse=True)
    leverage = np.add.reduceat(share * leverage, first) / total
    return Buckets(leverage, total / (high - low), border / CELL, *place.reshape(2, -1))


def _split(entered: Entries, limits: Limits, buckets: Buckets, edges: Floats) -> Floats:
    """Return what stands of one mix by bucket, float64[K, E - 1], between E rising places in cells.

    The opens of bar t that still stand are those beyond every later reach, and bars that share that limit are handled
    as one. What is left is to be scaled to what stands in each interval, which it misses by the lattice's spacing where
    a sweep ended, by what closing by distance has changed since, and elsewhere by rounding.
    """
    mass = FASTEST(limits, entered, buckets.border, edges)
    shares: Floats = np.maximum(mass[buckets.low] - mass[buckets.high], 0.0)
    shares *= buckets.density[:, None]
    return shares


def _grouped(limits: Floats, bars: Times) -> Limits:
    """Return bars that are in the order of their limits by limit, which is of each bar of the market."""
    by_bar = limits[bars]
    first = np.flatnonzero(np.append(True, by_bar[1:] != by_bar[:-1])[: len(bars)])
    return Limits(by_bar[first] / CELL, np.append(first, len(bars)), bars)


def _scaled(shares: Floats, held: Floats) -> Floats:
    """Scale each interval's shares, float64[K, E - 1], to what stands in it; where there are none, its neighbour's."""
    total = shares.sum(axis=0)
    known = np.flatnonzero(total > 0.0)
    if not len(known):
        return shares
    if len(known) < len(held):
        nearest = known[np.minimum(np.searchsorted(known, np.arange(len(held))), len(known) - 1)]
        shares, total = shares[:, nearest], total[nearest]
    scaled: Floats = shares * (held / total)
    return scaled


def _limits(path: SidePath) -> Floats:
    """Return up to where each bar's opens can no longer stand: their own close and every later reach."""
    later = np.append(np.maximum.accumulate(path.reach[::-1])[::-1][1:], -np.inf)
    limits: Floats = np.maximum(later, path.cut)
    return limits
