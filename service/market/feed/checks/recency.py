"""Recency: whether a market's data reach up to the moment asked for."""

from service.market.contract import TIMEFRAMES, BadData, Coverage, MarketError, Unsupported
from service.times import DAY_MS, HOUR_MS, to_the_minute

# The newest bars may be missing for a moment, or where nothing was traded: three of them, or an hour of short ones. In
# three hours the price moves by 0.5 to 0.9 % at the median and by 4 to 6 % in one of a hundred (BTC, ETH and SOL in the
# summer of 2024): a map that ends earlier shows zones that may be gone.
MOST_BARS_MISSING = 3
# In a day open interest moves by 2 % at the median and by 11 to 13 % in one of a hundred (the same hours), and the size
# of the whole map with it.
OLDEST_INTEREST_MS = DAY_MS
# A bar is over when its time is, and this long after: venues go on booking trades into it for some seconds, and what is
# kept as closed is never asked for again.
SETTLE_MS = 5_000


def newest_settled(as_of: int | None, now: int) -> int:
    """Return the moment up to which bars have closed for good, `as_of` at most; epoch ms."""
    settled = now - SETTLE_MS
    return settled if as_of is None else min(as_of, settled)


def require_recent(exchange: str, symbol: str, timeframe: str, coverage: Coverage, *, past: bool) -> None:
    """Raise where there is no open interest, or where it or the bars end too long before the moment asked for."""
    step = TIMEFRAMES[timeframe]
    last_close = coverage.last + step
    if coverage.missing_at_end * step > max(MOST_BARS_MISSING * step, HOUR_MS):
        what = f"no {timeframe} bars of {symbol} after {to_the_minute(last_close)}"
        raise missing_data(exchange, what, past=past, instead="an earlier as_of")
    if coverage.open_interest_share == 0.0:
        raise missing_data(exchange, f"no open interest of {symbol} in the time asked for", past=past)
    unknown = coverage.open_interest_missing_at_end * step
    if unknown > max(MOST_BARS_MISSING * step, OLDEST_INTEREST_MS):
        what = f"no open interest of {symbol} after {to_the_minute(last_close - unknown)}"
        raise missing_data(exchange, what, past=past, instead="an earlier as_of")


def missing_data(exchange: str, what: str, *, past: bool, instead: str = "a later as_of") -> MarketError:
    """Return the error for data that is not there: of the past it never will be, of now it should be."""
    return Unsupported(f"{exchange} has {what}; ask for {instead}") if past else BadData(exchange, what)
