"""Closed, open, half-open: one call tries, and each trial that fails makes the rest longer."""

import pytest

from service.market.contract import ExchangeUnavailable, Resting, UnknownSymbol
from service.market.feed import Health
from service.market.feed.exchange_health.breaker import CLOSED, FIRST_REST, HALF_OPEN, LONGEST_REST, OPEN, Breaker
from tests.support.crowd import crowd
from tests.support.fake_exchange import Clock, Held

SILENT = ExchangeUnavailable("x", "silent", FIRST_REST, rest=True)


def fail(error: Exception) -> None:
    """Raise it."""
    raise error


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock(0.0)


@pytest.fixture
def health(clock: Clock) -> Health:
    """Return the health of an exchange that has just failed."""
    health = Health(clock)
    with pytest.raises(ExchangeUnavailable):
        health.watch(lambda: fail(SILENT))
    return health


def test_of_a_crowd_one_tries_and_the_others_are_told_so(health: Health, clock: Clock) -> None:
    """Exactly one call after the rest; once it has answered, all go through."""
    clock.now, held, calls = FIRST_REST, Held(), list[int]()
    others: list[object] = []

    def trial() -> None:
        calls.append(1)
        others.extend(crowd(20, lambda: health.watch(lambda: calls.append(1))))
        held.entered.set()

    health.watch(trial)
    assert calls == [1]
    assert {type(each) for each in others} == {Resting}
    health.watch(lambda: calls.append(1))
    assert (calls, health.state, health.resting_until) == ([1, 1], "ok", None)


def test_each_trial_that_fails_makes_the_rest_longer(health: Health, clock: Clock) -> None:
    """Twice as long each time, up to the longest; one that succeeds begins anew."""
    rests = []
    for _ in range(6):
        until = health.resting_until
        assert until is not None
        rests.append(until - clock.now)
        clock.now = until
        with pytest.raises(ExchangeUnavailable, match="silent"):
            health.watch(lambda: fail(SILENT))
    assert rests == [5.0, 10.0, 20.0, 40.0, LONGEST_REST, LONGEST_REST]
    clock.now += LONGEST_REST
    health.watch(lambda: None)
    with pytest.raises(ExchangeUnavailable):
        health.watch(lambda: fail(SILENT))
    assert health.resting_until == clock.now + FIRST_REST


def test_what_an_exchange_asks_for_is_honoured_whatever_its_length(clock: Clock) -> None:
    """A ban of two hours is left for two hours."""
    health = Health(clock)
    with pytest.raises(ExchangeUnavailable):
        health.watch(lambda: fail(ExchangeUnavailable("x", "banned", 7200.0, rest=True)))
    assert health.resting_until == 7200.0


@pytest.mark.parametrize("error", [UnknownSymbol("x", "NOPE"), ValueError("a bug")])
def test_a_trial_that_says_nothing_of_the_exchange_leaves_it_to_the_next(
    health: Health, clock: Clock, error: Exception
) -> None:
    """The breaker never waits for a trial that is over."""
    clock.now = FIRST_REST
    with pytest.raises(type(error)):
        health.watch(lambda: fail(error))
    assert health.watch(lambda: "rows") == "rows"
    assert health.state == "ok"


def test_a_trial_that_is_answered_with_a_failure_of_its_own_closes_it(health: Health, clock: Clock) -> None:
    """One path that is broken for good must not keep all the others away."""
    clock.now = FIRST_REST
    with pytest.raises(ExchangeUnavailable):
        health.watch(lambda: fail(ExchangeUnavailable("x", "HTTP 404 from /path")))
    assert health.watch(lambda: "rows") == "rows"


def test_a_call_from_before_the_rest_ends_nothing(clock: Clock) -> None:
    """What was under way when the exchange refused says nothing of whether it still does."""
    health = Health(clock)

    def slow() -> str:
        with pytest.raises(ExchangeUnavailable):
            health.watch(lambda: fail(SILENT))
        return "rows"

    assert health.watch(slow) == "rows"
    assert health.resting_until == FIRST_REST


def test_chance_only_lengthens(clock: Clock) -> None:
    """No process comes back before it may, and two do not come back together."""
    rests = []
    for chance in (0.0, 0.5, 0.999):
        breaker = Breaker(clock, lambda chance=chance: chance)  # type: ignore[misc]  # a default pins the loop's value
        breaker.failed(ExchangeUnavailable("x", "refuses", 20.0, rest=True))
        rests.append(breaker.left)
    assert rests[0] == 20.0
    assert rests == sorted(set(rests))
    assert rests[-1] < 23.0


def test_each_state_is_told() -> None:
    """Closed at first, open after a failure, half-open while one tries, open again where that fails, else closed."""
    told: list[int] = []
    clock = Clock(0.0)
    breaker = Breaker(clock, lambda: 0.0, told.append)
    breaker.failed(SILENT)
    for succeeds in (False, True):
        clock.now += 2 * LONGEST_REST
        assert breaker.admit()
        if succeeds:
            breaker.succeeded(trial=True)
        else:
            breaker.failed(SILENT, trial=True)
    clock.now += 1.0
    assert not breaker.admit()
    assert told == [CLOSED, OPEN, HALF_OPEN, OPEN, HALF_OPEN, CLOSED]


def test_each_good_answer_is_told() -> None:
    """Proves that a process that never failed says so, for another that has ended may have said otherwise last."""
    told: list[int] = []
    breaker = Breaker(Clock(0.0), lambda: 0.0, told.append)
    breaker.succeeded(trial=False)
    assert told == [CLOSED, CLOSED]
    breaker.failed(SILENT)
    breaker.succeeded(trial=False)
    assert told == [CLOSED, CLOSED, OPEN]
