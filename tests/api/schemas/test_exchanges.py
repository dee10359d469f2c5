"""What /v1/exchanges tells of an exchange's reach and gaps, as its schema says."""

from typing import Any

import pytest

from service.api.schemas.exchanges import ExchangesSchema, exchange_body
from service.market.feed import Health
from service.market.venues import ADAPTERS, build_venue
from tests.support.fake_exchange import Clock

ABLE = [adapter.id for adapter in ADAPTERS]


def body_of(exchange_id: str) -> dict[str, Any]:
    """Return an exchange as JSON; nothing is asked of it."""
    clock = Clock()
    exchange = build_venue(exchange_id, clock=clock)
    return exchange_body(exchange, Health(clock))


@pytest.mark.parametrize("exchange_id", ABLE)
def test_it_is_what_the_schema_says(exchange_id: str) -> None:
    """Every field, and a depth for every timeframe of open interest."""
    body = body_of(exchange_id)
    able = body["capabilities"]
    assert set(able["open_interest_days_by_timeframe"]) == set(able["open_interest_timeframes"])
    body["capabilities"] = able | {name: list(able[name]) for name in ("timeframes", "open_interest_timeframes")}
    assert ExchangesSchema().validate({"exchanges": [body]}) == {}


def test_depth_differs_by_timeframe() -> None:
    """KuCoin keeps 7 days of open interest, and 70 at 1d; Binance 30 days of any."""
    kucoin = body_of("kucoin")["capabilities"]["open_interest_days_by_timeframe"]
    assert kucoin.pop("1d") == 70
    assert set(kucoin.values()) == {7}
    assert set(body_of("binance")["capabilities"]["open_interest_days_by_timeframe"].values()) == {30}


def test_what_is_borrowed_and_what_is_left_out() -> None:
    """Of whom the tiers of newer markets are, and which perpetuals are not there."""
    told = {each: body_of(each)["capabilities"] for each in ABLE}
    assert {each: able["tiers_borrowed_of"] for each, able in told.items() if able["tiers_borrowed_of"]} == {
        "binance": "bybit"
    }
    left_out = {each: able["not_served"] for each, able in told.items() if able["not_served"]}
    assert list(left_out) == ["hyperliquid"]
    assert "HIP-3" in left_out["hyperliquid"]
