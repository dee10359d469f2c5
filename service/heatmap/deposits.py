"""Deposits: where the positions opened in each bar would be liquidated, integrated exactly over the bar's range."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from service.heatmap.bars import Floats, Times
from service.heatmap.distance import DistanceCurve
from service.heatmap.path import STEP, SidePath

# An entry edge is rounded outwards to STEP / PHASES = 0.000625 % of price; the integral between the two is exact.
PHASES = 32
CELL = STEP / PHASES
# Below this share of a bar's opens beyond its close nothing levered can stand, and the opens count as unlevered.
LEAST_KEPT = 1e-6


# One bar: the edge before which nothing of it stands, the one from which on all stands before it, entry density, what
# lies before the first edge and before the last per unit of it, and the slices of the table, over first .. last - 1.
Deposit: TypeAlias = tuple[int, int, float, float, float, Floats, Floats]


@dataclass(frozen=True, eq=False)
class Entries:
    """Where each of T bars opened positions, and what of them can stand when it closes.

    near, far  int64[T]    edges of the entries, in cells of depth
    first      int64[T]    first bin in which they can stand: the one past the close
    crossed    float64[T]  what lies before it, per unit of entry density
    density    float64[T]  entries per unit of depth that leave one coin standing; 0 where nothing can stand
    """

    near: Times
    far: Times
    first: Times
    crossed: Floats
    density: Floats


def entries(path: SidePath, curve: DistanceCurve) -> Entries:
    """Return the entries of one side: evenly over each bar's range, of which the part before its close is gone."""
    near = np.floor(path.near / CELL).astype(np.int64)
    far = np.maximum(np.ceil(path.far / CELL).astype(np.int64), near + 1)
    first = np.floor(path.cut / STEP).astype(np.int64) + 1
    width = (far - near) * CELL
    crossed = curve.integral(first * STEP - near * CELL) - curve.integral(first * STEP - far * CELL)
    standing = width - crossed
    density = np.divide(1.0, standing, out=np.zeros(len(near)), where=standing > LEAST_KEPT * width)
    return Entries(near, far, first, crossed, density)


class Deposits:
    """The deposits of all T bars of one side, as running sums at the edges of the bins.

    Entries at depths y0..y1 put G(x - y0) - G(x - y1) times their density at or before depth x, with G the integral of
    the distance curve. A table holds G at the bin edges for every rounding of an entry's edge, so that a deposit is the
    difference of two slices of it.

    density  list[T]  as in `Entries`; a bar of density 0 must not be added
    """

    def __init__(self, path: SidePath, curve: DistanceCurve, start: int, stop: int) -> None:
        """Prepare all bars; only edges start..stop (absolute numbers) are deposited."""
        found = entries(path, curve)
        near, far = found.near // PHASES, found.far // PHASES
        last = np.minimum(far + int(np.ceil(curve.u[-1] / STEP)) + 1, stop) + 1
        before = max(int((far - found.first).max()), 0)
        whole = (found.far - found.near) * (CELL * curve.mass[-1])
        table = _table(curve, before, int((last - near).max()))
        length = last - found.first
        near_slices = _slices(table, found.near % PHASES, found.first - near + before, length)
        far_slices = _slices(table, found.far % PHASES, found.first - far + before, length)
        figures = (found.first - start, last - start, found.density, found.crossed, whole)
        self.density: list[float] = found.density.tolist()
        self._bars: list[Deposit] = list(
            zip(*(figure.tolist() for figure in figures), near_slices, far_slices, strict=True)
        )
        self._factor = np.empty(())

    def add(self, t: int, amount: float, total: Floats, lowest: int) -> int:
        """Add `amount` of bar t's opens to the running sums `total`, and return the edge before which nothing stands.

        Nothing stood before the edge `lowest`, whatever `total` says there.
        """
        first, last, density, crossed, whole, near, far = self._bars[t]
        entered = amount * density
        if first < lowest:
            total[first:lowest] = total[lowest]
        elif first > lowest:
            total[lowest:first] += entered * crossed
        # A 0-d array and not a float: numpy would spend more on converting that than on the product.
        self._factor[()] = entered
        change, tail = near - far, total[first:last]
        np.multiply(change, self._factor, change)
        np.add(tail, change, tail)
        if last < len(total):
            total[last:] += entered * whole
        return min(first, lowest)


def _table(curve: DistanceCurve, before: int, after: int) -> list[Floats]:
    """Return, for each of the PHASES, G at whole bins -before .. after - 1 less the phase."""
    cells = np.arange((1 - PHASES) - before * PHASES, after * PHASES + 1 - PHASES)
    by_bin = curve.integral_along(CELL * cells.astype(np.float64)).reshape(before + after, PHASES)
    return list(np.ascontiguousarray(by_bin.T[::-1]))


def _slices(table: list[Floats], phase: Times, start: Times, length: Times) -> list[Floats]:
    bounds = zip(phase.tolist(), start.tolist(), (start + length).tolist(), strict=True)
    return [table[row][low:high] for row, low, high in bounds]
