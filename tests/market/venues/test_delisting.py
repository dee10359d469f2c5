"""A market that its exchange takes off its list is still served, and known for what it is."""

from collections.abc import Callable
from typing import Any

import pytest
import requests_mock

from service.market.contract import Delisting
from service.market.venues import build_venue
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import NOW, SYMBOL, Venue

SOON = NOW + 3 * 86_400_000
# What tells a market's own entry from all else in a listing, what is set in it, and what it comes to.
FLAGS = [
    ("binance", "contractType", {"deliveryDate": SOON}, Delisting(SOON)),
    ("binance", "contractType", {"deliveryDate": 4_133_404_800_000}, None),
    ("bybit", "contractType", {"deliveryTime": str(SOON)}, Delisting(SOON)),
    ("bybit", "contractType", {"deliveryTime": "0"}, None),
    ("okx", "instId", {"expTime": str(SOON)}, Delisting(SOON)),
    ("okx", "instId", {"expTime": ""}, None),
    ("gate", "quanto_multiplier", {"in_delisting": True}, Delisting()),
    ("gate", "quanto_multiplier", {"in_delisting": False}, None),
    ("bitget", "symbolStatus", {"offTime": str(SOON)}, Delisting(SOON)),
    ("bitget", "symbolStatus", {"offTime": "-1"}, None),
]


def with_flags(sent: Any, marker: str, flags: dict[str, Any]) -> Any:
    """Return an answer with `flags` in every entry that has `marker`."""
    if isinstance(sent, list):
        return [with_flags(each, marker, flags) for each in sent]
    if isinstance(sent, dict):
        inner = {name: with_flags(value, marker, flags) for name, value in sent.items()}
        return inner | flags if marker in sent else inner
    return sent


def flagged(venue: Venue, marker: str, flags: dict[str, Any]) -> Callable[[], dict[str, Callable[..., Any]]]:
    """Return what stands in for a venue's answers."""
    answers = venue.answers()

    def of(path: str) -> Callable[..., Any]:
        return lambda query: with_flags(answers[path](query), marker, flags)

    return lambda: {path: of(path) for path in answers}


@pytest.mark.parametrize(("exchange_id", "marker", "flags", "expected"), FLAGS)
def test_what_a_venue_says_of_the_end_of_a_market(
    exchange_id: str, marker: str, flags: dict[str, Any], expected: Delisting | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment where it is stated; none of a market that stays."""
    venue = VENUES[exchange_id]()
    monkeypatch.setattr(venue, "answers", flagged(venue, marker, flags))
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
        exchange: Any = build_venue(exchange_id, clock=lambda: NOW / 1000, throttle=False)
        markets = exchange.markets()
        exchange.close()
    assert markets[SYMBOL].delisting == expected


@pytest.mark.parametrize("exchange_id", VENUES)
def test_a_market_stays_unless_its_venue_says_otherwise(exchange_id: str) -> None:
    """No recorded listing has one that goes."""
    venue = VENUES[exchange_id]()
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
        exchange: Any = build_venue(exchange_id, clock=lambda: NOW / 1000, throttle=False)
        found = {market.delisting for market in exchange.markets().values()}
        exchange.close()
    assert found == {None}
