"""Health says what happened last, and counts nothing but unavailability against an exchange."""

import pytest

from service.market.contract import BadData, ExchangeUnavailable, MarketError, UnknownSymbol, Unsupported
from service.market.feed import Health
from tests.support.fake_exchange import Clock


def fail(error: Exception) -> None:
    """Raise it."""
    raise error


def test_nothing_tried() -> None:
    """Before the first call there is no time and no error."""
    health = Health(Clock())
    assert (health.state, health.last_success, health.last_failure, health.last_error) == ("untried", None, None, None)


def test_a_result_is_passed_on_and_noted() -> None:
    """A call that returns is a success at that time."""
    clock = Clock(50.0)
    health = Health(clock)
    assert health.watch(lambda: "rows") == "rows"
    assert (health.state, health.last_success) == ("ok", 50.0)


@pytest.mark.parametrize("error", [ExchangeUnavailable("x", "timeout"), BadData("x", "html")])
def test_unavailability_is_noted_with_its_reason(error: ExchangeUnavailable) -> None:
    """Down and unusable both count, and the reason is kept."""
    health = Health(Clock(50.0))
    with pytest.raises(type(error)):
        health.watch(lambda: fail(error))
    assert (health.state, health.last_failure, health.last_error) == ("failing", 50.0, error.reason)


@pytest.mark.parametrize("error", [UnknownSymbol("x", "NOPE"), Unsupported("no mark price"), ValueError("a bug")])
def test_other_errors_say_nothing_of_the_exchange(error: Exception) -> None:
    """A symbol that is not listed is no fault of the exchange's."""
    health = Health(Clock())
    with pytest.raises((MarketError, ValueError)):
        health.watch(lambda: fail(error))
    assert health.state == "untried"


def test_what_came_last_decides_even_within_one_tick_of_the_clock() -> None:
    """The state follows the order of events, not their times."""
    health = Health(Clock(50.0))
    states = []
    for ok in (True, False, True):
        if ok:
            health.watch(lambda: None)
        else:
            with pytest.raises(ExchangeUnavailable):
                health.watch(lambda: fail(ExchangeUnavailable("x", "down")))
        states.append(health.state)
    assert states == ["ok", "failing", "ok"]


def test_an_exchange_is_left_alone_for_as_long_as_it_asks() -> None:
    """No call is made till then, each caller gets the reason at once, and the first call after it tries again."""
    clock, calls = Clock(50.0), list[int]()
    health = Health(clock)
    with pytest.raises(ExchangeUnavailable):
        health.watch(lambda: fail(ExchangeUnavailable("x", "refuses for now", 18, rest=True)))
    until = health.resting_until
    assert until == 68.0
    clock.now = 60.0
    with pytest.raises(ExchangeUnavailable, match="x: left alone for a while after: refuses for now") as caught:
        health.watch(lambda: calls.append(1))
    assert (caught.value.retry_after, caught.value.rest) == (8.0, False)
    assert (calls, health.last_failure, health.resting_until) == ([], 50.0, 68.0)
    clock.now = 68.0
    health.watch(lambda: calls.append(1))
    assert (calls, health.state, health.resting_until) == ([1], "ok", None)


def test_a_call_under_way_shortens_no_pause() -> None:
    """A timeout noted after a ban leaves the ban as it is."""
    health = Health(Clock(50.0))
    health.fail(ExchangeUnavailable("x", "banned", 600, rest=True))
    health.fail(ExchangeUnavailable("x", "timed out", 5, rest=True))
    assert health.resting_until == 650.0


@pytest.mark.parametrize("error", [ExchangeUnavailable("x", "HTTP 500"), BadData("x", "html")])
def test_what_is_wrong_with_one_answer_is_no_pause(error: ExchangeUnavailable) -> None:
    """Other paths may do, and are asked."""
    health = Health(Clock(50.0))
    health.fail(error)
    assert health.resting_until is None
    assert health.watch(lambda: "rows") == "rows"
