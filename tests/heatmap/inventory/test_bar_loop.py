from dataclasses import dataclass, replace

import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.compiled import LIBRARY
from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import side_path
from service.heatmap.inventory.assumptions import curves
from service.heatmap.inventory.bar_loop import Grid, grids_of, meeting_place, numpy_loop, sweep
from service.heatmap.inventory.closing import Closing, faster_near
from service.heatmap.inventory.compiled_loop import Loop, loop_of
from service.heatmap.inventory.distance import DistanceCurve, distance_curve
from service.heatmap.inventory.flows import flows_of
from service.heatmap.inventory.kernel import Population, Wanted, stand
from service.heatmap.inventory.lattice import STEP
from service.heatmap.inventory.standing import Standing
from tests.support.kernel_market import FEW, MARKS, VENUE, random_bars

# Nothing of it can stand anywhere: it is liquidated on entry.
NO_ROOM = distance_curve(1.0 - np.array([2e-15, 1e-15]), np.ones(1), np.array([400.0]))
ENDLESS = distance_curve(np.array([0.0, 0.5, 0.9, 0.99]), np.array([0.1, 0.3, 0.6]), np.array([1.0, 5.0, 20.0]))


CLOSINGS = (
    None,
    Closing(np.array([0.02, 0.1]), np.array([3.0, 1.0, 0.2])),
    Closing(np.array([0.05]), np.array([0.1, 1e-3])),
    faster_near(0.1, 0.005),
)


@dataclass(frozen=True)
class Outcome:
    """What one loop makes of a side."""

    standing: Standing
    columns: Floats

    @property
    def bytes(self) -> list[bytes]:
        """Return all of it, to the last bit."""
        figures = self.columns, self.standing.remaining, self.standing.closed
        return [
            *(each.tobytes() for each in figures),
            *(np.asarray(value).tobytes() for value in vars(self.standing).values()),
        ]


def compiled() -> Loop:
    """Return the compiled loop, which the environment must have."""
    found = loop_of(LIBRARY)
    assert found is not None, "the library was not built: `make test` does it"
    return found


def outcome(bars: Bars, side: Side, curves_of: list[DistanceCurve], loop: Loop) -> Outcome:
    """Return what a loop makes of populations of different shares, paces, curves and unlevered shares."""
    shares = np.linspace(1.0, 2.0, len(curves_of)) / np.linspace(1.0, 2.0, len(curves_of)).sum()
    populations = [
        Population(float(share), 3.0 / (1 + 4 * p), curve, 0.1 * p, CLOSINGS[p % len(CLOSINGS)])
        for p, (share, curve) in enumerate(zip(shares, curves_of, strict=True))
    ]
    path = side_path(bars, side)
    middle = float(path.cut[-1])
    at = np.linspace(middle - 0.2, middle + 0.4, 500)[:: side.sign]
    columns = np.full((len(bars) - 5, len(at) - 1), np.nan)
    wanted = Wanted(at, np.linspace(1.0, 2.0, len(at) - 1), columns)
    return Outcome(stand(path, flows_of(bars), populations, wanted, loop=loop), columns)


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_compiled_and_numpy_give_the_same_bytes(count: int, side: Side, marks: str) -> None:
    """Whichever runs, an answer is the same to the last bit: no replica differs for want of a compiler."""
    near, other = (curves(each, VENUE)[side][0] for each in (FEW, replace(FEW, liquidation_buffer=0.01)))
    chosen = [near, ENDLESS, NO_ROOM, near, other, *[ENDLESS] * 4][:count]
    for seed in range(3):
        bars = random_bars(seed, 60, marks=marks)
        fast, slow = (outcome(bars, side, chosen, loop) for loop in (compiled(), numpy_loop))
        assert fast.bytes == slow.bytes
        assert np.isfinite(fast.columns).all()
        assert fast.columns.sum() > 0.0


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("change", ["swing", "turnover", "one price", "tiny", "huge"])
def test_extremes_stay_finite_whole_and_alike(change: str, side: Side) -> None:
    """Crashes, turnover of a million times, no movement at all, amounts near the ends of what a float holds."""
    bars = random_bars(3, 60, swing=0.5 if change == "swing" else 0.02)
    factor = {"tiny": 1e-250, "huge": 1e250}.get(change, 1.0)
    volume = 1e6 * bars.open_interest if change == "turnover" else bars.volume
    bars = replace(bars, volume=factor * np.nan_to_num(volume), open_interest=factor * bars.open_interest)
    if change == "one price":
        one = np.full(60, 100.0)
        bars = replace(bars, open=one, high=one, low=one, close=one, mark_low=one, mark_high=one)
    chosen = [curves(FEW, VENUE)[side][0], ENDLESS]
    fast, slow = (outcome(bars, side, chosen, loop) for loop in (compiled(), numpy_loop))
    assert fast.bytes == slow.bytes
    interest = flows_of(bars).open_interest
    np.testing.assert_allclose(fast.standing.levered + fast.standing.unlevered, interest, rtol=1e-12)
    assert np.isfinite(fast.columns).all()
    assert fast.columns.min() >= 0.0


