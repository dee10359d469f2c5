"""Second tries: what failed early and by chance is asked for twice, of few calls, and nothing else ever is."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from service.market.adapter.second_try import MOST_SAVED, RetryBudget, by_chance, early
from service.market.adapter.transport import BoundedSession
from service.market.contract import BadData, ExchangeUnavailable
from service.market.venues import build_venue
from tests.emulator import Emulator, synthetic_truth
from tests.support.noted import Noted

NOW = 1_790_000_410_000
BOOK = "/fapi/v1/depth"
# Good answers that pay for one second try.
ENOUGH = 10


@pytest.fixture(scope="module")
def venues() -> Iterator[Emulator]:
    """Serve all venues."""
    with Emulator(synthetic_truth(NOW), NOW) as running:
        yield running


@pytest.fixture
def emulator(venues: Emulator) -> Iterator[Emulator]:
    """Give the venues healthy."""
    venues.heal()
    yield venues
    venues.heal()


class Asked:
    """Binance's order book, asked for again and again."""

    def __init__(self, emulator: Emulator, answers: int) -> None:
        """Have so many good answers behind it."""
        self.noted = Noted()
        venue: Any = build_venue(
            "binance",
            emulator.url("binance"),
            clock=lambda: NOW / 1000,
            throttle=False,
            timeout_s=20.0,
            instruments=self.noted,
        )
        venue._session._retries = RetryBudget(lambda: None)
        self.venue = venue
        self.venue.markets()
        self._emulator = emulator
        for _ in range(answers):
            self.book()
        emulator.forget()

    def book(self) -> None:
        """Ask for it."""
        self.venue.order_book("BTC/USDT:USDT")

    def fails(self, kind: type[Exception] = ExchangeUnavailable) -> int:
        """Ask for it in vain; return how many calls that took."""
        before = self.calls
        with pytest.raises(kind):
            self.book()
        return self.calls - before

    @property
    def calls(self) -> int:
        """Calls of the book since the good answers."""
        return self._emulator.calls("binance", BOOK)


BY_CHANCE: dict[str, dict[str, Any]] = {
    "reset": {"down": True},
    "cut short": {"cut": 50},
    "500": {"kind": "status", "status": 500},
    "502": {"kind": "status", "status": 502},
    "503": {"kind": "status", "status": 503},
    "504": {"kind": "status", "status": 504},
}
# What is an answer, or a wish to be left alone.
AN_ANSWER: dict[str, dict[str, Any]] = {
    "429": {"kind": "status", "status": 429},
    "429 and until when": {"kind": "status", "status": 429, "retry_after": 5},
    "418": {"kind": "status", "status": 418, "retry_after": 5},
    "403": {"kind": "status", "status": 403},
    "404": {"kind": "status", "status": 404},
    "503 and until when": {"kind": "status", "status": 503, "retry_after": 5},
    "a page in place of data": {"kind": "html200"},
}


@pytest.mark.parametrize("fault", BY_CHANCE)
def test_what_failed_by_chance_is_asked_for_once_more(emulator: Emulator, fault: str) -> None:
    """The caller has its answer, and the first try is told apart from it."""
    asked = Asked(emulator, ENOUGH)
    emulator.fault("binance", path=BOOK, times=1, **BY_CHANCE[fault])
    asked.book()
    assert asked.calls == 2
    assert [given[2] for given in asked.noted.of("exchange_answered")[-2:]] == ["retried", "ok"]


@pytest.mark.parametrize("fault", AN_ANSWER)
def test_an_answer_is_taken_for_one(emulator: Emulator, fault: str) -> None:
    """A refusal, whatever else says that the request is wrong, and a server that asks for a pause."""
    asked = Asked(emulator, ENOUGH)
    emulator.fault("binance", path=BOOK, **AN_ANSWER[fault])
    assert asked.fails(BadData if fault == "a page in place of data" else ExchangeUnavailable) == 1


def test_no_call_has_a_third_try(emulator: Emulator) -> None:
    """Two that fail are a failure; and an exchange that is down is asked once a call from then on."""
    asked = Asked(emulator, 3 * ENOUGH)
    emulator.fault("binance", path=BOOK, kind="status", status=500)
    assert [asked.fails() for _ in range(4)] == [2, 1, 1, 1]


def test_good_answers_pay_for_it(emulator: Emulator) -> None:
    """One in ten: nothing is tried again at the start, nor sooner after the last time."""
    asked = Asked(emulator, 0)
    emulator.fault("binance", path=BOOK, down=True, times=1)
    assert asked.fails() == 1
    for _ in range(ENOUGH):
        asked.book()
    emulator.fault("binance", path=BOOK, down=True, times=1)
    asked.book()
    emulator.fault("binance", path=BOOK, down=True, times=1)
    assert asked.fails() == 1


def test_a_late_failure_is_not_tried_again(emulator: Emulator) -> None:
    """What took most of the call's time and then broke is a failure: there is no time for another."""
    asked = Asked(emulator, ENOUGH)
    asked.venue._timeout_s = 0.5
    emulator.fault("binance", path=BOOK, delay_s=1.5)
    assert asked.fails() == 1


def test_both_tries_are_within_the_time_of_one_call() -> None:
    """A try is early that leaves half of the time."""
    assert early(began=100.0, now=105.0, deadline=110.0)
    assert not early(began=100.0, now=105.1, deadline=110.0)
    assert not early(began=100.0, now=110.1, deadline=110.0)
    assert early(began=100.0, now=900.0, deadline=None)


def test_no_more_than_a_few_are_saved() -> None:
    """A day of good answers pays for a few second tries and no storm of them; each waits a moment first."""
    waits: list[int] = []
    budget = RetryBudget(lambda: waits.append(1))
    for _ in range(10_000):
        budget.earn()
    assert sum(budget.take() for _ in range(100)) == len(waits) == MOST_SAVED


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (requests.ConnectionError(), True),
        (requests.ConnectTimeout(), True),
        (requests.ReadTimeout(), True),
        (requests.exceptions.SSLError(), False),
        (requests.exceptions.ProxyError(), False),
        (requests.exceptions.InvalidURL(), False),
    ],
)
def test_what_lasts_is_no_chance(outcome: requests.RequestException, expected: bool) -> None:
    """A certificate that is not trusted is not the next time either."""
    assert by_chance(outcome) is expected


def test_a_session_of_its_own_saves_nothing_at_first() -> None:
    """The first call of a process is tried once."""
    session = BoundedSession()
    assert not session._retries.take()
    session.close()
