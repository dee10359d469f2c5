"""The main loop of the model, bar by bar: sweep what the price reached, close, open so that open interest is met.

This is the loop in numpy. bar_loop.c does the same many times faster, operation by operation: both give the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.inventory.closing import Bands, close_by_distance
from service.heatmap.inventory.deposits import Deposit, Deposits

# Columns filled in at once: so many stay in the processor's cache.
BLOCK = 64


@dataclass(frozen=True, eq=False)
class Course:
    """What happens to one side over its T bars, for each of P populations.

    reach_slot  int64[T]       the slot of the worst mark price of the bar
    reach_past  float64[T]     how far into that slot it lies, from 0 to just under 1
    survival    float64[P, T, J]  share of what stood that closing leaves, in each of the bands
    target      float64[P, T]  amount that must stand after the bar
    levered     float64[P, T]  share of opens that carries leverage; 0 where nothing levered can stand
    deposits                   where these opens come to lie
    bands       the distances from the price in which closing differs
    depth       int64[P, T]    how many slots still count: deeper ones no later bar reaches and nobody asks for
    """

    reach_slot: Times
    reach_past: Floats
    survival: Floats
    target: Floats
    levered: Floats
    deposits: Deposits
    bands: Bands
    depth: Times


@dataclass(frozen=True, eq=False)
class Grid:
    """The columns wanted of the last C bars: what stands between each two of E prices, rising or falling.

    slot         int64[E]           each price's slot
    past         float64[E]         how far into that slot it lies, 0..1
    first, last  int64[S]           for each slot, the range of the prices that lie in it
    worth        float64[E - 1]     what a coin is worth between each two; below 0 where prices fall along the slots
    columns      float64[C, E - 1]  to be filled with what stands, times its worth
    adds                            whether that is added to what the columns hold, instead
    """

    slot: Times
    past: Floats
    first: Times
    last: Times
    worth: Floats
    columns: Floats
    adds: bool = False


@dataclass(frozen=True, eq=False)
class Grids:
    """All grids that are filled in on the way; they have as many columns, C.

    deepest  the last slot that their prices lie in
    """

    columns: int
    deepest: int
    each: tuple[Grid, ...]


def grids_of(each: Sequence[Grid]) -> Grids:
    """Return grids of one number of columns together; of none there is no column."""
    if not each:
        return Grids(0, 0, ())
    columns = {len(grid.columns) for grid in each}
    if len(columns) > 1:
        raise ValueError(f"columns: {sorted(columns)}, not as many in every grid")
    return Grids(columns.pop(), max(int(grid.slot.max()) for grid in each), tuple(each))


@dataclass(frozen=True, eq=False)
class State:
    """What stands on one side, changed in place bar by bar, and what the loop records on the way.

    held    float64[P, S]     levered amount in each slot
    front   int64[1]          the slot before which nothing stands
    past    float64[P]        how far into the front's slot nothing stands; what it holds lies evenly in the rest
    record  float64[P, 5, T]  of each bar: swept, opened, levered and unlevered amount after it, opened with leverage
    """

    held: Floats
    front: Times
    past: Floats
    record: Floats


def empty_state(bars: int, populations: int, slots: int) -> State:
    """Return a side on which nothing stands."""
    front, record = np.zeros(1, dtype=np.int64), np.empty((populations, 5, bars))
    return State(np.zeros((populations, slots)), front, np.zeros(populations), record)


def numpy_loop(course: Course, state: State, grids: Grids) -> None:
    """Take one side through its bars: `state` ends as what stands after the last, and the grids are filled in."""
    populations, bars, _ = course.survival.shape
    rows, columns = list(state.held), _Columns(grids, state.held) if grids.columns else None
    by_bar = (figures.swapaxes(0, 1).tolist() for figures in (course.survival, course.target, course.levered))
    deposits_by_bar = zip(*(course.deposits.of(p) for p in range(populations)), strict=True)
    reaches = zip(course.reach_slot.tolist(), course.reach_past.tolist(), strict=True)
    bands, depths = [course.bands.of(p) for p in range(populations)], course.depth.T.tolist()
    front, past, levered, unlevered = 0, [0.0] * populations, [0.0] * populations, [0.0] * populations
    record = []
    for t, (reach, survival, target, share, lay) in enumerate(zip(reaches, *by_bar, deposits_by_bar, strict=True)):
        swept_to, opens = max(front, reach[0]), any(share)
        for p, whole in enumerate(rows):
            row = whole[: depths[t][p]]
            swept, past[p] = sweep(row, front, past[p], *reach)
            left, without, even = max(levered[p] - swept, 0.0), unlevered[p], survival[p][0]
            if bands[p].even:
                left, without = left * even, without * even
            else:
                ends = bands[p].ends(lay[p].close_slot, swept_to, len(row))
                left, without = close_by_distance(
                    row[swept_to:], ends, survival[p][: len(ends)], left, without, target[p]
                )
                even = 1.0
            opened = max(target[p] - left - without, 0.0)
            entered = share[p] * opened
            if opens:
                past[p] = close_and_open(row, swept_to, past[p], even, entered, lay[p])
            else:
                row[swept_to:] *= even
            levered[p], unlevered[p] = left + entered, without + opened - entered
            record.append((swept, opened, levered[p], unlevered[p], entered))
        front = min(swept_to, lay[0].close_slot) if opens else swept_to
        if columns is not None and t >= bars - columns.count:
            columns.take(front, past)
    state.front[0], state.past[:] = front, past
    state.record[:] = np.reshape(record, (bars, populations, -1)).transpose(1, 2, 0)


def sweep(row: Floats, front: int, past: float, slot: int, reach: float) -> tuple[float, float]:
    """Take out of one row what lies at or before a place; return how much that is, and how far the front is past."""
    swept = 0.0
    if slot < front:
        return swept, past
    if slot > front:
        for amount in row[front:slot].tolist():
            swept += amount
        row[front:slot] = 0.0
        past = 0.0
    held = row.item(slot)
    gone = max(reach - past, 0.0) / (1.0 - past) * held
    row[slot] = held - gone
    return swept + gone, max(past, reach)


def close_and_open(row: Floats, front: int, past: float, survival: float, entered: float, lay: Deposit) -> float:
    """Leave of one row what survives a bar, and add what it opened with leverage; return how far the front is past.

    `front` is the slot where the sweep ended. Where the close lies in a shallower one, the front moves there.
    """
    close = lay.close_slot
    row[min(front, close) :] *= survival
    count = max(min(lay.end, len(row)) - (close + 1), 0)
    by_slot = lay.near[:count] - lay.far[:count]
    by_slot *= entered * lay.density
    row[close + 1 : close + 1 + count] += by_slot
    old, added = row.item(close), entered * lay.at_close
    row[close] = old + added
    if close < front:
        return lay.close_past
    return meeting_place(old, past, added, lay.close_past) if close == front else past


def meeting_place(old: float, front: float, added: float, close: float) -> float:
    """Return from where on two amounts in one slot lie evenly as one: one lay from the front on, one from the close.

    They have the density of both at the end of the slot, and hold what both held.
    """
    density = old / (1.0 - front) + added / (1.0 - close)
    return 1.0 - (old + added) / density if density > 0.0 else front


class _Columns:
    """The columns of the grids, filled in block by block."""

    def __init__(self, grids: Grids, held: Floats) -> None:
        self.grids, self.held, self.count = grids, held, grids.columns
        self.end = grids.deepest + 1
        # What lies in each slot for each column of the block, and in the front's per unit of what it holds.
        self.rows = np.empty((min(BLOCK, self.count), self.end))
        self.fronts: list[tuple[int, float]] = []
        self.done = 0

    def take(self, front: int, past: list[float]) -> None:
        """Take what stands now."""
        np.add.reduce(self.held[:, : self.end], axis=0, out=self.rows[len(self.fronts)])
        density = 0.0
        for amount, start in zip(self.held[:, front].tolist(), past, strict=True):
            density += amount / (1.0 - start)
        self.fronts.append((front, density))
        if len(self.fronts) == len(self.rows) or self.done + len(self.fronts) == self.count:
            before = summed_up(self.rows[: len(self.fronts)])
            for grid in self.grids.each:
                self._fill(grid, before)
            self.done += len(self.fronts)
            self.fronts.clear()

    def _fill(self, grid: Grid, before: Floats) -> None:
        """Write what stands between the prices, times its worth, into the columns of the block."""
        at, step = before.take(grid.slot, axis=1), before.take(grid.slot + 1, axis=1)
        step -= at
        step *= grid.past
        at += step
        for row, (front, density) in enumerate(self.fronts):
            inside = slice(grid.first[front], grid.last[front])
            if inside.start < inside.stop:
                up_to = before[row, front + 1] - (1.0 - grid.past[inside]) * density
                at[row, inside] = np.maximum(up_to, before[row, front])
        stands = np.diff(at, axis=1)
        stands *= grid.worth
        np.maximum(stands, 0.0, out=stands)
        columns = grid.columns[self.done : self.done + len(self.fronts)]
        # What is -0 becomes 0 either way.
        np.add(stands, columns if grid.adds else 0.0, out=columns)


def summed_up(amounts: Floats) -> Floats:
    """Return what lies before each slot of each row and in all, float64[R, S + 1] of float64[R, S].

    Summed in the order of the compiled loop: within each four, and of the fours before it.
    """
    rows, slots = amounts.shape
    before, fours = np.zeros((rows, slots + 1)), np.zeros((rows, -(-slots // 4), 4))
    fours.reshape(rows, -1)[:, :slots] = amounts
    np.cumsum(fours, axis=2, out=fours)
    fours[:, 1:] += np.cumsum(fours[:, :-1, 3], axis=1)[:, :, None]
    before[:, 1:] = fours.reshape(rows, -1)[:, :slots]
    return before
