"""Deposits: where the positions opened in each bar would be liquidated, integrated exactly over the bar's entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import ceil
from typing import NamedTuple

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.compiled import Structs, addresses_of
from service.heatmap.inventory.adverse import SidePath
from service.heatmap.inventory.deposit_loop import CELL, FASTEST, PHASES, Curves, Entered
from service.heatmap.inventory.distance import DistanceCurve
from service.heatmap.inventory.lattice import STEP, Lattice

# Tables that are remembered, of some 200 kB each, and their lengths are multiples of this.
TABLES_KEPT, ROUNDED = 32, 256
# A close this near to the next edge, in steps, counts as being there.
LEAST_GAP = 1e-6


def cells_entered(path: SidePath) -> tuple[Times, Times]:
    """Return the first cell that each bar entered, and the one after its last, int64[T]."""
    near = np.floor(path.near / CELL).astype(np.int64)
    return near, np.maximum(np.ceil(path.far / CELL).astype(np.int64), near + 1)


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
    density     float64[P, T]  entries per unit of adverse log price that leave it standing; 0 where nothing can stand
    at_close    float64[P, T]  what lies in the close's slot, all of it beyond the close
    end         int64[P, T]    the slot at which the deposit ends
    near, far   int64[P, T]    where slot 0 is in the population's table, seen from either end of the entries
    tables      P of float64[...]  integral of a distance curve over one step, at the distances that occur

    A slot n between the close's and `end` gets density * (table[near + n] - table[far + n]).
    """

    close_slot: Times
    close_past: Floats
    density: Floats
    at_close: Floats
    end: Times
    near: Times
    far: Times
    tables: tuple[Floats, ...]

    @cached_property
    def within(self) -> Structs:
        """Return where each population's table lies, for the library."""
        return addresses_of(self.tables)

    def of(self, p: int) -> Iterator[Deposit]:
        """Yield the deposit of each bar of population number p."""
        by_bar = (self.close_slot, self.close_past, self.density[p], self.at_close[p], self.end[p])
        numbers = map(np.ndarray.tolist, (*by_bar, self.near[p], self.far[p]))
        table = self.tables[p]
        for close, close_past, density, at_close, end, near, far in zip(*numbers, strict=True):
            after = close + 1
            slots = (table[offset + after : offset + end] for offset in (near, far))
            yield Deposit(close, close_past, density, at_close, max(end, after), *slots)


class _Places(NamedTuple):
    """What deposits of every curve have in common: entries on the lattice.

    entered       where the bars entered
    edges         int64[2, T]  the edges of the lattice at or before those of the entries, from slot 0 on
    phases        int64[2, T]  how many cells after these they lie
    close_slot, close_past     as Deposits has them
    before        how many edges before its close a deposit is seen from at most
    """

    entered: Entered
    edges: Times
    phases: Times
    close_slot: Times
    close_past: Floats
    before: int


@dataclass(frozen=True)
class Known:
    """What was worked out of one path before, by lattice and curves."""

    places: dict[Lattice, _Places] = field(default_factory=dict)
    deposits: dict[tuple[Lattice, Curves], Deposits] = field(default_factory=dict)


def deposits(path: SidePath, curves: Sequence[DistanceCurve], lattice: Lattice, known: Known | None = None) -> Deposits:
    """Return the deposits of one side, for the distance curve of each population.

    What was worked out of the same path before is taken from `known`, and added to it.
    """
    known = Known() if known is None else known
    key = lattice, tuple(curves)
    if key not in known.deposits:
        if lattice not in known.places:
            known.places[lattice] = _places(path, lattice)
        known.deposits[key] = _laid(known.places[lattice], *key)
    return known.deposits[key]


def _places(path: SidePath, lattice: Lattice) -> _Places:
    """Return where on the lattice the bars entered."""
    cells = np.array(cells_entered(path))
    position = path.cut / STEP - lattice.start
    close_slot = np.minimum(np.floor(position + LEAST_GAP).astype(np.int64), lattice.slots - 1)
    edges, phases = np.divmod(cells, PHASES)
    edges -= lattice.start
    entered = Entered(cells[0], cells[1], (close_slot + (lattice.start + 1)) * PHASES, path.cut)
    before = _rounded(max(int((edges[1] - close_slot).max()) - 1, 0))
    return _Places(entered, edges, phases, close_slot, position - close_slot, before)


def _laid(places: _Places, lattice: Lattice, curves: Curves) -> Deposits:
    """Return the deposits that follow curves.

    A table has a row for every rounding of an entry's edge and a column for every slot, so that a deposit is the
    difference of two slices of it.
    """
    reach = np.array([[ceil(curve.u[-1] / STEP) + 2] for curve in curves])
    end = np.minimum(places.edges[1] + reach, lattice.slots)
    after = ((end - places.edges[0]).max(axis=1) + 1).tolist()
    tables = [_table(curve, places.before, _rounded(edges)) for curve, edges in zip(curves, after, strict=True)]
    columns = np.array([[table.shape[1]] for table in tables])
    near, far = places.phases[:, None] * columns + (places.before - places.edges)[:, None]
    flat = tuple(table.reshape(-1) for table in tables)
    return Deposits(places.close_slot, places.close_past, *FASTEST.lay(places.entered, curves), end, near, far, flat)


def _rounded(edges: int) -> int:
    """Return a number of edges that is as many or more, and stays what it is while the price moves a little."""
    return -(-edges // ROUNDED) * ROUNDED


# Curves are one object from one answer to the next, and most of a table's distances occur in all.
@lru_cache(TABLES_KEPT)
def _table(curve: DistanceCurve, before: int, after: int) -> Floats:
    """Return the table of a curve as deposit_loop.Loops has it, not to be changed."""
    table = FASTEST.table(curve, before, after)
    table.flags.writeable = False
    return table
