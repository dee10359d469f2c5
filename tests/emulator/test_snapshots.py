"""Markets, order book, funding and risk tiers through real ccxt against the truth."""

import ccxt
import pytest

from tests.emulator import Emulator, Truth
from tests.emulator.clients import DIALECTS, dialect_of
from tests.emulator.truth import FUNDING_RATE, TIERS

LINEAR = sorted(name for name in DIALECTS if "inverse" not in name)
# Binance's need a key, HTX's come by leverage, Hyperliquid has none: each is tested apart
TIERED = sorted(set(DIALECTS) - {"binance", "htx", "hyperliquid"})


@pytest.mark.parametrize("venue", LINEAR, indirect=True)
def test_every_coin_is_a_perpetual_swap(truth: Truth, client: ccxt.Exchange) -> None:
    """All coins are listed, active, with a contract size and a price step."""
    swaps = {symbol: market for symbol, market in client.markets.items() if market["swap"] and market["linear"]}
    assert {market["base"] for market in swaps.values()} == set(truth.bases)
    for market in swaps.values():
        assert market["active"]
        assert market["contractSize"] > 0
        assert market["precision"]["price"] > 0


@pytest.mark.parametrize("venue", ["bybit-inverse", "okx-inverse"], indirect=True)
def test_coin_margined_bitcoin_is_inverse(client: ccxt.Exchange) -> None:
    """BTC/USD:BTC is listed as an inverse swap, a contract worth whole USD."""
    market = client.market("BTC/USD:BTC")
    assert (market["inverse"], market["swap"], market["settle"]) == (True, True, "BTC")
    assert market["contractSize"] in (1, 100)


def test_an_unknown_symbol_is_refused(client: ccxt.Exchange) -> None:
    """A market that the venue does not list is an error of the venue's own kind, not empty data."""
    names = {"id": "NOPE", "baseName": "NOPE", "symbol": "NOPE/USDT:USDT"}
    market = {**client.market(dialect_of(client).symbol), **names}
    client.markets["NOPE/USDT:USDT"] = market
    try:
        with pytest.raises(ccxt.BaseError):
            client.fetch_ohlcv("NOPE/USDT:USDT", "1h", None, 5)
    finally:
        del client.markets["NOPE/USDT:USDT"]


def test_the_book_is_the_truth(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """Twenty levels a side, in base coin once contracts are undone."""
    dialect = dialect_of(client)
    size = client.market(dialect.symbol)["contractSize"]
    book, true = client.fetch_order_book(dialect.symbol, 20), truth.book("BTC", emulator.now_ms, 20)
    for side in ("bids", "asks"):
        rows, wanted = book[side][:20], getattr(true, side)
        assert [row[0] for row in rows] == wanted[:, 0].tolist()
        coins = [dialect.book(row[1], size, row[0]) for row in rows]
        assert coins == pytest.approx(wanted[:, 1], rel=1e-3)


def test_funding_is_the_truth(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """The rate per eight hours, whatever a venue's own interval, and a next payment to come."""
    funding = client.fetch_funding_rate(dialect_of(client).symbol)
    hours = int((funding["interval"] or "8h").removesuffix("h"))
    assert funding["fundingRate"] * 8 / hours == pytest.approx(FUNDING_RATE)
    if hours == 8:
        assert funding["fundingTimestamp"] == truth.next_funding(emulator.now_ms)


@pytest.mark.parametrize("venue", TIERED, indirect=True)
def test_tiers_are_the_truth(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """Maintenance rates are fractions; caps are notional in quote currency, contracts or the coin itself."""
    dialect = dialect_of(client)
    tiers = client.fetch_market_leverage_tiers(dialect.symbol)
    size = client.market(dialect.symbol)["contractSize"]
    unit = dialect.tier_unit(size, truth.price("BTC", emulator.now_ms))
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


@pytest.mark.parametrize("venue", ["htx"], indirect=True)
def test_htx_lists_every_leverage_with_its_ladders(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """Whichever leverage is looked at, a ladder's maintenance rate is its tier's; caps are contracts."""
    symbol = dialect_of(client).symbol
    contract = client.market(symbol)["contractSize"] * truth.price("BTC", emulator.now_ms)
    rows = client.fetch_leverage_tiers([symbol])[symbol]
    by_cap = {tier.cap: tier for tier in TIERS["BTC"]}
    assert len(rows) == len(TIERS["BTC"]) * (len(TIERS["BTC"]) + 1) // 2
    for row in rows:
        tier = by_cap[min(by_cap, key=lambda cap: abs(cap - row["maxNotional"] * contract))]
        assert row["maintenanceMarginRate"] == pytest.approx(tier.maintenance_rate)
        assert row["maxLeverage"] <= tier.max_leverage


@pytest.mark.parametrize("venue", ["hyperliquid"], indirect=True)
def test_hyperliquid_states_the_most_leverage_only(client: ccxt.Exchange) -> None:
    """There are no tiers; the market's limits carry the leverage."""
    assert client.market("BTC/USDC:USDC")["limits"]["leverage"]["max"] == TIERS["BTC"][0].max_leverage
