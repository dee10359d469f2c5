from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import adverse_log_price, side_path
from service.heatmap.inventory.assumptions import Assumptions, curves
from service.heatmap.inventory.closing import Closing
from service.heatmap.inventory.distance import distance_curve
from service.heatmap.inventory.flows import flows_of
from service.heatmap.inventory.inventory import StockTaker, take_inventory
from service.heatmap.inventory.kernel import OneSide, Population, Wanted, stand
from service.heatmap.inventory.lattice import STEP
from service.heatmap.inventory.populations import AssumedPopulation
from service.heatmap.inventory.standing import Standing
from tests.support import kernel_twin
from tests.support.hand_made import steady
from tests.support.kernel_market import FEW, MARKS, RATE, VENUE, random_bars

# The lattice's own edges, as far as anything can stand that these tests look at.
EVERYWHERE = STEP * np.arange(-12_000.0, 12_000.0)


def run(bars: Bars, side: Side, assumptions: Assumptions = FEW, at: Floats = EVERYWHERE) -> tuple[Standing, Floats]:
    """Return one side, and float64[T, E - 1] coin between adverse log prices after every bar."""
    columns, worth = np.empty((len(bars), len(at) - 1)), np.ones(len(at) - 1)
    return stand_of(bars, side, assumptions, Wanted(at, worth, columns)), columns


def stand_of(bars: Bars, side: Side, assumptions: Assumptions = FEW, wanted: Wanted | None = None) -> Standing:
    """Return one side."""
    populations = assumptions.one_side(curves(assumptions, VENUE)[side])
    return stand(side_path(bars, side), flows_of(bars), populations, wanted)


def twin_of(
    bars: Bars, side: Side, assumptions: Assumptions = FEW, factors: Sequence[tuple[float, float]] = ()
) -> list[kernel_twin.Column]:
    """Return what the plain-Python twin makes of the same bars."""
    mix = assumptions.fast_mix
    buckets = kernel_twin.buckets_of(
        mix.edges.tolist(), mix.weights.tolist(), RATE + assumptions.liquidation_buffer, side
    )
    paces = [(each.share, each.churn * assumptions.churn) for each in assumptions.populations]
    return kernel_twin.run(bars, buckets, side, paces, mix.unlevered, factors)


def assert_like(found: Standing, columns: Floats, expected: list[kernel_twin.Column], tolerance: float) -> None:
    """Assert that every flow and every bin after every bar is the twin's, within an amount."""
    for name in ("swept", "opened", "closed", "levered", "unlevered"):
        wanted = [getattr(column, name) for column in expected]
        np.testing.assert_allclose(getattr(found, name), wanted, rtol=1e-9, atol=tolerance, err_msg=name)
    first = round(EVERYWHERE[0] / STEP)
    for row, column in zip(columns, expected, strict=True):
        wanted_row = np.zeros(len(row))
        for number, held in column.bins.items():
            wanted_row[number - first] = sum(held)
        np.testing.assert_allclose(row, wanted_row, rtol=0.0, atol=tolerance)


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_the_twin(seed: int, side: Side, marks: str) -> None:
    """Gaps, flat bars, unknown open interest and impossible changes of it give what plain loops over bins give."""
    bars = random_bars(seed, 12, marks=marks)
    assert_like(*run(bars, side), twin_of(bars, side), 1e-8)


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("side", Side)
def test_closing_by_distance_agrees_with_the_twin(side: Side, marks: str) -> None:
    """With a rate for each band of distances every bin is what plain loops give."""
    bars = random_bars(1, 12, marks=marks)
    factors = ((0.03, 7.0), (0.06, 5.0), (0.25, 1.5), (np.inf, 0.1))
    columns = np.empty((len(bars), len(EVERYWHERE) - 1))
    found = stand_closing(bars, side, factors, Wanted(EVERYWHERE, np.ones(len(EVERYWHERE) - 1), columns))
    assert_like(found, columns, twin_of(bars, side, factors=factors), 1e-8)


def stand_closing(
    bars: Bars, side: Side, factors: Sequence[tuple[float, float]], wanted: Wanted | None = None
) -> Standing:
    """Return one side whose populations close by distance."""
    ends, rates = zip(*factors, strict=True)
    closing = Closing(np.array(ends[:-1]), np.array(rates))
    populations = FEW.one_side(curves(FEW, VENUE)[side])
    closing_so = [replace(population, closing=closing) for population in populations]
    return stand(side_path(bars, side), flows_of(bars), closing_so, wanted)


