"""By leverage: which leverage the standing inventory of the last column carries."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import SidePath
from service.heatmap.inventory.deposits import CELL, Entries, entries
from service.heatmap.inventory.distance import DistanceCurve
from service.heatmap.inventory.inventory import Inventory, adverse_of

# Buckets of a mix are joined until each holds about this share of it: the split costs as much as there are buckets.
JOINED_SHARE = 1.0 / 30.0
# A bucket of less is left out, so that those on either side of a gap stay apart.
LEAST_SHARE = 1e-4


class Buckets(NamedTuple):
    """Leverage buckets of one population: leverage, and the distances low..high between which `share` lies evenly."""

    leverage: Floats
    low: Floats
    high: Floats
    share: Floats


def split_by_leverage(
    inventory: Inventory, side: Side, prices: Floats, bands: Sequence[float]
) -> tuple[Floats, Floats]:
    """Return leverage buckets, float64[K], and what stands now of each between E rising prices, float64[K, E - 1].

    Base coin; no bucket crosses a border of the bands. Populations that share a mix are split as one.
    """
    by_side, standing = inventory.curves[side], inventory.sides[side]
    beyond = standing.beyond_by_population(adverse_of(prices, side))
    held = np.maximum(side.sign * np.diff(beyond, axis=1), 0.0)
    leverage, shares = [], []
    for curve in {id(curve): curve for curve in by_side}.values():
        alike = [p for p, other in enumerate(by_side) if other is curve]
        buckets = joined(curve, bands)
        leverage.append(buckets.leverage)
        remaining = standing.remaining[alike].sum(axis=0)
        shares.append(_split(inventory.paths[side], curve, buckets, remaining, held[alike].sum(axis=0), prices, side))
    return np.concatenate(leverage), np.concatenate(shares)


def joined(curve: DistanceCurve, bands: Sequence[float]) -> Buckets:
    """Return the buckets of a curve, neighbours joined into ones of JOINED_SHARE at most, or of one bucket."""
    kept = np.flatnonzero(curve.share > LEAST_SHARE * curve.share.sum())
    share, leverage = curve.share[kept], curve.leverage[kept]
    if not len(kept):
        return Buckets(leverage, curve.low[kept], curve.high[kept], share)
    part = np.floor((np.cumsum(share) - 0.5 * share) / curve.share.sum() / JOINED_SHARE)
    group = np.column_stack((part, np.searchsorted(bands, leverage), kept - np.arange(len(kept))))
    first = np.flatnonzero(np.append(True, (np.diff(group, axis=0) != 0).any(axis=1)))
    total = np.add.reduceat(share, first)
    return Buckets(
        np.add.reduceat(share * leverage, first) / total,
        np.minimum.reduceat(curve.low[kept], first),
        np.maximum.reduceat(curve.high[kept], first),
        total,
    )


def _split(
    path: SidePath, curve: DistanceCurve, buckets: Buckets, remaining: Floats, held: Floats, prices: Floats, side: Side
) -> Floats:
    """Return what stands of one mix by bucket, float64[K, E - 1], of `held` in each interval.

    Buckets come highest leverage first. The opens of bar t that still stand are those beyond every later reach, and
    bars that share that limit are handled as one: the integral of each bucket's distances over their entries is read
    off a twofold running sum. Each interval's shares are scaled to what stands in it, which they miss by the lattice's
    spacing where a sweep ended, by what closing by distance has changed since, and elsewhere by rounding.
    """
    shares = np.zeros((len(buckets.share), len(held)))
    opens, limits = entries(path, curve), _limits(path)
    density = remaining * opens.density
    # Longs are liquidated the further down: from here on what is hit first comes first on either side.
    rising = slice(None, None, -side.sign)
    edges, by_interval = adverse_of(prices, side)[rising], shares[:, rising]
    borders = _borders(buckets)
    for limit in np.unique(limits[density > 0.0]):
        origin, entered = _entered(opens, density, limits == limit)
        first = max(int(np.searchsorted(edges, limit, side="right")) - 1, 0)
        below = _below(entered, borders, np.maximum(edges[first:], limit) / CELL - origin)
        by_interval[:, first:] += np.maximum(np.diff(below, axis=1), 0.0)
    return _scaled(shares, held)


def _scaled(shares: Floats, held: Floats) -> Floats:
    """Scale each interval's shares, float64[K, E - 1], to what stands in it; where there are none, its neighbour's."""
    total = shares.sum(axis=0)
    known = np.flatnonzero(total > 0.0)
    if not len(known):
        return shares
    nearest = known[np.minimum(np.searchsorted(known, np.arange(len(held))), len(known) - 1)]
    scaled: Floats = shares[:, nearest] * (held / total[nearest])
    return scaled


def _limits(path: SidePath) -> Floats:
    """Return up to where each bar's opens can no longer stand: their own close and every later reach."""
    later = np.append(np.maximum.accumulate(path.reach[::-1])[::-1][1:], -np.inf)
    limits: Floats = np.maximum(later, path.cut)
    return limits


def _entered(opens: Entries, density: Floats, chosen: NDArray[np.bool_]) -> tuple[int, Floats]:
    """Return the first cell that the chosen bars entered, and what was entered by each edge of a cell from it on."""
    near, far = opens.near[chosen], opens.far[chosen]
    origin = int(near.min())
    change = np.bincount(near - origin, density[chosen], minlength=int(far.max()) - origin + 1)
    change -= np.bincount(far - origin, density[chosen], minlength=len(change))
    inside = np.maximum(np.cumsum(change[:-1]), 0.0)
    return origin, np.append(0.0, np.cumsum(inside))


class _Borders(NamedTuple):
    """The distances between which buckets lie: each once, in cells, and where the ends of each bucket are among them.

    Most buckets begin where their neighbour ends. `density` is each bucket's share per unit of distance.
    """

    cells: Floats
    low: Times
    high: Times
    density: Floats


def _borders(buckets: Buckets) -> _Borders:
    distances, place = np.unique(np.concatenate((buckets.low, buckets.high)), return_inverse=True)
    low, high = place.reshape(2, -1)
    return _Borders(distances / CELL, low, high, buckets.share / (buckets.high - buckets.low))


def _below(entered: Floats, borders: _Borders, edges: Floats) -> Floats:
    """Return the mass of each bucket at or before each edge (in cells from the first entry), float64[K, E]."""
    twice = np.append(0.0, np.cumsum(0.5 * (entered[1:] + entered[:-1])))
    last = len(twice) - 1
    at = edges - borders.cells[:, None]
    inside: Floats = np.interp(at, np.arange(last + 1), twice, left=0.0)
    inside += np.maximum(at - last, 0.0) * entered[-1]
    below: Floats = (inside[borders.low] - inside[borders.high]) * borders.density[:, None]
    return below
