"""A venue behind one client: one caller at a time, a listing that is read once, and its own clock."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests_mock

from service.market.contract import ExchangeUnavailable, UnknownSymbol, Unsupported
from service.market.venues import build_venue
from tests.support.recorded_json import VENUES, open_recorded
from tests.support.recorded_venue import NOW, Venue


@pytest.fixture
def opened() -> Iterator[tuple[Any, Venue]]:
    """Give an adapter on its recorded venue."""
    with requests_mock.Mocker() as mock:
        exchange, venue = open_recorded(mock, "bybit")
        yield exchange, venue
        exchange.close()


def test_the_listing_is_read_by_the_first_call_alone(opened: tuple[Any, Venue]) -> None:
    """Markets are read anew whenever they are asked for; other calls go by the last listing."""
    exchange, venue = opened
    exchange._market(venue.symbol)
    once = len(venue.queries(venue.listing))
    exchange._market(venue.symbol)
    assert len(venue.queries(venue.listing)) == once > 0
    exchange.markets()
    assert len(venue.queries(venue.listing)) == 2 * once


def test_callers_take_turns_and_wait_for_only_so_long() -> None:
    """Who gets no turn in time is told when to come back, and the one whose turn it is goes on."""
    with requests_mock.Mocker() as mock:
        venue = VENUES["bybit"]()
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
        exchange: Any = build_venue("bybit", clock=lambda: NOW / 1000, throttle=False, timeout_s=0.05)
        entered, leave = threading.Event(), threading.Event()

        def hold() -> None:
            with exchange._turn("*"):
                entered.set()
                leave.wait(60)

        holder = threading.Thread(target=hold)
        holder.start()
        assert entered.wait(60)
        with pytest.raises(ExchangeUnavailable, match=r"busy: no turn within 0\.05 s") as caught:
            exchange.markets()
        leave.set()
        holder.join()
        assert caught.value.retry_after == 1
        assert exchange._lock.acquire(blocking=False)
        exchange._lock.release()
        exchange.close()


def test_a_turn_that_fails_is_given_back(opened: tuple[Any, Venue]) -> None:
    """The next caller has it, and the listing that was there stays."""
    exchange, venue = opened
    before = exchange.markets()
    venue.broken[venue.listing] = (503, "", {})
    with pytest.raises(ExchangeUnavailable):
        exchange.markets()
    assert exchange._market(venue.symbol)
    venue.broken.clear()
    assert exchange.markets() == before


def test_what_is_not_there_is_named(opened: tuple[Any, Venue]) -> None:
    """A symbol by its name, a timeframe with those that there are."""
    exchange, _ = opened
    with pytest.raises(UnknownSymbol, match="NOPE/USDT:USDT"):
        exchange._market("NOPE/USDT:USDT")
    with pytest.raises(Unsupported, match="bybit has no timeframe '2m'; one of: 5m"):
        exchange._step("2m")
    assert exchange._now() == NOW
