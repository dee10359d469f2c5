"""The limiter: calls keep below what an exchange allows, with a reserve, and slow down before they are near it."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from service.market.adapter.limiter import BURST, FULL, STEADY, Allowance, Limiter
from service.market.adapter.weight_used import Usage
from service.market.contract import Claim, ExchangeUnavailable, Sharing
from service.market.venues import VENUE_IDS, build_venue
from tests.emulator import Emulator, synthetic_truth

START = 1_790_000_040.0
NOW = 1_790_000_410_000
MINUTE = Allowance(2400.0, 60.0)


class Hand:
    """A limiter whose time passes where it waits, or where the test says so; `made` has what was called when."""

    def __init__(self, allowance: Allowance = MINUTE, sharing: Sharing | None = None, *, paced: bool = True) -> None:
        """Begin at a whole minute."""
        self.now, self.made = 0.0, [(-1e9, 0.0)]
        self.limiter = Limiter(
            "binance",
            allowance,
            sharing or Sharing(),
            clock=lambda: START + self.now,
            paced=paced,
            pause=self.wait,
            now=lambda: self.now,
        )

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def call(self, cost: float, left: float = 1e6, pool: str = "all") -> float:
        """Make a call; return how long it waited."""
        before = self.now
        self.limiter.admit(cost, left, pool)
        self.made.append((self.now, cost))
        return self.now - before

    def most_in_a_window(self, seconds: float) -> float:
        """Return the most weight that any window of so many seconds has seen."""
        return max(sum(cost for at, cost in self.made if end - seconds < at <= end) for end, _ in self.made)


@pytest.mark.parametrize("seed", range(5))
def test_no_window_sees_more_than_what_leaves_a_reserve(seed: int) -> None:
    """Proves for busy and quiet times at random that a tenth of every window stays free."""
    chance, hand = random.Random(seed), Hand()
    for _ in range(1500):
        hand.call(chance.choice([1.0, 2.0, 5.0, 10.0, 20.0]))
        hand.wait(chance.choice([0.0, 0.0, 0.0, 0.1, 20.0]) * chance.random())
    assert hand.most_in_a_window(60.0) <= (BURST + STEADY) * 2400.0 + 20.0
    assert pytest.approx(0.9) == BURST + STEADY


def test_a_quiet_exchange_is_asked_at_once() -> None:
    """A cold market's dozen calls do not wait; many of them come to wait, and each then at the steady pace."""
    hand = Hand()
    assert [hand.call(cost) for cost in (1.0, 5.0, 5.0, 20.0, 1.0, 1.0, 1.0)] == [0.0] * 7
    waits = [hand.call(20.0) for _ in range(60)]
    assert waits[0] == 0.0
    assert waits[-1] == pytest.approx(20.0 / (STEADY * 40.0))


def test_what_weighs_more_waits_longer() -> None:
    """An order book of a thousand levels takes four times the time of one of a hundred."""
    light, heavy = Hand(), Hand()
    for hand, cost in ((light, 5.0), (heavy, 20.0)):
        for _ in range(300):
            hand.call(cost)
    assert heavy.now > 3.9 * light.now > 0.0


def test_what_does_not_fit_into_the_calls_time_is_refused_at_once() -> None:
    """Proves that no turn is held for a wait that comes to nothing, that nothing is taken, and when to come again."""
    hand = Hand()
    for _ in range(200):
        hand.call(20.0)
    began = hand.now
    with pytest.raises(ExchangeUnavailable, match="what it allows is taken") as caught:
        hand.call(20.0, left=1.0)
    assert hand.now == began
    assert caught.value.cause == "busy"
    assert not caught.value.rest
    assert caught.value.retry_after >= 1.0
    hand.wait(caught.value.retry_after)
    assert hand.call(20.0, left=1.0) < 0.5


def test_each_path_has_its_own_where_the_exchange_counts_so() -> None:
    """One kind of call that is used up does not hold another up."""
    hand = Hand(Allowance(18.0, 2.0))
    for _ in range(40):
        hand.call(2.0, pool="interest")
    assert hand.call(0.5, pool="candles") == 0.0


@pytest.mark.parametrize("processes", [1, 2, 6])
def test_parts_of_an_allowance_together_are_no_more_than_one(processes: int) -> None:
    """Proves that so many processes that know nothing of each other together keep the reserve."""
    taken = 0.0
    for _ in range(processes):
        hand = Hand(sharing=Sharing(part=1.0 / processes))
        while hand.now < 180.0:
            hand.call(5.0)
        taken += hand.most_in_a_window(60.0)
    assert taken <= FULL * 2400.0 + 5.0 * processes


