"""Leverage split: which leverage the standing inventory of the last column carries."""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.bars import Floats, Times
from service.heatmap.deposits import PHASES, Entries, entries
from service.heatmap.distance import DistanceCurve
from service.heatmap.inventory import Inventory
from service.heatmap.path import STEP, SidePath
from service.heatmap.standing import Standing


def split_by_leverage(inventory: Inventory, side: int) -> Floats:
    """Return the last row of one side split by leverage bucket, float64[K, W] base coin, highest leverage first.

    The opens of bar t that still stand are those beyond every later reach, and bars that share that limit are handled
    as one: the integral of each bucket's distances over their entries is read off a twofold running sum. Each bin's
    shares are scaled to the exact row, which they miss by rounding alone.
    """
    standing, curve = inventory.sides[side], inventory.curves[side]
    row = standing.rows[-1]
    shares = np.zeros((len(curve.share), len(row)))
    found = entries(inventory.paths[side], curve)
    limits = _limits(inventory.paths[side], found) - standing.start
    density = _standing_opens(standing) * found.density
    for limit in np.unique(np.maximum(limits[(limits < len(row)) & (density > 0.0)], 0)):
        chosen = (limits <= limit) if limit == 0 else (limits == limit)
        origin, entered = _entered(found, density, chosen)
        edges = np.arange(limit, len(row) + 1) + standing.start
        shares[:, limit:] += _buckets(entered, curve, edges * PHASES - origin)
    total = shares.sum(axis=0)
    split: Floats = shares * np.divide(row, total, out=np.zeros_like(row), where=total > 0)
    return split


def _limits(path: SidePath, found: Entries) -> Times:
    """Return the first bin in which each bar's opens can still stand: past its own close and every later reach."""
    reach = np.floor(path.reach / STEP).astype(np.int64) + 1
    later = np.append(np.maximum.accumulate(reach[::-1])[::-1][1:], found.first[-1])
    limits: Times = np.maximum(later, found.first)
    return limits


def _standing_opens(standing: Standing) -> Floats:
    """Return what closing has left of each bar's opens, float64[T], in any unit."""
    with np.errstate(divide="ignore"):
        later = np.append(np.cumsum(np.log(standing.survival[::-1]))[::-1][1:], 0.0)
    left: Floats = standing.opened * np.exp(later)
    return left


def _entered(found: Entries, density: Floats, chosen: NDArray[np.bool_]) -> tuple[int, Floats]:
    """Return the first cell that the chosen bars entered, and what was entered by each edge of a cell from it on."""
    near, far = found.near[chosen], found.far[chosen]
    origin = int(near.min())
    change = np.bincount(near - origin, density[chosen], minlength=int(far.max()) - origin + 1)
    change -= np.bincount(far - origin, density[chosen], minlength=len(change))
    inside = np.maximum(np.cumsum(change[:-1]), 0.0)
    return origin, np.append(0.0, np.cumsum(inside))


def _buckets(entered: Floats, curve: DistanceCurve, edges: Times) -> Floats:
    """Return the mass of each bucket between consecutive bin edges (in cells), float64[K, len(edges) - 1]."""
    twice = np.append(0.0, np.cumsum(0.5 * (entered[1:] + entered[:-1])))
    last, cells = len(twice) - 1, PHASES / STEP

    def inside(distance: Floats) -> Floats:
        at = edges - cells * distance[:, None]
        result: Floats = np.interp(at, np.arange(last + 1), twice, left=0.0)
        result += np.maximum(at - last, 0.0) * entered[-1]
        return result

    below = (inside(curve.low) - inside(curve.high)) * (curve.share / (curve.high - curve.low))[:, None]
    mass: Floats = np.maximum(np.diff(below, axis=1), 0.0)
    return mass
