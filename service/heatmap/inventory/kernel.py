"""The kernel: one side's flows and path in, the inventory that stands after each bar out.

The order within a bar matters: sweep what the price reached, close, open, so that open interest is met.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.compiled import LIBRARY
from service.heatmap.inventory.adverse import SidePath
from service.heatmap.inventory.bar_loop import Course, Grid, State, empty_state, grids_of, numpy_loop
from service.heatmap.inventory.closing import FARTHEST, Closing, bands_of
from service.heatmap.inventory.compiled_loop import Loop, loop_of
from service.heatmap.inventory.deposits import Known, deposits
from service.heatmap.inventory.distance import DistanceCurve
from service.heatmap.inventory.flows import Flows
from service.heatmap.inventory.lattice import Lattice, lattice_for
from service.heatmap.inventory.standing import Standing
from service.heatmap.inventory.survivals import Survivals

# The compiled loop if the build made it. Both give the same bytes.
FASTEST: Loop = loop_of(LIBRARY) or numpy_loop
# How far into a slot a reach may be: past the last slot all is swept, but what is left of it must not be 0.
MOST_PAST = float(np.nextafter(1.0, 0.0))


@dataclass(frozen=True, eq=False)
class Population:
    """A part of one side's open interest that behaves alike.

    share      of open interest
    churn      at which it is renewed
    curve      how far from their entries its positions are liquidated
    unlevered  share of its opens that carries no leverage
    closing    how closes spread over distances from the price; None closes all alike
    """

    share: float
    churn: float
    curve: DistanceCurve
    unlevered: float = 0.0
    closing: Closing | None = None


@dataclass(frozen=True, eq=False)
class Wanted:
    """The columns that a caller wants of the last C bars.

    at       float64[E]        adverse log prices, rising or falling
    worth    float64[E - 1]    what a coin is worth between each two of them
    columns  float64[C, E - 1] to be filled with what stands between them, times its worth
    adds     whether that is added to what the columns hold, instead
    """

    at: Floats
    worth: Floats
    columns: Floats
    adds: bool = False


def stand(
    path: SidePath,
    flow: Flows,
    populations: Sequence[Population],
    wanted: Wanted | None = None,
    *,
    loop: Loop = FASTEST,
) -> Standing:
    """Run one side over its T bars once: `OneSide.stand` of what is given."""
    return OneSide(path, flow, tuple(populations)).stand(*([] if wanted is None else [wanted]), loop=loop)


def stand_together(sides: Sequence["OneSide"], reach: float) -> list[Standing]:
    """Run sides of one path and one flow, all their populations at once, and return what stands of each.

    It is what `stand(reach=reach)` of each gives, up to rounding: a run for each costs more around its loop than in it.
    """
    if not sides:
        return []
    populations = tuple(each for side in sides for each in side.populations)
    standing = replace(sides[0], populations=populations, courses={}, stood={}).stand(reach=reach)
    ends = np.cumsum([len(side.populations) for side in sides]).tolist()
    return [standing.part(slice(start, end)) for start, end in zip([0, *ends], ends, strict=False)]


@dataclass(frozen=True, eq=False)
class OneSide:
    """What one side's inventory follows from: its path, its flows and the populations that make up its open interest.

    What the loop is given of it is laid out once for each lattice, `courses`, however often the side is run. Where no
    columns are wanted, what `stood` is found again, as deep as is asked for or deeper. Sides of one path may share
    what is `known` of it, and those of one flow the `survivals`.
    """

    path: SidePath
    flow: Flows
    populations: tuple[Population, ...]
    known: Known = field(default_factory=Known, repr=False)
    survivals: Survivals = field(default_factory=Survivals, repr=False)
    courses: dict[Lattice, Course] = field(default_factory=dict, repr=False)
    stood: dict[tuple[Lattice, int], Standing] = field(default_factory=dict, repr=False)

    def stand(self, *wanted: Wanted, reach: float | None = None, loop: Loop = FASTEST) -> Standing:
        """Run the side over its T bars; what is wanted, all of it in as many columns, is filled on the way.

        `reach` is the adverse log price that is asked for after the last bar, if it lies beyond what is wanted. Where
        there is neither, all that stands is asked for.

        The opens of the first bar are the whole open interest. By construction levered + unlevered = open interest
        after every bar, up to rounding, and so it is for each population's share of it.
        """
        asked = [float(each.at.max()) for each in wanted] + ([] if reach is None else [reach])
        lattice = self._lattice(max(asked, default=-np.inf))
        deepest = int(lattice.place(np.array(max(asked)))[0]) if asked else lattice.slots - 1
        if not wanted:
            known = [depth for other, depth in self.stood if other == lattice and depth >= deepest]
            if known:
                return self.stood[lattice, known[0]]
        self.stood[lattice, deepest] = self._run(lattice, deepest, wanted, loop)
        return self.stood[lattice, deepest]

    def _run(self, lattice: Lattice, deepest: int, wanted: Sequence[Wanted], loop: Loop) -> Standing:
        if lattice not in self.courses:
            self.courses[lattice] = self._course(lattice)
        course = _as_deep(self.courses[lattice], deepest, lattice)
        state = empty_state(len(self.path.cut), len(self.populations), lattice.slots)
        loop(course, state, grids_of([_grid(each, lattice) for each in wanted]))
        return _standing(state, lattice, course)

    def _lattice(self, deepest: float) -> Lattice:
        if any(population.closing is not None for population in self.populations):
            # As far as closing differs by distance, so that what is asked for changes nothing.
            deepest = max(deepest, float(self.path.far.max()) + FARTHEST)
        return lattice_for(self.path, [population.curve for population in self.populations], deepest)

    def _course(self, lattice: Lattice) -> Course:
        """Return what happens to the populations, laid out for the loop."""
        lay = deposits(self.path, [population.curve for population in self.populations], lattice, self.known)
        closings = tuple(population.closing for population in self.populations)
        slot, past = lattice.place(self.path.reach)
        levered = np.array([1.0 - population.unlevered for population in self.populations])
        shares = np.array([population.share for population in self.populations])
        return Course(
            slot,
            np.minimum(past, MOST_PAST),
            self.survivals.of(self.flow, [population.churn for population in self.populations], closings),
            shares[:, None] * self.flow.open_interest,
            np.where(lay.density > 0.0, levered[:, None], 0.0),
            lay,
            bands_of(closings),
            np.full(lay.density.shape, lattice.slots),
        )


def _as_deep(course: Course, deepest: int, lattice: Lattice) -> Course:
    """Return the course over those slots alone that still count when slots up to `deepest` are asked for in the end.

    These are the ones that a later bar reaches or closes in, and as far from its close as closing differs by distance.
    """
    close = course.deposits.close_slot
    used = np.maximum(np.maximum(course.reach_slot, close), deepest)
    by_bar = np.maximum(used + 1, close + course.bands.last[:, None])
    later = np.maximum.accumulate(by_bar[:, ::-1], axis=1)[:, ::-1]
    return replace(course, depth=np.ascontiguousarray(np.minimum(later + 1, lattice.slots)))


def _grid(wanted: Wanted, lattice: Lattice) -> Grid:
    """Return where on the lattice the caller's prices lie."""
    slot, past = lattice.place(wanted.at)
    edges = np.arange(lattice.slots + 1)
    if slot[0] <= slot[-1]:
        before = np.searchsorted(slot, edges)
        first, last = before[:-1], before[1:]
    else:
        before = len(slot) - np.searchsorted(slot[::-1], edges)
        first, last = before[1:], before[:-1]
    worth = wanted.worth if wanted.at[0] <= wanted.at[-1] else -wanted.worth
    return Grid(slot, past, first, last, worth, wanted.columns, wanted.adds)


def _standing(state: State, lattice: Lattice, course: Course) -> Standing:
    """Return what the loop recorded."""
    levered_by = state.record[:, 2, -1]
    beyond = _beyond(state, int(course.depth[:, -1].min()), levered_by)
    first, by_distance = course.survival[:, :, 0], course.bands.count > 1
    return Standing(beyond, lattice.start, levered_by, state.record, first, by_distance, course.deposits.density)


def _beyond(state: State, slots: int, levered: Floats) -> Floats:
    """Return what stands beyond each edge of so many slots, float64[P, S + 1], of float64[P] in all.

    In the front's slot the straight line between the edges has the slope of what lies evenly beyond the front, so that
    it meets `levered` there.
    """
    front, held, before = int(state.front[0]), state.held[:, :slots], np.zeros((len(levered), slots + 1))
    np.cumsum(held, axis=1, out=before[:, 1:])
    beyond = np.maximum(levered[:, None] - before, 0.0)
    beyond[:, :front] = levered[:, None]
    if front < slots:
        beyond[:, front] = beyond[:, front + 1] + held[:, front] / (1.0 - state.past)
    return beyond
