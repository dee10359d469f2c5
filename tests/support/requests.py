"""Requests as tests make them: a week of hours on one market, with whatever the test is about in its place."""

from typing import Any

from service.analysis.requests import AssumptionsRequest, MarketRequest
from service.heatmap import parse_mix
from service.times import DAY_MS

ASSUMED = AssumptionsRequest(mix=parse_mix("default"), position_notional=10_000.0)


def market_request(**given: Any) -> MarketRequest:
    """Return a week of hours of BTC on the fake exchange, or what is given instead."""
    usual: dict[str, Any] = {"exchange": "fake", "symbol": "BTC", "lookback": 7 * DAY_MS, "assumptions": ASSUMED}
    return MarketRequest(**(usual | given))
