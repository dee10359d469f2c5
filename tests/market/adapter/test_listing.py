"""Which of ccxt's markets are served: active perpetual swaps with all that is needed of them."""

from typing import Any

import pytest

from service.market.adapter.listing import listed
from service.market.contract import BadData


def entry(**changes: Any) -> dict[str, Any]:
    """Return ccxt's entry of a linear swap, changed."""
    linear = {
        "symbol": "BTC/USDT:USDT", "id": "BTCUSDT", "info": {},
        "base": "BTC", "quote": "USDT", "settle": "USDT", "swap": True, "active": True,
        "linear": True, "inverse": False, "contractSize": 0.001, "taker": 0.0005,
        "precision": {"price": 0.1}, "limits": {"leverage": {"max": 125}},
    }  # fmt: skip
    return linear | changes


INVERSE = entry(symbol="BTC/USD:BTC", quote="USD", settle="BTC", linear=False, inverse=True, contractSize=100)


def test_a_swap_is_taken_over() -> None:
    """Every figure in its place, as a float."""
    market = listed("x", [entry()])["BTC/USDT:USDT"]
    assert (market.contract_size, market.price_tick, market.taker_fee) == (0.001, 0.1, 0.0005)
    assert (market.max_leverage, market.inverse) == (125.0, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"swap": False}, {"linear": False}, {"settle": "EUR"},
        {"contractSize": None}, {"contractSize": 0}, {"contractSize": float("nan")}, {"precision": {"price": None}},
    ],
)  # fmt: skip
def test_what_is_not_served_is_left_out(changes: dict[str, Any]) -> None:
    """Other kinds and settlements, what is not complete yet: the others stay."""
    assert list(listed("x", [entry(), entry(symbol="A", **changes)])) == ["BTC/USDT:USDT"]


@pytest.mark.parametrize("active", [False, None])
def test_what_is_no_longer_traded_says_so(active: bool | None) -> None:
    """With the venue's own word, and it does not stand for a listing."""
    gone = entry(symbol="A/USDT:USDT", base="A", active=active, info={"status": "SETTLING"})
    market = listed("x", [entry(), gone])["A/USDT:USDT"]
    assert (market.ended, market.ending) == (True, "is not traded (SETTLING)")
    with pytest.raises(BadData, match="no active linear perpetual swap among 1"):
        listed("x", [gone])


@pytest.mark.parametrize(
    ("changes", "unit", "name"),
    [
        ({"symbol": "1000PEPE/USDT:USDT", "base": "1000PEPE"}, 1000.0, "1000PEPE"),
        (
            {"symbol": "KPEPE/USDC:USDC", "base": "KPEPE", "settle": "USDC", "baseName": "kPEPE", "id": "7"},
            1e3,
            "kPEPE",
        ),
        ({"symbol": "KAVA/USDC:USDC", "base": "KAVA", "settle": "USDC", "baseName": "KAVA", "id": "8"}, 1.0, ""),
        ({}, 1.0, ""),
    ],
)
def test_how_many_coins_one_is(changes: dict[str, Any], unit: float, name: str) -> None:
    """By the name that the venue itself has for it; the figures stay the venue's."""
    sent = entry(**changes)
    market = listed("x", [entry(), sent])[sent["symbol"]]
    assert (market.unit, market.listed_as, market.contract_size) == (unit, name, 0.001)
    assert market.id == sent.get("baseName", sent["id"])


def test_inverse_swaps_are_served_where_their_units_are_known() -> None:
    """And never stand for a listing on their own."""
    assert list(listed("x", [entry(), INVERSE])) == ["BTC/USDT:USDT"]
    assert listed("x", [entry(), INVERSE], inverse=True)["BTC/USD:BTC"].inverse
    with pytest.raises(BadData, match="no active linear perpetual swap among 1"):
        listed("x", [INVERSE], inverse=True)


@pytest.mark.parametrize("most", [None, 1, 0, "125", float("inf")])
def test_leverage_that_is_not_stated(most: object) -> None:
    """1 is ccxt's word for nothing."""
    market = listed("x", [entry(limits={"leverage": {"max": most}})])["BTC/USDT:USDT"]
    assert market.max_leverage is None


@pytest.mark.parametrize("sent", [None, {}, "maintenance", []])
def test_no_listing(sent: object) -> None:
    """What is no list, or an empty one, is bad data."""
    with pytest.raises(BadData, match="market list"):
        listed("x", sent)