def test_a_loop_without_a_grid_records_the_same() -> None:
    """What is asked for changes nothing that stands."""
    bars, side = random_bars(2, 40), Side.LONG
    populations = FEW.one_side(curves(FEW, VENUE)[side])
    for loop in (compiled(), numpy_loop):
        found = stand(side_path(bars, side), flows_of(bars), populations, loop=loop)
        assert (found.levered + found.unlevered) == pytest.approx(flows_of(bars).open_interest, rel=1e-12)


@pytest.mark.parametrize(
    ("slot", "reach", "swept", "left", "past"),
    [
        (0, 0.25, 0.0, [1.0, 2.0, 3.0, 4.0], 0.5),
        (0, 0.75, 0.5, [0.5, 2.0, 3.0, 4.0], 0.75),
        (2, 0.0, 3.0, [0.0, 0.0, 3.0, 4.0], 0.0),
        (2, 0.25, 3.75, [0.0, 0.0, 2.25, 4.0], 0.25),
    ],
)
def test_a_sweep_takes_what_lies_before_it(
    slot: int, reach: float, swept: float, left: list[float], past: float
) -> None:
    """Whole slots go whole; of the last goes the part of its even content that lies between front and reach."""
    row = np.array([1.0, 2.0, 3.0, 4.0])
    assert sweep(row, 0, 0.5, slot, reach) == (swept, past)
    assert row.tolist() == left


def test_a_sweep_before_the_front_takes_nothing() -> None:
    """A price that has been there already finds nothing."""
    row = np.array([0.0, 0.0, 3.0])
    assert sweep(row, 2, 0.5, 1, 0.9) == (0.0, 0.5)
    assert row.tolist() == [0.0, 0.0, 3.0]


def test_two_amounts_in_one_slot_meet() -> None:
    """Together they hold what both held, as dense as both at the slot's end; without any the front stays."""
    place = meeting_place(3.0, 0.25, 1.0, 0.5)
    assert 4.0 / (1.0 - place) == pytest.approx(3.0 / 0.75 + 1.0 / 0.5)
    assert meeting_place(0.0, 0.25, 0.0, 0.5) == 0.25


def test_the_last_slot_is_swept_whole_when_the_price_goes_further() -> None:
    """A reach past all that can stand leaves nothing, and divides by no zero."""
    bars = random_bars(5, 30)
    low = bars.mark_low.copy()
    low[20] = 1e-3
    for loop in (compiled(), numpy_loop):
        path = side_path(replace(bars, mark_low=low), Side.LONG)
        populations = [Population(1.0, 1.0, curves(FEW, VENUE)[Side.LONG][0])]
        at = STEP * np.arange(-12_000.0, 12_000.0)
        columns = np.empty((30, len(at) - 1))
        found = stand(path, flows_of(bars), populations, Wanted(at, np.ones(len(at) - 1), columns), loop=loop)
        assert found.swept[20] == pytest.approx(found.levered[19], rel=1e-12)
        assert np.isfinite(columns).all()


def test_grids_have_as_many_columns() -> None:
    """They are filled on one way through the bars."""
    grids = [
        Grid(np.zeros(2, np.int64), np.zeros(2), np.zeros(1, np.int64), np.zeros(1, np.int64), np.ones(1), columns)
        for columns in (np.empty((3, 1)), np.empty((2, 1)))
    ]
    with pytest.raises(ValueError, match="columns"):
        grids_of(grids)
