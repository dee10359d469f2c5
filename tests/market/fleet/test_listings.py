"""Listings: one replica reads what an exchange lists, and the others go by it."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from service.market.contract import Sharing, UnknownSymbol, resolve
from service.market.fleet import SharedListings
from service.market.venues import VENUE_IDS, build_venue
from tests.emulator import Emulator, synthetic_truth
from tests.market.fleet.test_lease import Memory

NOW = 1_790_000_410_000


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Serve all venues."""
    with Emulator(synthetic_truth(NOW), NOW) as running:
        yield running


def replica(emulator: Emulator, exchange: str, store: Memory) -> Any:
    """Return one replica's adapter."""
    sharing = Sharing(listings=SharedListings(store, 60.0))
    return build_venue(exchange, emulator.url(exchange), clock=lambda: NOW / 1000, throttle=False, sharing=sharing)


@pytest.mark.parametrize("exchange", VENUE_IDS)
def test_the_second_replica_asks_for_no_listing(emulator: Emulator, exchange: str) -> None:
    """Proves of every venue that its client works by what another's read, to the same rows for one call."""
    store = Memory()
    first, second = (replica(emulator, exchange, store) for _ in range(2))
    symbol = resolve(exchange, "BTC", first.markets())
    expected = first.order_book(symbol)
    emulator.forget()
    found = second.order_book(symbol)
    assert emulator.calls(exchange) == 1
    assert (found.bids.tolist(), found.asks.tolist()) == (expected.bids.tolist(), expected.asks.tolist())
    assert second._market(symbol) == first._market(symbol)
    for each in (first, second):
        each.close()


def test_a_market_that_is_new_is_found_in_a_newer_listing(emulator: Emulator) -> None:
    """Proves that a replica that read its listing long ago goes by the one that another read since."""
    store = Memory()
    old, new = (replica(emulator, "binance", store) for _ in range(2))
    symbol = resolve("binance", "BTC", old.markets())
    del old._markets[symbol]
    new.markets()
    emulator.forget()
    assert old._market(symbol) == new._market(symbol)
    assert emulator.calls("binance") == 0
    with pytest.raises(UnknownSymbol):
        old._market("NONE/USDT:USDT")
    for each in (old, new):
        each.close()


@pytest.mark.parametrize("kept", [[], [{"symbol": "BTC"}], {"a": 1}, "junk", [None]])
def test_a_listing_that_cannot_be_read_is_not_there(
    emulator: Emulator, kept: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever it is, the replica reads its own, and says so."""
    store = Memory()
    SharedListings(store, 60.0).keep("binance", kept)
    venue = replica(emulator, "binance", store)
    with caplog.at_level(logging.WARNING):
        assert venue._market("BTC/USDT:USDT").base == "BTC"
    assert "cannot be read" in caplog.text
    venue.close()


def test_bytes_that_are_none_of_ours_are_not_there() -> None:
    """Spoiled, of another key, or no JSON: nothing is found, and nothing is kept of what JSON cannot hold."""
    store = Memory()
    listings = SharedListings(store, 60.0)
    listings.keep("binance", [1])
    (key,) = store.kept
    assert listings.find("binance") == [1]
    store.kept[key.replace("binance", "bybit")] = store.kept[key]
    assert listings.find("bybit") is None
    store.kept[key] += b"x"
    assert listings.find("binance") is None
    listings.keep("okx", object())
    assert listings.find("okx") is None
    store.dead = True
    assert listings.find("binance") is None
