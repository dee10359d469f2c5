"""Contracts settled in USDC are read in the units of those in USDT, where a venue has both."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import requests_mock

from service.market.brackets import DATED
from service.market.contract import resolve
from service.market.venues import VENUE_IDS, build_venue
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import NOW, Venue

HOUR = 3_600_000
DAY = 24 * HOUR
WITH_USDC = [exchange_id for exchange_id in VENUE_IDS if VENUES[exchange_id].usdc]


@pytest.fixture(params=WITH_USDC)
def served(request: Any) -> Iterator[tuple[Any, Venue]]:
    """Give each adapter whose venue lists both."""
    venue = VENUES[request.param]()
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
        exchange: Any = build_venue(request.param, clock=lambda: NOW / 1000, throttle=False)
        yield exchange, venue
        exchange.close()


def test_a_bare_coin_is_the_one_in_usdt(served: tuple[Any, Venue]) -> None:
    """Both are listed, and each is found by its own names."""
    exchange, venue = served
    markets = exchange.markets()
    assert resolve(exchange.id, "BTC", markets) == venue.symbol
    for text in ("BTCUSDC", "btc/usdc", "BTC/USDC:USDC"):
        assert resolve(exchange.id, text, markets) == venue.usdc
    market = markets[venue.usdc or ""]
    assert (market.quote, market.settle, market.inverse) == ("USDC", "USDC", False)
    assert market.contract_size == markets[venue.symbol].contract_size


def test_every_kind_of_data_is_in_the_same_units(served: tuple[Any, Venue]) -> None:
    """The same figures behind both contracts come out the same: bars, marks, open interest, book, funding."""
    exchange, venue = served
    one, other = venue.symbol, venue.usdc
    span = (NOW - 2 * DAY, NOW)
    for ask in (exchange.ohlcv, exchange.mark_ohlcv):
        for column in ("time", "open", "high", "low", "close", "volume"):
            np.testing.assert_array_equal(*(getattr(ask(symbol, "1h", *span), column) for symbol in (one, other)))
    if exchange.capabilities.open_interest_history:
        np.testing.assert_array_equal(*(exchange.open_interest(symbol, "1h", *span).amount for symbol in (one, other)))
    np.testing.assert_array_equal(*(exchange.open_interest_now(symbol).amount for symbol in (one, other)))
    np.testing.assert_array_equal(*(exchange.order_book(symbol).bids for symbol in (one, other)))
    assert exchange.funding(one) == exchange.funding(other)


def test_tiers_are_the_venues_or_said_to_be_assumed(served: tuple[Any, Venue]) -> None:
    """Read where they are public; of Binance they are those of our table for USDC."""
    exchange, venue = served
    tiers = exchange.tiers(venue.usdc)
    if venue.tiers_source == "table":
        assert (tiers.source, tiers.dated) == ("table", DATED)
    else:
        assert tiers.source == "exchange"
        np.testing.assert_array_equal(tiers.floor, exchange.tiers(venue.symbol).floor)
