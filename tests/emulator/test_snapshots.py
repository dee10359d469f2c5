"""Markets, order book, funding and risk tiers through real ccxt against the truth."""

import ccxt
import numpy as np
import pytest

from tests.emulator import Emulator, Truth
from tests.emulator.clients import DIALECTS, venue_of
from tests.emulator.truth import FUNDING_RATE, TIERS


def test_every_coin_is_a_perpetual_swap(truth: Truth, client: ccxt.Exchange) -> None:
    """All coins are listed, active, with a contract size and a price step."""
    swaps = {symbol: market for symbol, market in client.markets.items() if market["swap"] and market["linear"]}
    assert {market["base"] for market in swaps.values()} == set(truth.bases)
    for market in swaps.values():
        assert market["active"]
        assert market["contractSize"] > 0
        assert market["precision"]["price"] > 0


def test_an_unknown_symbol_is_refused(client: ccxt.Exchange) -> None:
    """A market that the venue does not list is an error of the venue's own kind, not empty data."""
    market = {**client.market(DIALECTS[venue_of(client)].symbol), "id": "NOPE", "symbol": "NOPE/USDT:USDT"}
    client.markets["NOPE/USDT:USDT"] = market
    try:
        with pytest.raises(ccxt.ExchangeError):
            client.fetch_ohlcv("NOPE/USDT:USDT", "1h", None, 5)
    finally:
        del client.markets["NOPE/USDT:USDT"]


def test_the_book_is_the_truth(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """Twenty levels a side, in base coin once contracts are undone."""
    dialect = DIALECTS[venue_of(client)]
    size = client.market(dialect.symbol)["contractSize"] if dialect.book_in_contracts else 1.0
    book, true = client.fetch_order_book(dialect.symbol, 20), truth.book("BTC", emulator.now_ms, 20)
    for side in ("bids", "asks"):
        rows = np.array([row[:2] for row in book[side]], dtype=float)[:20]
        assert rows[:, 0].tolist() == getattr(true, side)[:, 0].tolist()
        assert rows[:, 1] * size == pytest.approx(getattr(true, side)[:, 1], abs=size)


def test_funding_is_the_truth(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """The rate per eight hours, whatever a venue's own interval, and a next payment to come."""
    funding = client.fetch_funding_rate(DIALECTS[venue_of(client)].symbol)
    hours = int((funding["interval"] or "8h").removesuffix("h"))
    assert funding["fundingRate"] * 8 / hours == pytest.approx(FUNDING_RATE)
    if hours == 8:
        assert funding["fundingTimestamp"] == truth.next_funding(emulator.now_ms)


@pytest.mark.parametrize("venue", ["bybit", "gate", "okx"], indirect=True)
def test_tiers_are_the_truth(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """Caps in notional, maintenance rates as fractions; OKX's caps are contracts at the present price."""
    symbol = DIALECTS[venue_of(client)].symbol
    tiers = client.fetch_market_leverage_tiers(symbol)
    contract = client.market(symbol)["contractSize"] * truth.price("BTC", emulator.now_ms)
    unit = contract if venue_of(client) == "okx" else 1.0
    assert [tier["maintenanceMarginRate"] for tier in tiers] == [tier.maintenance_rate for tier in TIERS["BTC"]]
    assert [tier["maxLeverage"] for tier in tiers] == [tier.max_leverage for tier in TIERS["BTC"]]
    assert [tier["maxNotional"] * unit for tier in tiers] == pytest.approx(
        [tier.cap for tier in TIERS["BTC"]], rel=1e-3
    )
    assert [tier["minNotional"] * unit for tier in tiers] == pytest.approx(
        [tier.floor for tier in TIERS["BTC"]], rel=1e-3
    )


@pytest.mark.parametrize("venue", ["binance"], indirect=True)
def test_binance_keeps_its_tiers_behind_a_key(client: ccxt.Exchange) -> None:
    """Without a key Binance's tiers cannot be read."""
    with pytest.raises(ccxt.AuthenticationError):
        client.fetch_leverage_tiers()


@pytest.mark.parametrize(("venue", "params"), [("bybit", {}), ("gate", {"type": "swap"})], indirect=["venue"])
def test_all_tiers_at_once(truth: Truth, client: ccxt.Exchange, params: dict[str, str]) -> None:
    """Where a venue lists the tiers of every market, each coin's are there."""
    tiers = client.fetch_leverage_tiers(params=params)
    assert len(tiers) == len(truth.bases)
    assert all(tiers.values())
