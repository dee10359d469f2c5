"""Leverage split: which leverage the standing inventory of the last column carries."""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.bars import Floats, Times
from service.heatmap.distance import DistanceCurve
from service.heatmap.inventory import Inventory
from service.heatmap.path import STEP, SidePath
from service.heatmap.standing import Standing


def split_by_leverage(inventory: Inventory, side: int) -> Floats:
    """Return the last row of one side split by leverage bucket, float64[K, W] base coin, highest leverage first.

    The opens of bar t that still stand are those beyond every later reach, and bars that share that limit are handled
    as one: their entries are put in internal bins, and the integral of each bucket's distances over them is read off
    a twofold running sum. Entries are rounded to a bin here, so each bin's shares are scaled to the exact row.
    """
    standing, curve = inventory.sides[side], inventory.curves[side]
    row = standing.rows[-1]
    shares = np.zeros((len(curve.u) - 1, len(row)))
    limits = _limits(inventory.paths[side], standing)
    weight = _standing_opens(standing)
    for limit in np.unique(limits):
        of_limit = limits == limit
        entries = _entries(inventory.paths[side], weight, of_limit, standing.start)
        if limit < len(row):
            shares[:, limit:] += _buckets(entries, curve, np.arange(limit, len(row) + 1))
    total = shares.sum(axis=0)
    split: Floats = shares * np.divide(row, total, out=np.zeros_like(row), where=total > 0)
    return split


def _limits(path: SidePath, standing: Standing) -> Times:
    """Return the first bin in which each bar's opens can still stand: past its own close and every later reach."""
    reach = np.floor(path.reach / STEP).astype(np.int64) + 1 - standing.start
    later = np.append(np.maximum.accumulate(reach[::-1])[::-1][1:], np.iinfo(np.int64).min)
    cut = np.floor(path.cut / STEP).astype(np.int64) + 1 - standing.start
    limits: Times = np.maximum(np.maximum(later, cut), 0)
    return limits


def _standing_opens(standing: Standing) -> Floats:
    """Return what closing has left of each bar's opens, float64[T], in any unit."""
    with np.errstate(divide="ignore"):
        later = np.append(np.cumsum(np.log(standing.survival[::-1]))[::-1][1:], 0.0)
    left: Floats = standing.opened * np.exp(later)
    return left


def _entries(path: SidePath, weight: Floats, chosen: NDArray[np.bool_], start: int) -> Floats:
    """Return entry mass by internal bin of the chosen bars, each spread evenly over its range."""
    near = np.floor(path.near[chosen] / STEP).astype(np.int64) - start
    far = np.floor(path.far[chosen] / STEP).astype(np.int64) - start + 1
    density = weight[chosen] / (far - near)
    step = np.zeros(int(far.max()) + 1)
    np.add.at(step, near, density)
    np.add.at(step, far, -density)
    entries: Floats = np.maximum(np.cumsum(step), 0.0)
    return entries


def _buckets(entries: Floats, curve: DistanceCurve, edges: Times) -> Floats:
    """Return the mass of each bucket between consecutive bin edges, float64[K, len(edges) - 1]."""
    once = np.append(0.0, np.cumsum(entries))
    twice = np.append(0.0, np.cumsum(0.5 * (once[1:] + once[:-1])))
    at = edges[None, :] - curve.u[:, None] / STEP
    inside = np.interp(at, np.arange(len(twice)), twice, left=0.0)
    inside += np.maximum(at - (len(twice) - 1), 0.0) * once[-1]
    width = np.diff(curve.u)[:, None]
    below = (inside[:-1] - inside[1:]) * (np.diff(curve.mass)[:, None] / width)
    mass: Floats = np.maximum(np.diff(below, axis=1), 0.0)
    return mass
