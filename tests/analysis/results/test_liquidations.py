"""Liquidations are of those exchanges that publish them; of nobody they are refused before anything is loaded."""

import pytest

from service.analysis.results.liquidations import LiquidationsRequest, prepare_liquidations
from service.market.contract import NotPublished
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request


def test_nobody_publishes_them() -> None:
    """No exchange is called for it."""
    fake = FakeExchange("a")
    with pytest.raises(NotPublished, match="a "):
        prepare_liquidations(services_of(fake), LiquidationsRequest(market=market_request(exchange="a")))
    assert fake.calls == []
