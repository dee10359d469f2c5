"""A day follows from the one before, and what it publishes agrees with the positions that it leaves."""

import numpy as np
import pytest

from service.market.sim.day import DayByDay, empty_market
from service.market.sim.path import MINUTES
from service.market.sim.tape import BARS
from service.market.sim.venues import COINS, SIM

DAY = 20_000


@pytest.fixture(scope="module")
def days() -> DayByDay:
    """Return the thin market, which is the quickest."""
    return DayByDay(SIM, COINS[-1], 7)


def test_a_day_follows_from_its_state_alone(days: DayByDay) -> None:
    """The same state and day give the same, to the last bit, in another instance too."""
    state, _ = days.advance(empty_market(), DAY)
    _, one = days.advance(state, DAY + 1)
    _, other = DayByDay(SIM, COINS[-1], 7).advance(state, DAY + 1)
    np.testing.assert_array_equal(one.mark, other.mark)
    np.testing.assert_array_equal(one.tape.volume, other.tape.volume)


def test_days_join(days: DayByDay) -> None:
    """The first minute of a day is the last of the one before, for mark and trade."""
    state, first = days.advance(empty_market(), DAY)
    _, second = days.advance(state, DAY + 1)
    assert (second.mark[0], second.trade[0]) == (first.mark[-1], first.trade[-1])
    assert len(first.mark) == len(first.trade) == MINUTES + 1
    assert len(first.tape.close) == BARS


def test_what_stands_at_the_end_is_left_to_the_next_day(days: DayByDay) -> None:
    """The state's true positions are those of the day that still stand, and nobody stood before the first."""
    assert len(empty_market().true.entry) == len(empty_market().shadow.entry) == 0
    state, day = days.advance(empty_market(), DAY)
    standing = day.result.standing((DAY + 1) * MINUTES)
    np.testing.assert_array_equal(state.true.entry, standing.entry)
    assert 0 < len(standing.entry) < len(day.result.positions.entry)


def test_the_shadow_does_not_wait_for_the_true_positions(days: DayByDay) -> None:
    """Alone or beside them it comes out the same."""
    alone = days.shadow(empty_market(), DAY)
    beside, _ = days.advance(empty_market(), DAY)
    np.testing.assert_array_equal(alone.shadow.entry, beside.shadow.entry)
    np.testing.assert_array_equal(alone.pressure, beside.pressure)
