"""The kernel: one side's flows and path in, the inventory that stands after each bar out.

The order within a bar matters: sweep what the price reached, close, open, so that open interest is met.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.inventory.adverse import SidePath
from service.heatmap.inventory.deposits import STEP, Deposits
from service.heatmap.inventory.distance import DistanceCurve
from service.heatmap.inventory.flows import Flows

# Amounts are stored divided by a running scale, so that closing costs nothing; past this it is folded back in.
SMALLEST_SCALE = 1e-100
# Columns moved to the caller's edges at once: so many stay in the processor's cache.
BLOCK = 64


@dataclass(frozen=True)
class Pace:
    """A part of the inventory, as a share of open interest, and the churn at which it is renewed."""

    share: float
    churn: float


@dataclass(frozen=True, eq=False)
class Wanted:
    """The columns that a caller wants of the last C bars.

    at       float64[E]        adverse log prices, rising or falling
    worth    float64[E - 1]    what a coin is worth between each two of them
    columns  float64[C, E - 1] to be filled with what stands between them, times its worth
    """

    at: Floats
    worth: Floats
    columns: Floats


# What stands after each bar is not wanted, only how much and what came and went.
NOTHING = Wanted(np.empty(0), np.empty(0), np.empty((0, 0)))


@dataclass(frozen=True, eq=False)
class Standing:
    """One side over time; every amount in base coin.

    lattice    float64[N]  what stands beyond each edge of the lattice after the last bar, from edge number `start` on;
                           at most what stands in all, whatever it says
    swept      float64[T]  liquidated, of what stood before the bar
    opened     float64[T]  opened
    closed     float64[T]  closed other than by liquidation
    levered    float64[T]  standing after the bar with leverage
    unlevered  float64[T]  standing after the bar without leverage
    remaining  float64[T]  of what each bar opened with leverage, what closing has left until the end; liquidations
                           apart
    """

    lattice: Floats
    start: int
    swept: Floats
    opened: Floats
    closed: Floats
    levered: Floats
    unlevered: Floats
    remaining: Floats

    def beyond_now(self, y: Floats) -> Floats:
        """Return what stands beyond adverse log prices after the last bar, same shape as `y`."""
        line = np.interp(y / STEP - self.start, np.arange(len(self.lattice)), self.lattice)
        return np.asarray(np.minimum(line, self.levered[-1]), dtype=np.float64)


def stand(
    path: SidePath,
    flow: Flows,
    curve: DistanceCurve,
    paces: Sequence[Pace],
    unlevered: float,
    wanted: Wanted,
) -> Standing:
    """Run one side over its T bars.

    `unlevered` is the share of opens without leverage; `wanted` is filled on the way. The opens of the first bar are
    the whole open interest. By construction levered + unlevered = open interest after every bar, up to rounding, and so
    it is for each pace's share of it.

    A row of the lattice holds what stands beyond each edge, divided by a running scale, with straight lines in between.
    What stands in all is a lid on it, and a sweep only lowers the lid. Before the edge `front` a row may say anything.
    """
    lattice = _Lattice(path, curve, float(wanted.at.max(initial=-np.inf)), len(paces))
    rows, deposits, shown = list(lattice.beyond), lattice.deposits, _Columns(lattice, wanted)
    survival = [flow.survival(pace.churn) for pace in paces]
    targets = [(pace.share * flow.open_interest).tolist() for pace in paces]
    kept_by_bar = list(zip(*(left.tolist() for left in survival), strict=True))
    held, bare, scales, opens, stood = ([start] * len(paces) for start in (0.0, 0.0, 1.0, 0.0, 0.0))
    states: list[tuple[float, ...]] = []
    first_column, front = len(lattice.reach) - len(wanted.columns), 0
    for t, (edge, past) in enumerate(lattice.reach):
        share = 1.0 - unlevered if deposits.possible[t] else 0.0
        for p, kept in enumerate(kept_by_bar[t]):
            row, scale, left = rows[p], scales[p], held[p]
            loss = 0.0
            if edge >= front:
                before = row.item(edge)
                loss = max(left - (before + (row.item(edge + 1) - before) * past) * scale, 0.0)
            scale *= kept
            if scale < SMALLEST_SCALE:
                row *= scale
                scale = 1.0
            left, without = max(left - loss, 0.0) * kept, bare[p] * kept
            new = max(targets[p][t] - left - without, 0.0)
            entered = share * new
            scales[p], opens[p], stood[p] = scale, entered / scale, left / scale
            held[p], bare[p] = left + entered, without + new - entered
            states.append((loss, new, held[p], bare[p], entered))
        front = max(front, edge)
        if share:
            front = deposits.add(t, opens, rows, front, stood)
        if t >= first_column:
            shown.take(scales, front, sum(held))
    lattice.beyond[:, :front] = np.divide(held, scales)[:, None]
    return _standing(scales @ lattice.beyond, lattice.start, np.reshape(states, (-1, len(paces), 5)), survival)


class _Lattice:
    """What stands beyond each edge, for each pace, in units of its scale.

    `reach` is each bar's, as the edge before it and how far past that, in steps.
    """

    def __init__(self, path: SidePath, curve: DistanceCurve, deepest: float, paces: int) -> None:
        """Reach as deep as anyone asks or the price goes, if anything can stand there."""
        far = float(path.far.max())
        bottom = max(far, min(max(deepest, float(path.reach.max())), far + float(curve.u[-1])))
        self.start, stop = int(np.floor(path.near.min() / STEP)), int(np.floor(bottom / STEP)) + 2
        self.deposits = Deposits(path, curve, self.start, stop)
        self.beyond = np.zeros((paces, stop - self.start + 1))
        edge, past = self.place(path.reach)
        self.reach = list(zip(edge.tolist(), past.tolist(), strict=True))

    def place(self, y: Floats) -> tuple[Times, Floats]:
        """Return the edge before each adverse log price and how far past it that is, within the lattice."""
        last = self.beyond.shape[1] - 1
        position = np.clip(y / STEP - self.start, 0.0, last)
        edge = np.minimum(position.astype(np.int64), last - 1)
        return edge, position - edge


class _Columns:
    """The columns asked for, moved from the lattice block by block."""

    def __init__(self, lattice: _Lattice, wanted: Wanted) -> None:
        at, worth, columns = wanted.at, wanted.worth, wanted.columns
        edge, self.past = lattice.place(at)
        first, last = (int(edge.min()), int(edge.max()) + 2) if len(edge) else (0, 0)
        self.first, self.edge = first, edge - first
        # What lies beyond falls where adverse log prices rise.
        self.worth = worth if len(at) and at[0] > at[-1] else -worth
        self.shown = lattice.beyond[:, first:last]
        self.rows = np.empty((min(BLOCK, len(columns)), last - first))
        self.held = np.empty((len(self.rows), 1))
        self.columns, self.taken = columns, 0

    def take(self, scales: Sequence[float], front: int, held: float) -> None:
        """Take the column that stands now: `held` in all, and nothing of it before the edge `front`."""
        row = self.rows[self.taken % BLOCK]
        np.dot(np.array(scales), self.shown, out=row)
        row[: max(front - self.first, 0)] = held
        self.held[self.taken % BLOCK] = held
        self.taken += 1
        if self.taken % BLOCK == 0 or self.taken == len(self.columns):
            self._move()

    def _move(self) -> None:
        count = (self.taken - 1) % BLOCK + 1
        rows, columns = self.rows[:count], self.columns[self.taken - count : self.taken]
        beyond, step = rows.take(self.edge, axis=1), rows.take(self.edge + 1, axis=1)
        step -= beyond
        step *= self.past
        beyond += step
        np.minimum(beyond, self.held[:count], out=beyond)
        np.subtract(beyond[:, 1:], beyond[:, :-1], out=columns)
        columns *= self.worth
        np.maximum(columns, 0.0, out=columns)


def _standing(lattice: Floats, start: int, states: Floats, survival: Sequence[Floats]) -> Standing:
    swept, opened, held, bare = states[:, :, :4].sum(axis=1).T
    before = np.append(0.0, (held + bare)[:-1])
    remaining = np.zeros(len(states))
    for part, kept in enumerate(survival):
        with np.errstate(divide="ignore"):
            later = np.cumsum(np.log(np.append(kept[1:], 1.0))[::-1])[::-1]
        remaining += states[:, part, 4] * np.exp(later)
    closed = np.maximum(before + opened - swept - (held + bare), 0.0)
    return Standing(lattice, start, swept, opened, closed, held, bare, remaining)