@pytest.mark.parametrize(
    ("usage", "least", "most"),
    [
        (Usage(0.3, 60.0), 0.0, 0.0),
        (Usage(0.7, 60.0), 1.0, 10.0),
        (Usage(0.9, 60.0), 60.0, 60.0),
        (Usage(1.2, 60.0), 60.0, 60.0),
        (Usage(0.95, 60.0, aligned=True), 60.0, 60.0),
        (Usage(1.0, 1.0), 1.0, 1.0),
    ],
)
def test_what_the_exchange_says_counts(usage: Usage, least: float, most: float) -> None:
    """Others may ask from the same address: near the limit calls are spread, at it they end until the next."""
    hand = Hand()
    hand.limiter.told(usage)
    assert least <= hand.call(20.0) <= most
    hand.wait(60.0)
    assert hand.call(20.0) == 0.0


def test_a_minute_of_the_clock_ends_when_the_clock_says() -> None:
    """Proves that a window of the clock is waited for to its end, and not for its length."""
    hand = Hand()
    hand.wait(45.0)
    hand.limiter.told(Usage(1.0, 60.0, aligned=True))
    assert hand.call(1.0) == pytest.approx(15.0)


class Told:
    """A ledger that says the same wait each time."""

    def __init__(self, wait: float | None) -> None:
        """Say that."""
        self.wait, self.claims = wait, list[Claim]()

    def spend(self, claim: Claim) -> float | None:
        """Say it."""
        self.claims.append(claim)
        return self.wait

    def refused(self, error: ExchangeUnavailable) -> None:
        """Do nothing."""

    def ended(self, exchange: str, *, good: bool) -> None:
        """Do nothing."""


def test_what_others_took_counts() -> None:
    """The ledger's wait is waited for, and it is asked for the whole allowance: its own part is for when it is lost."""
    ledger = Told(2.0)
    hand = Hand(sharing=Sharing(ledger, 0.1))
    assert hand.call(20.0) == 2.0
    (claim,) = ledger.claims
    assert claim.seconds == pytest.approx(20.0 / (STEADY * 40.0))
    assert (claim.exchange, claim.pool) == ("binance", "all")
    ledger.wait = None
    for _ in range(100):
        hand.call(20.0)
    assert hand.call(20.0) == pytest.approx(20.0 / (0.1 * STEADY * 40.0))


def test_a_ledger_that_lies_frees_nobody_from_the_limit() -> None:
    """What this process took itself it knows: told that nothing is taken it keeps below the limit all the same."""
    hand = Hand(sharing=Sharing(Told(0.0), 0.1))
    for _ in range(800):
        hand.call(20.0)
    assert hand.most_in_a_window(60.0) <= FULL * 2400.0 + 20.0


def test_unpaced_nothing_waits_and_the_ledger_is_still_asked() -> None:
    """A host of one's own has no limit; that it refused another replica counts there too."""
    ledger = Told(100.0)
    hand = Hand(sharing=Sharing(ledger), paced=False)
    hand.limiter.told(Usage(2.0, 60.0))
    assert [hand.call(20.0, left=0.1) for _ in range(500)] == [0.0] * 500
    assert len(ledger.claims) == 500


def test_a_second_try_counts() -> None:
    """It weighs what the first did."""
    once, twice = Hand(), Hand()
    for _ in range(25):
        once.call(20.0)
        twice.call(20.0)
        twice.limiter.again()
    assert once.now == 0.0
    assert twice.now > 0.0


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Serve all venues."""
    with Emulator(synthetic_truth(NOW), NOW) as running:
        yield running


@pytest.mark.parametrize("exchange", VENUE_IDS)
def test_every_venue_asks_its_limiter_what_each_call_costs(exchange: str, emulator: Emulator) -> None:
    """Proves with ccxt's own costs that no call goes past it, and that those of a cold market hardly wait."""
    venue: Any = build_venue(exchange, emulator.url(exchange), clock=lambda: NOW / 1000)
    asked: list[tuple[float, str]] = []
    hand = Hand(venue._limiter._allowance)

    def admit(cost: float, _left: float, pool: str) -> None:
        asked.append((cost, pool))
        hand.call(cost, pool=pool)

    venue._limiter.admit = admit
    symbol = next(iter(venue.markets()))
    venue.order_book(symbol)
    venue.ohlcv(symbol, "1h", NOW - 48 * 3_600_000, NOW)
    assert len(asked) == emulator.calls(exchange)
    assert all(cost > 0.0 for cost, _ in asked)
    assert (len({pool for _, pool in asked}) > 1) is venue.allows_each_path
    assert hand.now < 1.0
    venue.close()
