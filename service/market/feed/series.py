"""Series: what an exchange is asked for over a range of time, as rows that can be kept."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from service.market.contract.exchange import Exchange, Unsupported
from service.market.feed.history import Rows

# Exchange, symbol, timeframe, since, until -> rows.
Ask: TypeAlias = Callable[[Exchange, str, str, int, int], Rows]


def bars(exchange: Exchange, symbol: str, timeframe: str, since: int, until: int) -> Rows:
    """Ask for traded bars: open, high, low, close, volume in base coin."""
    found = exchange.ohlcv(symbol, timeframe, since, until)
    return Rows(found.time, np.column_stack((found.open, found.high, found.low, found.close, found.volume)))


def mark_bars(exchange: Exchange, symbol: str, timeframe: str, since: int, until: int) -> Rows:
    """Ask for mark-price bars, columns as of bars; raises Unsupported where there are none."""
    found = exchange.mark_ohlcv(symbol, timeframe, since, until)
    if found is None:
        raise Unsupported(f"{exchange.id} publishes no mark-price bars")
    return Rows(found.time, np.column_stack((found.open, found.high, found.low, found.close, found.volume)))


def open_interest(exchange: Exchange, symbol: str, timeframe: str, since: int, until: int) -> Rows:
    """Ask for open interest: base coin, one side."""
    found = exchange.open_interest(symbol, timeframe, since, until)
    return Rows(found.time, found.amount[:, None])


def liquidations(exchange: Exchange, symbol: str, timeframe: str, since: int, until: int) -> Rows:
    """Ask for realised liquidations: quote currency of longs and of shorts."""
    found = exchange.liquidations(symbol, timeframe, since, until)
    return Rows(found.time, np.column_stack((found.long, found.short)))
