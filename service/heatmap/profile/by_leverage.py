"""By leverage: which leverage the standing inventory of the last column carries."""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import SidePath
from service.heatmap.inventory.deposits import CELL, Entries, entries
from service.heatmap.inventory.distance import DistanceCurve
from service.heatmap.inventory.inventory import Inventory, adverse_of


def split_by_leverage(inventory: Inventory, side: Side, prices: Floats) -> Floats:
    """Return what stands now between each two of E rising prices by leverage bucket, float64[K, E - 1] base coin.

    Buckets come highest leverage first. The opens of bar t that still stand are those beyond every later reach, and
    bars that share that limit are handled as one: the integral of each bucket's distances over their entries is read
    off a twofold running sum. Each interval's shares are scaled to what stands in it, which they miss by the lattice's
    spacing where a sweep ended, and elsewhere by rounding.
    """
    curve, path = inventory.curves[side], inventory.paths[side]
    held = inventory.held_between(side, prices)
    shares = np.zeros((len(curve.share), len(held)))
    opens, limits = entries(path, curve), _limits(path)
    density = inventory.sides[side].remaining * opens.density
    edges = adverse_of(prices, side)
    for limit in np.unique(limits[density > 0.0]):
        origin, entered = _entered(opens, density, limits == limit)
        below = _below(entered, curve, np.maximum(edges, limit) / CELL - origin)
        shares += np.maximum(side.sign * -np.diff(below, axis=1), 0.0)
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


def _below(entered: Floats, curve: DistanceCurve, edges: Floats) -> Floats:
    """Return the mass of each bucket at or before each edge (in cells from the first entry), float64[K, E]."""
    twice = np.append(0.0, np.cumsum(0.5 * (entered[1:] + entered[:-1])))
    last = len(twice) - 1

    def inside(distance: Floats) -> Floats:
        at = edges - distance[:, None] / CELL
        result: Floats = np.interp(at, np.arange(last + 1), twice, left=0.0)
        result += np.maximum(at - last, 0.0) * entered[-1]
        return result

    below: Floats = (inside(curve.low) - inside(curve.high)) * (curve.share / (curve.high - curve.low))[:, None]
    return below
