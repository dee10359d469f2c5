"""Symbols resolve as people write them."""

import pytest

from service.market.exchange import Market, UnknownSymbol
from service.market.symbols import resolve


def market(base: str, quote: str, settle: str) -> Market:
    """Return a market of that name."""
    return Market(f"{base}/{quote}:{settle}", base, quote, settle, 1.0, 0.1, 0.0005)


MARKETS = {
    m.symbol: m
    for m in (
        market("BTC", "USDC", "USDC"),
        market("BTC", "USDT", "USDT"),
        market("BTC", "USD", "BTC"),
        market("1000PEPE", "USDT", "USDT"),
        market("ETH", "USDC", "USDC"),
    )
}


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("BTC/USDT:USDT", "BTC/USDT:USDT"),
        ("BTCUSDT", "BTC/USDT:USDT"),
        ("btcusdt", "BTC/USDT:USDT"),
        ("BTC", "BTC/USDT:USDT"),
        (" btc ", "BTC/USDT:USDT"),
        ("BTC/USDT", "BTC/USDT:USDT"),
        ("BTCUSDC", "BTC/USDC:USDC"),
        ("btc/usdc:usdc", "BTC/USDC:USDC"),
        ("ETH", "ETH/USDC:USDC"),
        ("1000PEPE", "1000PEPE/USDT:USDT"),
        ("BTC/USD:BTC", "BTC/USD:BTC"),
        ("BTCUSD", "BTC/USD:BTC"),
    ],
)
def test_resolves(text: str, symbol: str) -> None:
    """Proves each accepted spelling, and USDT before USDC for a bare coin."""
    assert resolve("x", text, MARKETS) == symbol


@pytest.mark.parametrize("text", ["", "USDT", "BT", "BTCUSDTX", "PEPE", "BTC/", "x" * 10_000, "BTC\x00"])
def test_anything_else_is_unknown(text: str) -> None:
    """Proves that nothing else matches, and that the error stays short."""
    with pytest.raises(UnknownSymbol) as caught:
        resolve("x", text, MARKETS)
    assert len(str(caught.value)) < 120
