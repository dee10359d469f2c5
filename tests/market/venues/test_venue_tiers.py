"""Risk tiers of each venue as it counts them, and what is refused of them."""

import json

import numpy as np
import pytest

from service.market.contract import BadData
from tests.market.venues.conftest import OpenVenue
from tests.support.recorded_venue import NOW, SYMBOL


@pytest.mark.parametrize(
    ("exchange_id", "symbol", "in_coin"),
    [
        ("binance", SYMBOL, False),
        ("bybit", SYMBOL, False),
        ("bybit", "BTC/USD:BTC", True),
        ("okx", SYMBOL, True),
        ("okx", "BTC/USD:BTC", False),
        ("gate", SYMBOL, False),
        ("kucoin", SYMBOL, False),
        ("htx", SYMBOL, True),
        ("bitget", SYMBOL, False),
        ("hyperliquid", "BTC/USDC:USDC", False),
    ],
)
def test_what_tiers_are_counted_in(opened: OpenVenue, exchange_id: str, symbol: str, *, in_coin: bool) -> None:
    """Contracts of coin and risk limits in coin are coins, contracts of USD and values are quote currency."""
    exchange, _ = opened(exchange_id)
    tiers = exchange.tiers(symbol)
    counted = tiers.as_counted(inverse=symbol == "BTC/USD:BTC")
    assert counted.counted_in == ("base" if in_coin else "quote")
    assert (tiers.coin_price is not None) == in_coin
    np.testing.assert_allclose(counted.floor * (tiers.coin_price or 1.0), tiers.floor)


def test_a_rate_that_leaves_no_margin_is_bad_data(opened: OpenVenue) -> None:
    """Half of the value kept at 100x, as the documentation of one venue prints it, is no tier anyone could hold."""
    exchange, venue = opened("bybit")
    printed = {
        "id": 1,
        "symbol": "BTCUSDT",
        "riskLimitValue": "150",
        "maintenanceMargin": "0.5",
        "maxLeverage": "100.00",
    }
    body = {"retCode": 0, "retMsg": "OK", "result": {"category": "linear", "list": [printed]}, "time": NOW}
    assert venue.risk is not None
    venue.broken[venue.risk] = (200, json.dumps(body), {})
    with pytest.raises(BadData, match=r"rate of 0\.5 at a leverage of 100"):
        exchange.tiers(SYMBOL)
