"""Coin-margined markets through the whole service, and skill where liquidations come order by order."""

from typing import Any

import numpy as np
import pytest

from tests.emulator import Emulator
from tests.end_to_end.stage import Stage

INVERSE = ("bybit", "okx")


@pytest.mark.parametrize("exchange", INVERSE)
def test_a_coin_margined_map_is_in_usd_and_adds_up(emulator: Emulator, exchange: str) -> None:
    """The account is in USD, by the exchange's inverse rule, and about the linear market's in the same money."""
    with Stage(emulator, [exchange]) as stage:
        inverse = stage.ask("/v1/heatmap", exchange=exchange, symbol="BTCUSD", bins=100)
        linear = stage.ask("/v1/heatmap", exchange=exchange, symbol="BTC", bins=100)
    assert inverse["symbol"] == "BTC/USD:BTC"
    assert inverse["assumptions"]["liquidation_rule"] == f"{exchange}-inverse"
    for side in ("long", "short"):
        account = inverse["accounting"][side]
        whole = account["in_grid"] + account["outside_grid"] + account["unlevered"]
        assert whole == pytest.approx(account["open_interest"], rel=1e-9)
        usd = linear["accounting"][side]["open_interest"] * linear["price"]
        assert account["open_interest"] == pytest.approx(usd, rel=0.02)
    assert np.array(inverse["grid"]["long"])[-1].sum() > 0


def test_coin_margined_markets_add_up_by_open_interest(emulator: Emulator) -> None:
    """Two exchanges of one truth weigh the same."""
    with Stage(emulator, INVERSE) as stage:
        body = stage.ask("/v1/heatmap", exchange=",".join(INVERSE), symbol="BTC/USD:BTC", bins=100)
    weights = {source["exchange"]: source["weight"] for source in body["sources"]}
    assert weights == pytest.approx(dict.fromkeys(INVERSE, 0.5), abs=1e-3)


@pytest.mark.parametrize(
    ("exchange", "symbol", "there_is"),
    [
        ("gate", "BTCUSD", "BTC/USDT:USDT"),
        ("gate", "BTC/USDC", "BTC/USDT:USDT"),
        ("hyperliquid", "BTCUSDT", "BTC/USDC:USDC"),
    ],
)
def test_another_quote_is_refused_with_what_there_is(
    emulator: Emulator, exchange: str, symbol: str, there_is: str
) -> None:
    """A 404 that names the contracts of the coin."""
    with Stage(emulator, [exchange]) as stage:
        answer = stage.get("/v1/heatmap", exchange=exchange, symbol=symbol)
    assert answer.status_code == 404
    assert f"of BTC there is {there_is}" in answer.json["detail"]


@pytest.fixture
def skill(emulator: Emulator) -> Any:
    """Return HTX's skill over 20 days, of which the last 15 have liquidations."""
    with Stage(emulator, ["htx"]) as stage:
        body = stage.ask("/v1/skill", exchange="htx", symbol="BTC", lookback="20d", resamples=50)
        again = emulator.calls("htx", "liquidation_orders")
        stage.ask("/v1/skill", exchange="htx", symbol="BTC", lookback="20d", resamples=60)
        assert emulator.calls("htx", "liquidation_orders") == again
    return body


def test_orders_are_enough_to_score_a_map(skill: Any) -> None:
    """Hours that were not read are not scored as hours without liquidations."""
    assert 14 * 24 <= skill["bars_scored"] <= 15 * 24
    assert skill["days"] >= 14
    assert skill["reported_share"] > 0
    assert skill["verdict"]


@pytest.mark.parametrize(("exchange", "why"), [("bitget", "three days"), ("binance", "live stream")])
def test_where_there_are_none_it_is_said_why(emulator: Emulator, exchange: str, why: str) -> None:
    """A 404 that does not claim more than is true."""
    with Stage(emulator, [exchange]) as stage:
        answer = stage.get("/v1/skill", exchange=exchange, symbol="BTC")
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-published")
    assert why in answer.json["detail"]
