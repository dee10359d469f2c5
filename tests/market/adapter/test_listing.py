"""Which of ccxt's markets are served: active perpetual swaps with all that is needed of them."""

from typing import Any

import pytest

from service.market.adapter.listing import listed
from service.market.contract import BadData


def entry(**changes: Any) -> dict[str, Any]:
    """Return ccxt's entry of a linear swap, changed."""
    linear = {
        "symbol": "BTC/USDT:USDT", "base": "BTC", "quote": "USDT", "settle": "USDT", "swap": True, "active": True,
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
        {"swap": False}, {"active": False}, {"active": None}, {"linear": False}, {"settle": "EUR"},
        {"contractSize": None}, {"contractSize": 0}, {"contractSize": float("nan")}, {"precision": {"price": None}},
    ],
)  # fmt: skip
def test_what_is_not_served_is_left_out(changes: dict[str, Any]) -> None:
    """Other kinds and settlements, what is not traded, what is not complete yet: the others stay."""
    assert list(listed("x", [entry(), entry(symbol="A", **changes)])) == ["BTC/USDT:USDT"]


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
