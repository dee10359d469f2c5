"""Deposits: where the positions opened in each bar would be liquidated, integrated exactly over the bar's entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.inventory.adverse import SidePath
from service.heatmap.inventory.distance import DistanceCurve
from service.heatmap.inventory.lattice import STEP, Lattice

# An entry edge is rounded outwards to STEP / PHASES = 0.004 % of price; the integral between the two is exact.
PHASES = 16
CELL = STEP / PHASES
# Below this share of a bar's opens beyond its close nothing levered can stand, and the opens count as unlevered.
LEAST_STANDING = 1e-6
# Tables that are remembered, of some 300 kB each, and their lengths are multiples of this.
TABLES_KEPT, ROUNDED = 32, 256
# A close this near to the next edge, in steps, counts as being there.
LEAST_GAP = 1e-6


class Entries(NamedTuple):
    """Where each of T bars opened positions, and what of them can stand when it closes.

    near, far     int64[T]    edges of the entries, in cells
    cut_at_close  float64[T]  what would be liquidated at or before the close, per unit of entry density
    density       float64[T]  entries per unit of adverse log price that leave one coin standing; 0 if nothing can stand
    """

    near: Times
    far: Times
    cut_at_close: Floats
    density: Floats


def cells_entered(path: SidePath) -> tuple[Times, Times]:
    """Return the first cell that each bar entered, and the one after its last, int64[T]."""
    near = np.floor(path.near / CELL).astype(np.int64)
    return near, np.maximum(np.ceil(path.far / CELL).astype(np.int64), near + 1)


def entries(path: SidePath, curve: DistanceCurve) -> Entries:
    """Return the entries of one side: even between near and far, of which the part before the close is gone."""
    near, far = cells_entered(path)
    width = (far - near) * CELL
    cut_at_close = curve.integral(path.cut - near * CELL) - curve.integral(path.cut - far * CELL)
    standing = width - cut_at_close
    density = np.divide(1.0, standing, out=np.zeros(len(near)), where=standing > LEAST_STANDING * width)
    return Entries(near, far, cut_at_close, density)


class Deposit(NamedTuple):
    """One bar's deposit of one population: as Deposits has it, `near` and `far` being the slots after the close's."""

    close_slot: int
    close_past: float
    density: float
    at_close: float
    end: int
    near: Floats
    far: Floats


@dataclass(frozen=True, eq=False)
class Deposits:
    """What one coin that stands after it was opened comes to, for each of T bars and of P populations.

    close_slot  int64[T]       the slot in which the bar closed
    close_past  float64[T]     how far into that slot; a hair below 0 where the close counts as at the slot's edge
    density     float64[P, T]  as in Entries: 0 where nothing that opens can stand
    at_close    float64[P, T]  what lies in the close's slot, all of it beyond the close
    end         int64[P, T]    the slot at which the deposit ends
    near, far   int64[P, T]    where slot 0 is in `within`, seen from either end of the entries
    within      float64[...]   integral of a distance curve over one step, at the distances that occur

    A slot n between the close's and `end` gets density * (within[near + n] - within[far + n]).
    """

    close_slot: Times
    close_past: Floats
    density: Floats
    at_close: Floats
    end: Times
    near: Times
    far: Times
    within: Floats

    def of(self, p: int) -> Iterator[Deposit]:
        """Yield the deposit of each bar of population number p."""
        by_bar = (self.close_slot, self.close_past, self.density[p], self.at_close[p], self.end[p])
        numbers = map(np.ndarray.tolist, (*by_bar, self.near[p], self.far[p]))
        for close, close_past, density, at_close, end, near, far in zip(*numbers, strict=True):
            after = close + 1
            slots = (self.within[offset + after : offset + end] for offset in (near, far))
            yield Deposit(close, close_past, density, at_close, max(end, after), *slots)


class _Part(NamedTuple):
    """The fields of Deposits that differ by population, for one of them."""

    density: Floats
    at_close: Floats
    end: Times
    near: Times
    far: Times


# Parts that were worked out of one path, with their tables, by lattice and curve.
Parts: TypeAlias = dict[tuple[Lattice, DistanceCurve], tuple[_Part, Floats]]


def deposits(path: SidePath, curves: Sequence[DistanceCurve], lattice: Lattice, known: Parts | None = None) -> Deposits:
    """Return the deposits of one side, for the distance curve of each population; they share the table of one curve.

    What was worked out of the same path before is taken from `known`, and added to it.
    """
    known = {} if known is None else known
    position = path.cut / STEP - lattice.start
    close_slot = np.minimum(np.floor(position + LEAST_GAP).astype(np.int64), lattice.slots - 1)
    tables: list[Floats] = []
    parts: dict[DistanceCurve, _Part] = {}
    for curve in curves:
        if curve in parts:
            continue
        if (lattice, curve) not in known:
            known[lattice, curve] = _part(path, curve, lattice, close_slot)
        part, table = known[lattice, curve]
        offset = sum(map(len, tables))
        parts[curve] = part._replace(near=part.near + offset, far=part.far + offset)
        tables.append(table)
    rows = _Part(*map(np.stack, zip(*(parts[curve] for curve in curves), strict=True)))
    return Deposits(close_slot, position - close_slot, *rows, within=np.concatenate(tables))


def _part(path: SidePath, curve: DistanceCurve, lattice: Lattice, close_slot: Times) -> tuple[_Part, Floats]:
    """Return the deposits that follow one curve, and its table, as if that were all of `within`.

    Entries at y0..y1 put G(y - y0) - G(y - y1) times their density at or before y, with G the integral of the distance
    curve. The table has a row for every rounding of an entry's edge and a column for every slot, so that a deposit is
    the difference of two slices of it.
    """
    found = entries(path, curve)
    near_edge, far_edge = found.near // PHASES - lattice.start, found.far // PHASES - lattice.start
    end = np.minimum(far_edge + int(np.ceil(curve.u[-1] / STEP)) + 2, lattice.slots)
    gap_edge = close_slot + 1
    before, after = _rounded(max(int((far_edge - gap_edge).max()), 0)), _rounded(int((end - near_edge).max()) + 1)
    at_edges = _at_edges(curve, before, after)
    near, far = before - near_edge, before - far_edge
    by_gap_edge = _taken(at_edges, found.near, near + gap_edge) - _taken(at_edges, found.far, far + gap_edge)
    at_close = np.maximum(found.density * (by_gap_edge - found.cut_at_close), 0.0)
    slots = before + after - 1
    near += found.near % PHASES * slots
    far += found.far % PHASES * slots
    return _Part(found.density, at_close, end, near, far), np.diff(at_edges, axis=1).ravel()


def _rounded(edges: int) -> int:
    """Return a number of edges that is as many or more, and stays what it is while the price moves a little."""
    return -(-edges // ROUNDED) * ROUNDED


# Curves are one object from one answer to the next, and most of a table's distances occur in all.
@lru_cache(TABLES_KEPT)
def _at_edges(curve: DistanceCurve, before: int, after: int) -> Floats:
    """Return G at whole edges -before .. after - 1 less each phase, float64[PHASES, before + after]."""
    cells = np.arange((1 - PHASES) - before * PHASES, after * PHASES + 1 - PHASES)
    by_edge = curve.integral_along(CELL * cells.astype(np.float64)).reshape(before + after, PHASES)
    table = np.ascontiguousarray(by_edge.T[::-1])
    table.flags.writeable = False
    return table


def _taken(at_edges: Floats, entry: Times, edge: Times) -> Floats:
    """Return what the table says of each edge, seen from each entry (in cells)."""
    taken: Floats = at_edges.ravel().take(entry % PHASES * at_edges.shape[1] + edge, mode="clip")
    return taken
