"""Liquidations are written as their schema says."""

import numpy as np

from service.analysis.results.liquidations import LiquidationSeries, LiquidationsResult
from service.analysis.results.open_interest import OpenInterestRequest, prepare_open_interest
from service.api.schemas.liquidations import LiquidationsSchema, liquidations_body
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered
from tests.support.requests import market_request


def test_what_is_not_known_is_null() -> None:
    """And who is absent is named."""
    market = OpenInterestRequest(market=market_request(exchange="a"))
    envelope = prepare_open_interest(services_of(FakeExchange("a")), market).compute().envelope
    series = LiquidationSeries(*(np.array([1.0, np.nan]) for _ in range(4)))
    result = LiquidationsResult(
        envelope, np.array([0, 3_600_000]), 3_600_000, series, {"a": series}, {"b": "b publishes none"}
    )
    body = rendered(liquidations_body(result), LiquidationsSchema())
    assert body["total"] == {name: [1.0, None] for name in ("long_usd", "short_usd", "long_coin", "short_coin")}
    assert body["close_time"] == [3_600_000, 7_200_000]
    assert body["absent"] == {"b": "b publishes none"}
