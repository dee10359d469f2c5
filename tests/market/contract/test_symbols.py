"""Symbols resolve as people write them."""

from dataclasses import replace

import pytest

from service.market.contract import Market, UnknownSymbol, resolve


def market(base: str, quote: str, settle: str) -> Market:
    """Return a market of that name."""
    return Market(f"{base}/{quote}:{settle}", base, quote, settle, 1.0, 0.1, 0.0005, inverse=base == settle)


MARKETS = {
    m.symbol: m
    for m in (
        market("BTC", "USDC", "USDC"),
        market("BTC", "USDT", "USDT"),
        market("BTC", "USD", "BTC"),
        market("1000PEPE", "USDT", "USDT"),
        market("ETH", "USDC", "USDC"),
        market("XRP", "USD", "XRP"),
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
        ("btc/usd", "BTC/USD:BTC"),
        ("XRPUSD", "XRP/USD:XRP"),
    ],
)
def test_resolves(text: str, symbol: str) -> None:
    """Proves each accepted spelling, and USDT before USDC for a bare coin."""
    assert resolve("x", text, MARKETS) == symbol


@pytest.mark.parametrize("text", ["", "USDT", "BT", "BTCUSDTX", "PEPE", "BTC/", "x" * 10_000, "BTC\x00", "XRP"])
def test_anything_else_is_unknown(text: str) -> None:
    """Proves that nothing else matches, and that the error stays short."""
    with pytest.raises(UnknownSymbol) as caught:
        resolve("x", text, MARKETS)
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("BTC/USDT:USDT-241227", "dated futures and options are not served"),
        ("BTC/USD:BTC-241227-50000-C", "dated futures and options are not served"),
        ("ETH/USD:ETH", "coin-margined contract is not served there"),
        ("ETH/USDT:USDT", "settled in USDT of that pair"),
        ("BTC/EUR:EUR", "settled in EUR of that pair"),
        ("BTC/EUR", "of BTC there is BTC/USDT:USDT, BTC/USDC:USDC, BTC/USD:BTC$"),
        ("BTCEUR", "of BTC there is BTC/USDT:USDT, BTC/USDC:USDC, BTC/USD:BTC$"),
        ("ETHUSD", "of ETH there is ETH/USDC:USDC$"),
        ("ETH/USDT", "of ETH there is ETH/USDC:USDC$"),
        ("XRP", "of XRP there is XRP/USD:XRP$"),
        ("1000pepe/usdc", "of 1000PEPE there is 1000PEPE/USDT:USDT$"),
        ("BTC/USDT:USDT-241227", "; of BTC there is BTC/USDT:USDT, "),
        ("BTCX/USDT", "'BTCX/USDT'$"),
    ],
)
def test_kinds_that_are_not_served_are_named(text: str, why: str) -> None:
    """Proves that a contract of a known form is refused with what is wrong, and what there is of its coin."""
    with pytest.raises(UnknownSymbol, match=why):
        resolve("x", text, MARKETS)


def test_what_an_exchange_leaves_out_is_told_where_it_may_be_meant() -> None:
    """Of a coin that it has none of; of one that it has, what there is says more."""
    markets = {each.symbol: each for each in (market("BTC", "USDC", "USDC"),)}
    with pytest.raises(UnknownSymbol, match=r"'xyz:TSLA': not served are perpetuals of other dexes$"):
        resolve("x", "xyz:TSLA", markets, "perpetuals of other dexes")
    with pytest.raises(UnknownSymbol) as refused:
        resolve("x", "BTC/USD:BTC", markets, "perpetuals of other dexes")
    assert "dexes" not in str(refused.value)


BYBIT = {
    each.symbol: each
    for each in (
        replace(market("BTC", "USDC", "USDC"), id="BTCPERP"),
        replace(market("BTC", "USDT", "USDT"), id="BTCUSDT"),
        replace(market("BTC", "USD", "BTC"), id="BTCUSD"),
        replace(market("LUNA", "USDT", "USDT"), id="LUNAUSDT", ended=True, ending="is not traded (SETTLING)"),
        replace(market("PERP", "USDT", "USDT"), id="PERPUSDT"),
    )
}


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("BTC_USDT", "BTC/USDT:USDT"),
        ("BTC-USDT", "BTC/USDT:USDT"),
        ("BTC-USDT-SWAP", "BTC/USDT:USDT"),
        ("BTC-USD-SWAP", "BTC/USD:BTC"),
        ("XBTUSDTM", "BTC/USDT:USDT"),
        ("XBTUSDM", "BTC/USD:BTC"),
        ("xbtusdtm", "BTC/USDT:USDT"),
        ("BTCPERP", "BTC/USDC:USDC"),
        ("BTC-PERP", "BTC/USDT:USDT"),
        ("BTC-PERPETUAL", "BTC/USDT:USDT"),
        ("BTCUSDT_UMCBL", "BTC/USDT:USDT"),
        ("BTCUSDT.P", "BTC/USDT:USDT"),
        ("BTCUSDC.P", "BTC/USDC:USDC"),
        ("BYBIT:BTCUSDT.P", "BTC/USDT:USDT"),
        ("bybit:btcusd.p", "BTC/USD:BTC"),
        ("XBT", "BTC/USDT:USDT"),
        ("PERP", "PERP/USDT:USDT"),
        ("PERP-PERP", "PERP/USDT:USDT"),
    ],
)
def test_venues_own_names_resolve(text: str, symbol: str) -> None:
    """A venue's own name for a contract is exact; another venue's is read where it says enough."""
    assert resolve("bybit", text, BYBIT) == symbol


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("BINANCE:BTCUSDT.P", "BINANCE names binance$"),
        ("LUNA", "LUNA/USDT:USDT is not traded .SETTLING.$"),
        ("LUNA/USDT:USDT", "is not traded .SETTLING.$"),
        ("LUNAUSDT", "is not traded"),
        ("BTC-USDT-250328", "of BTC there is BTC/USDT:USDT"),
        ("BTC_USDT_20250328", "'BTC_USDT_20250328'"),
        ("KRAKEN:BTCUSDT", "lists no perpetual swap"),
        ("-BTC-USDT", "'-BTC-USDT'"),
    ],
)
def test_what_is_meant_for_elsewhere_or_has_ended_says_so(text: str, why: str) -> None:
    """Neither is taken for what it is not."""
    with pytest.raises(UnknownSymbol, match=why):
        resolve("bybit", text, BYBIT)
