"""Who is liquidated first is sold first: rounds by hand, a book that comes back, and what never changes."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.book_depth import depth_curve
from service.heatmap.cascade.met_book import MetBook
from service.heatmap.cascade.shock import Shock, liquidated, shock_displacement
from service.heatmap.cascade.walk import Ladder, Sweep, Walk, round_seconds, walk
from tests.support.even_book import ASKS, BIDS, EDGES, NOTHING, PRICE, clump

DOWN, UP = depth_curve(BIDS, PRICE, "down"), depth_curve(ASKS, PRICE, "up")
ONE = np.ones(1)


def sold(
    shock: Shock, long: Floats, executed: float = 1.0, *, depth: float = 1.0, minutes: float = 5.0, margin: float = 0.0
) -> Walk:
    """Return the walk of one case; without refill, the book coming back to what is seen."""
    book = MetBook(np.array([depth]), np.maximum(ONE, depth), np.zeros(1), minutes)
    sweep = Sweep.of(EDGES, long[None], PRICE, "down")
    return walk(DOWN, shock, sweep, np.array([executed]), book, margin=margin, recorded=True)


def test_rounds_are_short_while_the_book_comes_back() -> None:
    """Ten seconds for five minutes, then longer and longer, an hour in all."""
    times = round_seconds()
    assert times[:3].tolist() == [10.0, 20.0, 30.0]
    assert times[29] == 300.0
    assert (np.diff(times) >= 10.0 - 1e-9).all()
    assert times[-1] == pytest.approx(3600.0, rel=0.05)


def test_what_a_map_holds_on_the_way() -> None:
    """The same as bin by bin, on either side, for every map in its turn."""
    maps = np.stack([clump(94, 96, 800.0), clump(94, 96, 1_600.0)])
    distance = np.array([0.03, 0.04, 0.05, 0.055, 0.2, 0.6])
    for number in (0, 1):
        down = Sweep.of(EDGES, maps, PRICE, "down").up_to(distance, np.full(6, number))
        assert down == pytest.approx(liquidated(EDGES, maps[number], DOWN, distance))
        up = Sweep.of(EDGES, maps[:, ::-1], PRICE, "up").up_to(distance, np.full(6, number))
        assert up == pytest.approx(liquidated(EDGES, maps[number][::-1], UP, distance))


def test_the_ladder_goes_up_at_levels_and_along_between_them() -> None:
    """From half of the first level 1,500 USD lead to the end of the second; with refill on the way less far."""
    ladder = Ladder.of(DOWN)
    place = (np.array([0.0025]), np.array([500.0]))
    distance, taken, left = ladder.walked(place, np.array([1_500.0]), ONE, np.zeros(1))
    assert (distance[0], taken[0], left[0]) == pytest.approx((0.005, 2_000.0, 0.0))
    distance, taken, _ = ladder.walked(place, np.array([1_500.0]), ONE, np.array([400_000.0]))
    # 500 of the first level, 1,000 newly placed before the second, and nothing of it
    assert (distance[0], taken[0]) == pytest.approx((0.005, 1_000.0))
    distance, _, left = ladder.walked(place, np.array([1e9]), ONE, np.zeros(1))
    assert distance[0] == DOWN.distance[-1]
    assert left[0] == pytest.approx(1e9 - (DOWN.cumulative[-1] - 500.0))


def test_nothing_forced_is_over_before_it_begins() -> None:
    """On an empty map there are no rounds, and all is absorbed."""
    found = sold(Shock(move_pct=-2.0), NOTHING)
    assert [each.seconds for each in found.rounds] == [0.0]
    assert (found.distance[0], found.sold[0], bool(found.absorbed[0]), bool(found.running[0])) == (0.02, 0, True, False)


def test_rounds_by_hand() -> None:
    """A move to 99 forces 2,000, which are sold ten seconds later; what that sweeps ten seconds after it."""
    found = sold(Shock(move_pct=-1.0), clump(98, 100, 4_000.0))
    assert [each.seconds for each in found.rounds[:3]] == [0.0, 10.0, 20.0]
    # the levels at 99 and 98.75 hold 1,000 each: down to 98.75 all of them, where 500 more are swept
    assert [PRICE * (1 - each.distance) for each in found.rounds[:3]] == pytest.approx([99.0, 98.75, 98.5])
    assert [each.sold_usd for each in found.rounds[:3]] == pytest.approx([0.0, 2_000.0, 2_500.0])


def test_a_slow_liquidation_meets_a_book_that_has_come_back() -> None:
    """The same orders into the same thin book: where it comes back sooner the price rests nearer."""
    map_ = clump(90, 100, 40_000.0)
    moved = [
        sold(Shock(move_pct=-1.0), map_, depth=0.2, minutes=minutes).distance[0] for minutes in (0.0, 0.1, 1.0, 60.0)
    ]
    assert moved == sorted(moved)
    assert moved[0] < moved[1] < moved[2] < moved[3]


def test_later_orders_meet_more_book_than_earlier_ones() -> None:
    """A dollar sold in a later round moves the price less far than one sold in the first."""
    found = sold(Shock(move_pct=-1.0), clump(60, 100, 160_000.0), 0.9, depth=0.25, minutes=0.5)
    steps = [after.distance - before.distance for before, after in pairwise(found.rounds)]
    paid = [after.sold_usd - before.sold_usd for before, after in pairwise(found.rounds)]
    per_dollar = [step / usd for step, usd in zip(steps, paid, strict=True) if step > 0.0]
    assert len(per_dollar) > 2
    assert per_dollar[-1] < 0.6 * per_dollar[0]


def profile(seed: int) -> Floats:
    """Return up to 5,000 USD in each bin, some of it bare."""
    random = np.random.default_rng(seed)
    return np.where(random.random(200) < random.random(), random.uniform(0.0, 5_000.0, 200), 0.0)


def rounds_end(shock: Shock, long: Floats, minutes: float) -> float:
    """Return how far a shock comes in a thin book."""
    return float(sold(shock, long / 4, 0.7, depth=0.3, minutes=minutes).distance[0])


@given(seed=st.integers(0, 10_000), one=st.floats(0.1, 40), other=st.floats(0.1, 40), minutes=st.floats(0, 60))
def test_a_larger_move_never_ends_nearer(seed: int, one: float, other: float, minutes: float) -> None:
    """However the book comes back: a larger move comes to every price sooner, where less of it has."""
    small, large = (rounds_end(Shock(move_pct=-size), profile(seed), minutes) for size in sorted([one, other]))
    assert large >= small - 1e-12


@given(seed=st.integers(0, 10_000), one=st.floats(100, 60_000), other=st.floats(100, 60_000), minutes=st.floats(0, 60))
def test_a_larger_order_never_ends_nearer(seed: int, one: float, other: float, minutes: float) -> None:
    """The same for orders, in and past the visible book."""
    small, large = (rounds_end(Shock(sell_usd=usd), profile(seed), minutes) for usd in sorted([one, other]))
    assert large >= small - 1e-12


@given(seed=st.integers(0, 10_000), order=st.floats(100, 60_000), executed=st.floats(0, 1))
def test_what_is_sold_is_what_was_asked(seed: int, order: float, executed: float) -> None:
    """Order and forced orders are sold to the dollar, or were still to be sold, or found no taker."""
    found = sold(Shock(sell_usd=order), profile(seed) / 4, executed)
    asked = order + executed * found.swept[0]
    assert found.sold[0] + found.unsold[0] <= asked * (1 + 1e-9)
    if not found.running[0]:
        assert found.sold[0] + found.unsold[0] == pytest.approx(asked, rel=1e-6)
    assert 0.0 <= found.under_water[0] <= found.sold[0] + found.unsold[0] + 1e-6


def test_without_a_map_it_is_the_shock_alone() -> None:
    """An order fills where it fills, a move stays the move, also in a book that is thin."""
    for shock in (Shock(sell_usd=2_500.0), Shock(move_pct=-3.0)):
        alone = shock_displacement(DOWN, shock, np.array([0.5]))[0]
        assert sold(shock, NOTHING, depth=0.5).distance == pytest.approx(alone)


def test_under_water_by_hand() -> None:
    """2,000 forced at 99 and nearer are filled at 99 and 98.75: half of that goes past a margin of .125 %."""
    map_ = clump(99, 100, 2_000.0)
    even = sold(Shock(move_pct=-1.0), map_, margin=0.00125)
    assert even.under_water[0] == pytest.approx(1_000.0)
    assert sold(Shock(move_pct=-1.0), map_, margin=0.01).under_water[0] == 0.0
    assert sold(Shock(move_pct=-1.0), map_, margin=0.0).under_water[0] == pytest.approx(2_000.0)


def test_what_finds_no_taker_is_told() -> None:
    """A book of next to nothing: the walk ends at the furthest price with the rest unsold."""
    thin = depth_curve(np.array([[99.0, 1.0]]), PRICE, "down")
    book = MetBook(ONE, ONE, np.zeros(1), 5.0)
    sweep = Sweep.of(EDGES, np.full((1, 200), 1e6), PRICE, "down")
    found = walk(thin, Shock(move_pct=-1.0), sweep, ONE, book)
    assert not found.absorbed[0]
    assert found.distance[0] == thin.distance[-1]
    assert found.unsold[0] > 0.0
