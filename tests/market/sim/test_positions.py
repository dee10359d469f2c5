import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.market.sim.agents import Arrivals
from service.market.sim.path import MINUTES
from service.market.sim.positions import DayResult, Positions, enter, liquidation_price, no_positions, step_day

DAY = 20_000
MAINTENANCE = 0.005


def arrivals(rng: np.random.Generator, count: int) -> Arrivals:
    """Return arrivals whose liquidations, targets and plans all matter within a day."""
    return Arrivals(
        side=np.tile((1.0, -1.0), count),
        minute=np.repeat(np.sort(rng.integers(1, MINUTES + 1, count)), 2),
        leverage=rng.uniform(2.0, 100.0, 2 * count),
        lifetime=rng.integers(1, 4000, 2 * count),
        target=rng.exponential(0.03, 2 * count),
        size=np.repeat(rng.integers(1, 1000, count).astype(float), 2),
    )


def walk(rng: np.random.Generator) -> np.ndarray:
    """Return a day's price at minutes 0..1440."""
    return 100.0 * np.exp(np.cumsum(rng.normal(0, 0.0008, MINUTES + 1)))


def fate(positions: Positions, one: int, day: int, price: np.ndarray) -> tuple[int, bool]:
    """Walk one position through a day, minute by minute: when it ends, and whether by liquidation."""
    for minute in range(1, MINUTES + 1):
        now = day * MINUTES + minute
        if now <= positions.entered[one]:
            continue
        low, high = price[minute] <= positions.lower[one], price[minute] >= positions.upper[one]
        if low or high:
            return now, bool(low if positions.side[one] > 0 else high)
        if now == positions.leaves[one]:
            return now, False
    return int(positions.leaves[one]), False


def two_days(seed: int) -> tuple[DayResult, np.ndarray]:
    """Return a second day result by what the first one left and by new arrivals."""
    rng = np.random.default_rng(seed)
    first, second = walk(rng), walk(rng)
    before = step_day(no_positions(), enter(arrivals(rng, 40), DAY - 1, first, MAINTENANCE), DAY - 1, first)
    standing = before.standing(DAY * MINUTES)
    return step_day(standing, enter(arrivals(rng, 40), DAY, second, MAINTENANCE), DAY, second), second


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_every_fate_is_that_of_a_minute_by_minute_walk(seed: int) -> None:
    """Vectorised first crossings give the end and the cause that plain Python gives, carried over or new."""
    result, price = two_days(seed)
    expected = [fate(result.positions, one, DAY, price) for one in range(len(result.ended))]
    assert [int(end) for end in result.ended] == [end for end, _ in expected]
    assert result.liquidated.tolist() == [liquidated for _, liquidated in expected]


def test_some_of_every_fate_occurs() -> None:
    """The walk above is no empty proof: liquidation, target, plan and survival all happen, to both sides."""
    result, _ = two_days(7)
    for side in (1.0, -1.0):
        mine = result.positions.side == side
        planned = result.ended == result.positions.leaves
        today = result.ended <= (DAY + 1) * MINUTES
        assert (mine & result.liquidated).any()
        assert (mine & ~result.liquidated & ~planned).any()
        assert (mine & planned & today).any()
        assert (mine & ~today).any()


@pytest.mark.parametrize(
    ("side", "leverage", "expected"),
    [
        (1.0, 10.0, 60_000 * 0.9 / 0.995),
        (-1.0, 10.0, 60_000 * 1.1 / 1.005),
        (1.0, 1.0, 0.0),
        (-1.0, 1.0, 60_000 * 2 / 1.005),
    ],
)
def test_liquidation_price_is_the_isolated_formula(side: float, leverage: float, expected: float) -> None:
    """Worked figures for either side, at 10x and unlevered."""
    price = liquidation_price(np.array([side]), np.array([60_000.0]), np.array([leverage]), MAINTENANCE)
    assert price[0] == pytest.approx(expected, rel=1e-14)


def test_a_position_opened_in_the_last_minute_stands_overnight() -> None:
    """Minute 1440 belongs to the day it ends: entered there, nothing of that day can end the position."""
    one = Arrivals(
        side=np.array([1.0, -1.0]),
        minute=np.array([MINUTES, MINUTES]),
        leverage=np.array([100.0, 100.0]),
        lifetime=np.array([1, 1]),
        target=np.array([0.1, 0.1]),
        size=np.array([5.0, 5.0]),
    )
    price = np.full(MINUTES + 1, 100.0)
    price[1:MINUTES] = 50.0
    result = step_day(no_positions(), enter(one, DAY, price, MAINTENANCE), DAY, price)
    assert len(result.standing((DAY + 1) * MINUTES).size) == 2
    assert not result.liquidated.any()
