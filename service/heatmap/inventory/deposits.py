"""Deposits: where the positions opened in each bar would be liquidated, integrated exactly over the bar's entries."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.inventory.adverse import SidePath
from service.heatmap.inventory.distance import DistanceCurve

# Spacing of the lattice of adverse log prices on which the inventory is kept: edge n lies at n * STEP, the same for
# every request. Between edges it is taken as even. Measured: half of it and a third more have the same skill.
STEP = 0.0006
# An entry edge is rounded outwards to STEP / PHASES = 0.004 % of price; the integral between the two is exact.
PHASES = 16
CELL = STEP / PHASES
# Below this share of a bar's opens beyond its close nothing levered can stand, and the opens count as unlevered.
LEAST_KEPT = 1e-6
# A close this near to the next edge, in steps, counts as being there.
LEAST_ROOM = 1e-6
# What rounding leaves of a share that is nothing.
NOTHING = 1e-12


class Entries(NamedTuple):
    """Where each of T bars opened positions, and what of them can stand when it closes.

    near, far  int64[T]    edges of the entries, in cells
    crossed    float64[T]  what would be liquidated at or before the close, per unit of entry density
    density    float64[T]  entries per unit of adverse log price that leave one coin standing; 0 if nothing can stand
    """

    near: Times
    far: Times
    crossed: Floats
    density: Floats


def entries(path: SidePath, curve: DistanceCurve) -> Entries:
    """Return the entries of one side: even between near and far, of which the part before the close is gone."""
    near = np.floor(path.near / CELL).astype(np.int64)
    far = np.maximum(np.ceil(path.far / CELL).astype(np.int64), near + 1)
    width = (far - near) * CELL
    crossed = curve.integral(path.cut - near * CELL) - curve.integral(path.cut - far * CELL)
    standing = width - crossed
    density = np.divide(1.0, standing, out=np.zeros(len(near)), where=standing > LEAST_KEPT * width)
    return Entries(near, far, crossed, density)


class Deposit(NamedTuple):
    """One bar's opens, per coin of them that stands.

    first, last  edges between which they are spread: all of them lie beyond the edge before `first`
    room         a step over what of it lies between the close and the edge `first`
    density      as in Entries
    kept         1 + density * crossed
    rest         what lies beyond `last`: no price is low or high enough to liquidate it
    near, far    float64[last - first]: the curve's integral at these edges from either end of the entries
    """

    first: int
    last: int
    room: float
    density: float
    kept: float
    rest: float
    near: Floats
    far: Floats


class Deposits:
    """The deposits of all T bars of one side.

    Entries at y0..y1 put G(y - y0) - G(y - y1) times their density at or before y, with G the integral of the distance
    curve. A table holds G at the lattice's edges for every rounding of an entry's edge, so that a deposit is the
    difference of two slices of it.
    """

    def __init__(self, path: SidePath, curve: DistanceCurve, start: int, stop: int) -> None:
        """Prepare all bars; only edges start..stop (absolute numbers) are deposited.

        `possible` list[T] says of each bar whether anything that it opens can stand with leverage.
        """
        found = entries(path, curve)
        near, far = found.near // PHASES, found.far // PHASES
        first = np.floor(path.cut / STEP + LEAST_ROOM).astype(np.int64) + 1
        last = np.minimum(far + int(np.ceil(curve.u[-1] / STEP)) + 2, stop + 1)
        before = max(int((far - first).max()), 0)
        table = _table(curve, before, int((last - near).max()))
        whole = (found.far - found.near) * CELL * curve.mass[-1]
        rest = 1.0 - found.density * (whole - found.crossed)
        length = last - first
        self.possible: list[bool] = (found.density > 0.0).tolist()
        self._bars = [
            Deposit(*figures)
            for figures in zip(
                (first - start).tolist(),
                (last - start).tolist(),
                (1.0 / (first - path.cut / STEP)).tolist(),
                found.density.tolist(),
                (1.0 + found.density * found.crossed).tolist(),
                np.where(rest > NOTHING, rest, 0.0).tolist(),
                _slices(table, found.near % PHASES, first - near + before, length),
                _slices(table, found.far % PHASES, first - far + before, length),
                strict=True,
            )
        ]
        longest = int(length.max(initial=0))
        self._share, self._product, self._factor = np.empty(longest), np.empty(longest), np.empty(())

    def add(self, t: int, amounts: Sequence[float], rows: Sequence[Floats], front: int, stood: Sequence[float]) -> int:
        """Add bar t's opens to what lies beyond each edge, and return the edge before which nothing stands.

        amounts  coin opened, `rows` float64[N], changed in place, and `stood`, all there was, for each part of the
                 inventory; before the edge `front` the rows stand for `stood`, whatever they say

        Between the close and the next edge a row is a straight line that meets the whole amount at the close. At the
        edge before, the line lies above that, so that with `stood` as a lid nothing stands before the close.
        """
        first, last, room, density, kept, rest, near, far = self._bars[t]
        share, product, factor = self._share[: last - first], self._product[: last - first], self._factor
        np.subtract(far, near, share)
        # 0-d arrays and not floats: numpy spends more on converting a float than on the sum.
        factor[()] = density
        np.multiply(share, factor, share)
        factor[()] = kept
        np.add(share, factor, share)
        above = 1.0 + (1.0 - share.item(0)) * (room - 1.0)
        for amount, row, all_of_it in zip(amounts, rows, stood, strict=True):
            factor[()] = amount
            if first <= front:
                row[first - 1 : front + 1] = all_of_it
            if first <= front + 1:
                row[first - 1] += amount * above
            else:
                whole = row[front:first]
                np.add(whole, factor, whole)
            np.multiply(share, factor, product)
            spread = row[first:last]
            np.add(spread, product, spread)
            if rest:
                row[last:] += amount * rest
        return min(front, first - 1)


def _table(curve: DistanceCurve, before: int, after: int) -> list[Floats]:
    """Return, for each of the PHASES, G at whole edges -before .. after - 1 less the phase."""
    cells = np.arange((1 - PHASES) - before * PHASES, after * PHASES + 1 - PHASES)
    by_edge = curve.integral_along(CELL * cells.astype(np.float64)).reshape(before + after, PHASES)
    return list(np.ascontiguousarray(by_edge.T[::-1]))


def _slices(table: list[Floats], phase: Times, start: Times, length: Times) -> list[Floats]:
    bounds = zip(phase.tolist(), start.tolist(), (start + length).tolist(), strict=True)
    return [table[row][low:high] for row, low, high in bounds]
