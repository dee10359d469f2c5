"""Real ccxt clients whose every call goes to the emulator, and what their figures mean in base coin, one side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import ccxt

from tests.emulator.server import Emulator

Row = dict[str, Any]
Conversion = Callable[[float, float, float], float]


def _base(amount: float, _size: float, _price: float) -> float:
    return amount


def _contracts(amount: float, size: float, _price: float) -> float:
    return amount * size


def _both_sides(amount: float, _size: float, _price: float) -> float:
    return amount / 2


def _inverse(amount: float, size: float, price: float) -> float:
    return amount * size / price


def _quote(_size: float, _price: float) -> float:
    return 1.0


@dataclass(frozen=True)
class Dialect:
    """How one kind of market is reached through ccxt, and how its amounts become base coin, one side.

    open_interest  a row of ccxt, the contract size and the price at the time -> base coin
    volume, book   a ccxt amount, the contract size and the price -> base coin
    tier_unit      the contract size and the price -> quote currency per unit of a tier's notional
    stamped_start  OI rows carry the start of the period whose end they describe
    day_offset     how long after midnight UTC its days begin, ms, in candles and in OI
    newest_only    a limit makes the venue forget the range, so traded bars go without and mark bars take the most
    """

    venue: str
    client: Callable[[dict[str, Any]], ccxt.Exchange]
    options: dict[str, Any]
    open_interest: Callable[[Row, float, float], float]
    symbol: str = "BTC/USDT:USDT"
    volume: Conversion = _base
    book: Conversion = _base
    tier_unit: Callable[[float, float], float] = _quote
    stamped_start: bool = False
    day_offset: int = 0
    newest_only: bool = False


SWAP = {"defaultType": "swap", "fetchMarkets": {"types": ["swap"]}}

DIALECTS = {
    "binance": Dialect("binance", ccxt.binanceusdm, {}, lambda row, _, __: row["openInterestAmount"]),
    "bybit": Dialect(
        "bybit",
        ccxt.bybit,
        {"fetchMarkets": {"types": ["linear"]}},
        lambda row, _, __: row["openInterestAmount"] / 2,
    ),
    "bybit-inverse": Dialect(
        "bybit",
        ccxt.bybit,
        {"fetchMarkets": {"types": ["inverse"]}, "defaultSubType": "inverse"},
        lambda row, _, price: row["openInterestValue"] / 2 / price,
        symbol="BTC/USD:BTC",
        book=_inverse,
        tier_unit=lambda _, price: price,
    ),
    "okx": Dialect(
        "okx",
        ccxt.okx,
        SWAP,
        lambda row, _, __: row["baseVolume"],
        book=_contracts,
        tier_unit=lambda size, price: size * price,
        stamped_start=True,
    ),
    "okx-inverse": Dialect(
        "okx",
        ccxt.okx,
        SWAP,
        lambda row, _, __: row["baseVolume"],
        symbol="BTC/USD:BTC",
        book=_inverse,
        tier_unit=lambda size, _: size,
        stamped_start=True,
    ),
    "gate": Dialect(
        "gate",
        ccxt.gate,
        SWAP,
        lambda row, size, _: row["openInterestAmount"] * size,
        volume=_contracts,
        book=_contracts,
        stamped_start=True,
    ),
    "kucoin": Dialect(
        "kucoin",
        ccxt.kucoinfutures,
        {},
        lambda row, size, _: row["openInterestAmount"] * size,
        volume=_contracts,
        book=_contracts,
    ),
    "htx": Dialect(
        "htx",
        ccxt.htx,
        {"defaultType": "swap", "fetchMarkets": {"types": {"spot": False, "linear": True, "inverse": False}}},
        lambda row, _, __: row["openInterestAmount"],
        volume=_both_sides,
        book=_contracts,
        tier_unit=lambda size, price: size * price,
        day_offset=16 * 3_600_000,
        newest_only=True,
    ),
    "bitget": Dialect("bitget", ccxt.bitget, SWAP, lambda row, _, __: row["openInterestAmount"]),
    "hyperliquid": Dialect(
        "hyperliquid",
        ccxt.hyperliquid,
        {"fetchMarkets": {"types": ["swap"]}},
        lambda row, _, __: row["openInterestAmount"] / 2,
        symbol="BTC/USDC:USDC",
    ),
}


def having(feature: str) -> list[str]:
    """Return the dialects whose client has that method."""
    return sorted(name for name, dialect in DIALECTS.items() if dialect.client({}).has[feature])


def connect(emulator: Emulator, name: str, **settings: Any) -> ccxt.Exchange:
    """Return a client of that dialect on the emulator's clock; close its `session` when done."""
    dialect = DIALECTS[name]
    options = {**dialect.options, "dialect": name}
    client = dialect.client({"enableRateLimit": False, "options": options, **settings})
    client.urls["api"] = _redirected(client.urls["api"], emulator.url(dialect.venue))
    client.milliseconds = lambda: emulator.now_ms
    client.seconds = lambda: emulator.now_ms // 1000
    return client


def dialect_of(client: ccxt.Exchange) -> Dialect:
    """Return the dialect that a client was made for."""
    return DIALECTS[client.options["dialect"]]


def venue_of(client: ccxt.Exchange) -> str:
    """Return the emulated venue that a client speaks to."""
    return dialect_of(client).venue


def bars(client: ccxt.Exchange, timeframe: str, since: int, count: int, *, mark: bool = False) -> list[list[float]]:
    """Return `count` bars from `since` on."""
    dialect = dialect_of(client)
    fetch = client.fetch_mark_ohlcv if mark else client.fetch_ohlcv
    limit = (2000 if mark else None) if dialect.newest_only else count
    rows: list[list[float]] = fetch(dialect.symbol, timeframe, since, limit)
    return rows[:count]


def _redirected(urls: Any, base: str) -> Any:
    """Put `base` in place of every host, keeping each URL's path."""
    if isinstance(urls, dict):
        return {name: _redirected(url, base) for name, url in urls.items()}
    return base + urlsplit(urls).path if isinstance(urls, str) else urls
