"""Each request to an exchange is told of: what for, how it went, how long it and the wait for it took."""

from typing import Any

import pytest
import requests_mock

from service.market.contract import ExchangeUnavailable, MarketError
from service.market.feed import NamedCalls
from service.market.venues import build_venue
from service.ops.request_scope import RequestScope, scope_of_request
from tests.support.noted import Noted

BASE = "http://mirror:9/x"


def asked(status: int = 200, text: str = "{}", **headers: str) -> tuple[Noted, RequestScope]:
    """Return what was told when a listing was asked for and that came, and the scope of the request behind it."""
    noted, scope = Noted(), RequestScope(0.0)
    exchange: Any = build_venue("binance", BASE, throttle=False, instruments=noted)
    with requests_mock.Mocker() as mock, scope_of_request(scope):
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, status_code=status, text=text, headers=headers)
        with pytest.raises(MarketError):
            NamedCalls(exchange).markets()
    exchange.close()
    return noted, scope


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (429, "{}", "refused"),
        (418, "{}", "refused"),
        (500, "{}", "error"),
        (403, "no", "error"),
        (200, "<html>", "bad_data"),
        (200, "[]", "bad_data"),
    ],
)
def test_the_last_request_is_told_by_what_came_of_it(status: int, text: str, outcome: str) -> None:
    """One word each, whatever the exchange wrote."""
    noted, scope = asked(status, text)
    told = noted.of("exchange_answered")
    assert [given[:3] for given in told[:-1]] == [["binance", "markets", "ok"]] * (len(told) - 1)
    assert told[-1][:3] == ["binance", "markets", outcome]
    assert scope.upstream == [given[3] for given in told]


def test_the_wait_is_told_apart_from_the_answer() -> None:
    """A turn that was had at once was waited for hardly at all, and is told once."""
    noted, _ = asked(500)
    ((exchange, seconds),) = noted.of("turn_waited")
    assert exchange == "binance"
    assert 0.0 <= seconds < 30.0


def test_the_weight_is_passed_on() -> None:
    """What the exchange says of its limit is told, of a refusal too."""
    noted, _ = asked(429, **{"X-MBX-USED-WEIGHT-1M": "2400"})
    assert noted.of("weight_used")[-1] == ["binance", 1.0]


def test_no_turn_is_no_request() -> None:
    """Who waited in vain has asked nothing, and the wait is told."""
    noted = Noted()
    exchange: Any = build_venue("binance", BASE, 0.01, throttle=False, instruments=noted)
    with exchange._lock, pytest.raises(ExchangeUnavailable) as caught:
        exchange.markets()
    exchange.close()
    assert caught.value.cause == "busy"
    assert noted.told == [["turn_waited", "binance", 0.01]]


def test_nothing_answers() -> None:
    """A closed port is an exchange that does not answer."""
    noted = Noted()
    exchange: Any = build_venue("binance", "http://127.0.0.1:1", throttle=False, instruments=noted)
    with pytest.raises(ExchangeUnavailable):
        exchange.markets()
    exchange.close()
    assert {given[2] for given in noted.of("exchange_answered")} == {"no_answer"}
