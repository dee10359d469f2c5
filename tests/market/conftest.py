"""Fixtures: a feed that reads one fake exchange, and each real adapter before a recorded venue."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests_mock

from service.market.feed import MarketFeed
from service.market.venues import VENUE_IDS, build_venue
from tests.support.fake_exchange import Clock, FakeExchange
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import NOW


@pytest.fixture
def clock() -> Clock:
    """Return a clock at T0."""
    return Clock()


@pytest.fixture
def fake() -> FakeExchange:
    """Return an exchange that offers everything."""
    return FakeExchange()


@pytest.fixture
def feed(fake: FakeExchange, clock: Clock) -> MarketFeed:
    """Return a feed that reads it."""
    return MarketFeed({"fake": fake}, clock)


@pytest.fixture(params=VENUE_IDS)
def served(request: Any) -> Iterator[tuple[Any, Any]]:
    """Give each adapter and the fake venue behind it."""
    venue = VENUES[request.param]()
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
        exchange: Any = build_venue(request.param, clock=lambda: NOW / 1000, throttle=False)
        yield exchange, venue
        exchange.close()
