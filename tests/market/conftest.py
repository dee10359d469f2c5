"""Fixtures: a feed that reads one fake exchange."""

import pytest

from service.market.feed import (
    MarketFeed,
)
from tests.market.fake_exchange import Clock, FakeExchange


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
