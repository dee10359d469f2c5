"""What failed is remembered: for its key longer each time, for all keys of an exchange where many fail in a row."""

import pytest

from service.market.contract import BadData, ExchangeUnavailable, Resting
from service.market.feed.exchange_health.back_off import (
    FIRST_WAIT,
    LONGEST_WAIT,
    MOST_FAILING,
    MOST_SPREAD,
    BackOff,
    lengthened,
)
from tests.support.fake_exchange import Clock

DOWN = ExchangeUnavailable("x", "HTTP 500")


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands at 0."""
    return Clock(0.0)


@pytest.fixture
def back_off(clock: Clock) -> BackOff:
    """Return one that remembers 100 keys."""
    return BackOff(clock, lambda: 0.0, 100)


def may(back_off: BackOff, exchange: str, key: str) -> bool:
    """Tell whether an attempt may be made."""
    try:
        back_off.check(exchange, key)
    except ExchangeUnavailable:
        return False
    return True


def test_waits_grow_and_end(back_off: BackOff, clock: Clock) -> None:
    """1, 2, 4 .. 30 s; in twenty seconds of failing there are five attempts, however many ask."""
    attempts = []
    for tick in range(1200):
        clock.now = tick / 10
        if may(back_off, "x", "BTC"):
            attempts.append(clock.now)
            back_off.failed("x", "BTC", DOWN)
    assert [at for at in attempts if at <= 20] == [0.0, 1.0, 3.0, 7.0, 15.0]
    assert attempts[-1] - attempts[-2] == LONGEST_WAIT


def test_who_comes_too_early_has_the_same_error_and_what_is_left(back_off: BackOff, clock: Clock) -> None:
    """Its kind and words; the first caller's own error stays as it was."""
    error = BadData("x", "html", 7.0)
    back_off.failed("x", "BTC", error)
    clock.now = 0.25
    with pytest.raises(BadData, match="x: html") as raised:
        back_off.check("x", "BTC")
    assert raised.value is not error
    assert (raised.value.retry_after, raised.value.reason, error.retry_after) == (FIRST_WAIT - 0.25, "html", 7.0)


def test_one_key_says_nothing_of_another(back_off: BackOff) -> None:
    """Nor of another exchange."""
    back_off.failed("x", "BTC", DOWN)
    assert may(back_off, "x", "ETH")
    assert may(back_off, "y", "BTC")


def test_success_forgets(back_off: BackOff, clock: Clock) -> None:
    """The next failure begins with the shortest wait."""
    for _ in range(4):
        back_off.failed("x", "BTC", DOWN)
    clock.now = LONGEST_WAIT
    back_off.succeeded("x", "BTC")
    back_off.failed("x", "BTC", DOWN)
    clock.now += FIRST_WAIT
    assert may(back_off, "x", "BTC")


def test_many_keys_in_a_row_are_the_exchange(back_off: BackOff, clock: Clock) -> None:
    """A scan of fifty markets on an exchange that answers none costs eight calls, then one or few a while."""
    asked = 0
    for n in range(50):
        if may(back_off, "x", f"coin-{n}"):
            asked += 1
            back_off.failed("x", f"coin-{n}", DOWN)
    assert asked == MOST_FAILING
    assert may(back_off, "y", "coin-40")
    clock.now = FIRST_WAIT
    assert may(back_off, "x", "coin-40")


def test_one_answer_in_between_and_it_is_not_the_exchange(back_off: BackOff) -> None:
    """Thin markets that fail among good ones hold nobody up."""
    for n in range(3 * MOST_FAILING):
        back_off.failed("x", f"coin-{n}", DOWN)
        if n % 5 == 0:
            back_off.succeeded("x", "BTC")
    assert may(back_off, "x", "ETH")


@pytest.mark.parametrize("error", [Resting(DOWN, 3.0), ExchangeUnavailable("x", "refuses", 7.0, rest=True)])
def test_what_the_breaker_sees_to_is_left_to_it(back_off: BackOff, error: ExchangeUnavailable) -> None:
    """The first caller after the rest must not find a wait on top of it, and who asks in it is told of the rest."""
    back_off.failed("x", "BTC", error)
    assert may(back_off, "x", "BTC")


def test_chance_adds_a_fifth_and_few_seconds_at_most() -> None:
    """Never less than was asked for."""
    assert lengthened(10.0, lambda: 0.0) == 10.0
    assert lengthened(10.0, lambda: 1.0) == 12.0
    assert lengthened(86_400.0, lambda: 1.0) == 86_400.0 + MOST_SPREAD