@pytest.mark.parametrize("side", Side)
def test_far_positions_outlast_near_ones(side: Side) -> None:
    """The nearer the likelier closed: more stands far away, as much in all, and what is asked for changes nothing."""
    bars = replace(steady(60, half_range=0.05), volume=np.full(60, 40.0), open_interest=np.full(60, 100.0))
    factors = ((0.05, 1.0), (0.1, 0.3), (np.inf, 0.05))
    even, uneven = run(bars, side)[0], stand_closing(bars, side, factors)
    total = uneven.levered + uneven.unlevered
    np.testing.assert_allclose(total, even.levered + even.unlevered, rtol=1e-12)
    close = float(side_path(bars, side).cut[-1])
    away = np.array([close + 0.12])
    assert uneven.beyond_now(away)[0] > 1.2 * even.beyond_now(away)[0]
    columns = np.empty((10, 9))
    shallow = stand_closing(bars, side, factors, Wanted(np.linspace(close, close + 0.01, 10), np.ones(9), columns))
    for name in ("swept", "opened", "levered"):
        assert np.array_equal(getattr(shallow, name), getattr(uneven, name))


@pytest.mark.parametrize("side", Side)
def test_one_rate_for_all_distances_closes_evenly(side: Side) -> None:
    """Bands of the population's own rate change nothing."""
    bars = random_bars(2, 60)
    even, same = stand_of(bars, side), stand_closing(bars, side, ((0.02, 1.0), (0.1, 1.0), (np.inf, 1.0)))
    for name in ("swept", "opened", "levered", "unlevered"):
        np.testing.assert_allclose(getattr(same, name), getattr(even, name), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("turnover", [10.0, 400.0, 1e6])
@pytest.mark.parametrize("side", Side)
def test_turnover_that_leaves_nothing_of_the_old(side: Side, turnover: float) -> None:
    """Volume of many times the open interest leaves little or nothing at all, and stays finite and whole."""
    bars = random_bars(1, 15)
    bars = replace(bars, volume=np.full(15, turnover * 1000.0), open_interest=np.full(15, 1000.0))
    found, columns = run(bars, side)
    assert found.levered + found.unlevered == pytest.approx(bars.open_interest, rel=1e-12)
    assert columns.sum(axis=1) == pytest.approx(found.levered, rel=1e-9)
    assert_like(found, columns, twin_of(bars, side), 1e-8)


@pytest.mark.parametrize("side", Side)
def test_nothing_stands_where_price_has_been(side: Side) -> None:
    """Nothing stands before a bar's close, only its own opens before its reach, and nothing is negative."""
    bars = random_bars(2, 60, marks="wider")
    found, columns = run(bars, side)
    path, edges = side_path(bars, side), EVERYWHERE[1:]
    for t, row in enumerate(columns):
        assert row[edges <= path.cut[t]].sum() < 1e-9
        assert row[edges <= path.reach[t]].sum() <= found.opened[t] * (1 - FEW.fast_mix.unlevered) + 1e-9
    assert (found.opened == 0.0).any()
    assert min(columns.min(), found.swept.min(), found.closed.min(), found.opened.min()) >= 0.0


@pytest.mark.parametrize("side", Side)
def test_prices_asked_for_change_nothing_else(side: Side) -> None:
    """Fewer prices, in falling order, or none at all: the same amounts between them and the same flows."""
    bars = random_bars(3, 40)
    whole, every = run(bars, side)
    middle = float(side_path(bars, side).cut[-1])
    some = STEP * np.arange(float(round((middle - 0.05) / STEP)), float(round((middle + 0.1) / STEP)))
    first = round((some[0] - EVERYWHERE[0]) / STEP)
    for at, order in ((some, 1), (some[::-1], -1)):
        part, columns = run(bars, side, at=at)
        np.testing.assert_allclose(columns[:, ::order], every[:, first : first + len(some) - 1], rtol=0.0, atol=1e-9)
        assert part.swept == pytest.approx(whole.swept, rel=1e-12)
    nothing = stand_of(bars, side)
    for name in ("swept", "opened", "closed", "levered", "unlevered", "remaining"):
        assert getattr(nothing, name) == pytest.approx(getattr(whole, name), rel=1e-12, abs=1e-12), name


@pytest.mark.parametrize("side", Side)
def test_columns_carry_their_worth(side: Side) -> None:
    """Each interval's coin is multiplied by what a coin is worth there; only the last bars are filled in."""
    bars = random_bars(3, 40)
    every = run(bars, side)[1]
    worth, columns = np.linspace(1.0, 5.0, len(EVERYWHERE) - 1), np.empty((7, len(EVERYWHERE) - 1))
    stand_of(bars, side, wanted=Wanted(EVERYWHERE, worth, columns))
    np.testing.assert_allclose(columns, every[-7:] * worth, rtol=1e-12, atol=0.0)


@pytest.mark.parametrize("side", Side)
def test_what_stands_now_is_the_last_column(side: Side) -> None:
    """`beyond_now` at any price is what the last column holds beyond it."""
    bars = random_bars(4, 30)
    found, columns = run(bars, side)
    beyond = np.append(np.cumsum(columns[-1][::-1])[::-1], 0.0)
    np.testing.assert_allclose(found.beyond_now(EVERYWHERE), beyond, rtol=1e-6, atol=1e-8)
    assert found.beyond_now(np.array([-1e3]))[0] == pytest.approx(found.levered[-1])


@pytest.mark.parametrize("side", Side)
def test_paces_are_inventories_of_their_own(side: Side) -> None:
    """Two paces are the weighted sum of what each gives by itself."""
    bars = random_bars(6, 30)

    def renewed(*paces: tuple[float, float]) -> Floats:
        parts = tuple(AssumedPopulation("", share, FEW.fast_mix, churn) for share, churn in paces)
        return run(bars, side, replace(FEW, populations=parts))[1]

    fast, slow = renewed((1.0, 1.5)), renewed((1.0, 0.1))
    both = renewed((0.7, 1.5), (0.3, 0.1))
    np.testing.assert_allclose(both, 0.7 * fast + 0.3 * slow, rtol=0.0, atol=1e-8)


def test_remaining_is_what_closing_leaves() -> None:
    """With open interest constant and churn 0 all of the first bar's opens remain; with turnover it decays by it."""
    bars = replace(steady(3, half_range=0.5), volume=np.full(3, 40.0), open_interest=np.full(3, 100.0))
    curve = curves(FEW, VENUE)[Side.LONG][0]
    for churn, left in ((0.0, 1.0), (1.0, np.exp(-2 * 20.0 / 100.0))):
        found = stand(side_path(bars, Side.LONG), flows_of(bars), [Population(1.0, churn, curve, unlevered=0.2)])
        assert found.remaining[0, 0] == pytest.approx(80.0 * left)
        assert found.remaining[0, -1] == pytest.approx(0.8 * found.opened[-1])


def test_opens_with_no_room_to_stand_carry_no_leverage() -> None:
    """Where every entry is liquidated at the close already, the opens are without leverage, not lost."""
    bars = replace(steady(3, half_range=0.0), open_interest=np.array([5.0, 6.0, 7.0]))
    curve = distance_curve(1.0 - np.array([2e-15, 1e-15]), np.ones(1), np.array([400.0]))
    path = side_path(bars, Side.LONG)
    late = replace(path, cut=path.cut + 1e-3)
    found = stand(late, flows_of(bars), [Population(1.0, 1.0, curve)])
    assert not found.levered.any()
    assert found.unlevered == pytest.approx([5.0, 6.0, 7.0])


@pytest.mark.parametrize("side", Side)
def test_prices_of_a_map_need_not_hold_the_market(side: Side) -> None:
    """Prices far from everything are answered with nothing."""
    bars = random_bars(0, 20)
    far = adverse_log_price(np.array([1e-9, 1e-8]) if side is Side.LONG else np.array([1e8, 1e9]), side)
    assert not run(bars, side, at=far)[1].any()


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("seed", range(3))
def test_as_deep_as_is_asked_for_and_no_deeper(seed: int, side: Side) -> None:
    """What no later bar reaches and nobody asks for is left out, and changes nothing of what is asked for."""
    bars = random_bars(seed, 60)
    populations = Assumptions().one_side(curves(Assumptions(), VENUE)[side])
    path, flow = side_path(bars, side), flows_of(bars)
    whole, near = OneSide(path, flow, populations), OneSide(path, flow, populations)
    deep, shallow = whole.stand(), near.stand(reach=float(path.cut[-1]) + 0.02)
    assert shallow.lattice.shape[1] < deep.lattice.shape[1]
    at = path.cut[-1] + np.linspace(-0.05, 0.02, 50)
    assert shallow.beyond_by_population(at).tobytes() == deep.beyond_by_population(at).tobytes()
    for name in ("swept", "opened", "closed", "levered", "unlevered", "remaining"):
        assert getattr(shallow, name).tobytes() == getattr(deep, name).tobytes()
    assert near.stand(reach=float(path.cut[-1])) is shallow
    assert near.stand(reach=float(path.cut[-1]) + 0.1) is not shallow


def test_what_was_swept_needs_nothing_that_stands() -> None:
    """Predictions ask for no price at all."""
    bars = random_bars(1, 60)
    taker, whole = StockTaker(bars, Assumptions(), VENUE), take_inventory(bars, Assumptions(), VENUE)
    for side in Side:
        swept = taker.sides[side].stand(reach=-np.inf)
        assert swept.swept.tobytes() == whole.sides[side].swept.tobytes()
        assert swept.swept.tobytes() == swept.swept_by.sum(axis=0).tobytes()
