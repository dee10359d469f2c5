"""An exchange made of sines, for tests: it notes every call, and can be told to fail, to wait or to lack something."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.market.contract import (
    TIMEFRAMES,
    AccountRatio,
    Candles,
    Capabilities,
    Exchange,
    Funding,
    Liquidations,
    Market,
    NotPublished,
    OpenInterest,
    OrderBook,
    Tiers,
)
from service.market.feed import SETTLE_MS

SYMBOL = "BTC/USDT:USDT"
# 2025-06-01T00:00:00Z, a whole day
T0 = 1_748_736_000_000
# the first moment at which the bar that ends at T0 counts as closed
NOW = (T0 + SETTLE_MS) / 1000
HOUR = 3_600_000
ABLE = Capabilities(
    timeframes=tuple(TIMEFRAMES),
    open_interest_history=True,
    open_interest_timeframes=tuple(TIMEFRAMES),
    open_interest_days=None,
    mark_price=True,
    order_book_depth=2,
    tiers="exchange",
    funding=True,
)


class Clock:
    """A clock that stands still until it is moved; epoch seconds."""

    def __init__(self, now: float = NOW) -> None:
        """Start at `now`."""
        self.now = now

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class Held:
    """Where calls wait: `entered` tells that one is there, `release` lets all go on."""

    def __init__(self) -> None:
        """Start closed."""
        self.entered, self.release = threading.Event(), threading.Event()

    def __call__(self) -> None:
        """Wait; a test that forgets to release fails instead of hanging."""
        self.entered.set()
        assert self.release.wait(30)


class FakeExchange:
    """See Exchange. Rows are a function of their time alone, from `listed` on and up to `published`, epoch ms.

    `interest_published` ends open interest earlier than the bars.
    """

    name, liquidation_rule = "Fake", "binance"

    def __init__(self, exchange_id: str = "fake", *, price: float = 100.0, listed: int = 0) -> None:
        """Offer everything; a test changes what it is about."""
        self.id, self.price, self.listed = exchange_id, price, listed
        self.capabilities, self.simulated = ABLE, False
        self.published: int | None = None
        self.interest_published: int | None = None
        self.calls: list[tuple[Any, ...]] = []
        self.before: dict[str, Callable[[], None]] = {}
        self._lock = threading.Lock()

    def asked(self, method: str) -> list[tuple[Any, ...]]:
        """Return the arguments of each call of a method so far."""
        return [call[1:] for call in self.calls if call[0] == method]

    def fail(self, method: str, error: BaseException) -> None:
        """Let a method raise from now on."""

        def raise_it() -> None:
            raise error

        self.before[method] = raise_it

    def hold(self, method: str) -> Held:
        """Let calls of a method wait from now on."""
        self.before[method] = held = Held()
        return held

    def lacks(self, **capabilities: object) -> None:
        """Change what is offered."""
        self.capabilities = replace(self.capabilities, **capabilities)  # type: ignore[arg-type]  # named by tests

    def _called(self, method: str, *args: object) -> None:
        with self._lock:
            self.calls.append((method, *args))
        self.before.get(method, lambda: None)()

    def markets(self) -> dict[str, Market]:
        """Return one market."""
        self._called("markets")
        return {SYMBOL: Market(SYMBOL, "BTC", "USDT", "USDT", 0.001, 0.1, 0.0005, 100.0)}

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return bars."""
        self._called("ohlcv", symbol, timeframe, since, until)
        return self._bars(timeframe, since, until)

    def mark_ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return mark-price bars, a little narrower than the traded ones."""
        self._called("mark_ohlcv", symbol, timeframe, since, until)
        bars = self._bars(timeframe, since, until)
        return Candles(bars.time, bars.open, bars.high * 0.9999, bars.low * 1.0001, bars.close, bars.volume * 0)

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return open interest."""
        self._called("open_interest", symbol, timeframe, since, until)
        stop = until if self.interest_published is None else min(until, self.interest_published)
        time = self._times(timeframe, since, stop)
        return OpenInterest(time, 1000.0 + 50.0 * np.sin(time / 5e6))

    def open_interest_now(self, symbol: str) -> OpenInterest:
        """Return the newest open interest."""
        self._called("open_interest_now", symbol)
        return OpenInterest(np.array([T0]), np.array([1000.0 + 50.0 * np.sin(T0 / 5e6)]))

    def account_ratio(self, symbol: str) -> AccountRatio:
        """Return a ratio."""
        self._called("account_ratio", symbol)
        return AccountRatio(1.5, T0)

    def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Liquidations:
        """Raise NotPublished, as its capabilities say."""
        self._called("liquidations", symbol, timeframe, since, until)
        raise NotPublished(f"{self.id} {self.capabilities.why_no_liquidations}")

    def order_book(self, symbol: str) -> OrderBook:
        """Return two levels a side."""
        self._called("order_book", symbol)
        away = np.array([[0.0005, 10.0], [0.01, 500.0]])
        return OrderBook(T0, _levels(self.price, -away), _levels(self.price, away))

    def funding(self, symbol: str) -> Funding:
        """Return a rate."""
        self._called("funding", symbol)
        return Funding(0.0001, 8.0, T0)

    def tiers(self, symbol: str) -> Tiers:
        """Return two tiers."""
        self._called("tiers", symbol)
        rate = np.array([0.004, 0.01])
        return Tiers(np.array([0.0, 1e6]), rate, np.array([0.0, 6000.0]), np.array([100.0, 50.0]), "exchange")

    def _times(self, timeframe: str, since: int, until: int) -> Times:
        step = TIMEFRAMES[timeframe]
        stop = until if self.published is None else min(until, self.published)
        return np.arange(-(-max(since, self.listed) // step) * step, stop, step, dtype=np.int64)

    def _bars(self, timeframe: str, since: int, until: int) -> Candles:
        time, step = self._times(timeframe, since, until), TIMEFRAMES[timeframe]
        opened, close = self._wave(time), self._wave(time + step)
        high, low = np.maximum(opened, close) * 1.004, np.minimum(opened, close) * 0.996
        return Candles(time, opened, high, low, close, 120.0 + 60.0 * np.sin(time / 9e6))

    def _wave(self, time: Times) -> Floats:
        wave: Floats = self.price * (1 + 0.05 * np.sin(time / 4e7) + 0.01 * np.sin(time / 6e6))
        return wave


def _levels(price: float, away: Floats) -> Floats:
    return np.column_stack((price * (1 + away[:, 0]), np.abs(away[:, 1])))


# The type checker holds it to the protocol.
FULFILS: type[Exchange] = FakeExchange
