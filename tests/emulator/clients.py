"""Real ccxt clients whose every call goes to the emulator, and what their figures mean in base coin, one side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import ccxt

from tests.emulator.server import Emulator

Row = dict[str, Any]


@dataclass(frozen=True)
class Dialect:
    """How one venue is reached through ccxt, and how its amounts become base coin.

    open_interest  a row of ccxt's OI history and the contract size -> base coin, one side
    stamped_start  OI rows carry the start of the period whose end they describe
    """

    client: Callable[[dict[str, Any]], ccxt.Exchange]
    options: dict[str, Any]
    open_interest: Callable[[Row, float], float]
    symbol: str = "BTC/USDT:USDT"
    volume_in_contracts: bool = False
    book_in_contracts: bool = False
    stamped_start: bool = False


SWAP = {"defaultType": "swap", "fetchMarkets": {"types": ["swap"]}}

DIALECTS = {
    "binance": Dialect(
        client=ccxt.binanceusdm,
        options={},
        open_interest=lambda row, _: row["openInterestAmount"],
    ),
    "bybit": Dialect(
        client=ccxt.bybit,
        options={"fetchMarkets": {"types": ["linear"]}},
        open_interest=lambda row, _: row["openInterestAmount"] / 2,
    ),
    "okx": Dialect(
        client=ccxt.okx,
        options=SWAP,
        open_interest=lambda row, _: row["baseVolume"],
        book_in_contracts=True,
        stamped_start=True,
    ),
    "gate": Dialect(
        client=ccxt.gate,
        options=SWAP,
        open_interest=lambda row, size: row["openInterestAmount"] * size,
        volume_in_contracts=True,
        book_in_contracts=True,
        stamped_start=True,
    ),
}


def connect(emulator: Emulator, name: str, **settings: Any) -> ccxt.Exchange:
    """Return a client of that venue on the emulator's clock; close its `session` when done."""
    dialect = DIALECTS[name]
    client = dialect.client({"enableRateLimit": False, "options": dict(dialect.options), **settings})
    client.urls["api"] = _redirected(client.urls["api"], emulator.url(name))
    client.milliseconds = lambda: emulator.now_ms
    client.seconds = lambda: emulator.now_ms // 1000
    return client


def venue_of(client: ccxt.Exchange) -> str:
    """Return the emulated venue that a client speaks to, from its URL."""
    urls = client.urls["api"]
    while isinstance(urls, dict):
        urls = next(iter(urls.values()))
    return str(urls).split("/")[3]


def _redirected(urls: Any, base: str) -> Any:
    """Put `base` in place of every host, keeping each URL's path."""
    if isinstance(urls, dict):
        return {name: _redirected(url, base) for name, url in urls.items()}
    return base + urlsplit(urls).path if isinstance(urls, str) else urls
