"""The base of every real exchange: paging, units, validation and errors over one sync ccxt client.

An adapter states what differs (rows a call, units, sides, where tiers come from) as class attributes and small hooks.

Threads: ccxt's throttler has no lock and counts per client, so each source has one client and one lock, held for one
HTTP call at a time. Callers of one exchange take turns page by page, which also keeps its rate limit; different
exchanges do not wait for each other.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from service.heatmap.bars import Floats
from service.market import validation
from service.market.ccxt_client import client
from service.market.data import Funding, OrderBook, Tiers
from service.market.exchange import (
    TIMEFRAMES,
    BadData,
    Capabilities,
    ExchangeUnavailable,
    Market,
    OpenInterest,
    Series,
    UnknownSymbol,
    Unsupported,
)
from service.market.failures import as_market_errors
from service.market.listing import listed
from service.market.paging import collect, windows
from service.market.transport import BoundedSession

T = TypeVar("T")
DAY_MS = 86_400_000
DEFAULT_FUNDING_HOURS = 8.0
# a listing changes a few times a week; a symbol listed since is found when it is asked for after this
MARKETS_TTL_MS = 3_600_000


@dataclass(frozen=True)
class Rows:
    """The most rows that one call may ask for, per kind of data."""

    ohlcv: int
    mark: int
    open_interest: int
    book: int


class CcxtSource:
    """An Exchange over ccxt. `clock` returns epoch seconds; `throttle=False` leaves out ccxt's gaps between calls."""

    id: str
    name: str
    simulated = False
    liquidation_rule: str
    capabilities: Capabilities
    ccxt_class: type
    options: Mapping[str, Any]
    rows: Rows
    volume_in_contracts = False
    book_in_contracts = False
    # how many of its own periods after its timestamp a history row is complete and public
    open_interest_delay_periods = 0
    # how many bars back from now the venue answers for, None for all; it refuses an older start
    most_recent_bars: int | None = None

    def __init__(self, clock: Callable[[], float], base_url: str | None, timeout_s: float, *, throttle: bool) -> None:
        """`timeout_s` bounds connecting, and again the whole answer."""
        self._clock, self._timeout_s = clock, timeout_s
        self._session = BoundedSession()
        config = {"timeout": int(timeout_s * 1000), "enableRateLimit": throttle}
        self._client = client(self.ccxt_class, self.options, base_url, self._session, config)
        self._lock = threading.Lock()
        self._markets: dict[str, Market] = {}
        self._loaded_at: int | None = None

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def markets(self) -> dict[str, Market]:
        """Return every linear perpetual swap settled in USDT or USDC, read again when older than an hour."""
        if self._markets_are_old():
            self._load_markets()
        return dict(self._markets)

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Series:
        """Return traded bars, from the venue's oldest on where `since` is before it."""
        table = self._candles(symbol, timeframe, since, until, self.rows.ohlcv, {})
        if self.volume_in_contracts:
            table[:, 5] *= self._market(symbol).contract_size
        return validation.series(table)

    def mark_ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Series | None:
        """Return mark-price bars (volume 0), None if the venue has none."""
        if not self.capabilities.mark_price:
            return None
        return validation.series(self._candles(symbol, timeframe, since, until, self.rows.mark, {"price": "mark"}))

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return OI history, each row stamped with the moment it was public; empty beyond the venue's depth.

        Where the venue has no history at the timeframe, the next finer one is read, else the finest.
        """
        if not self.capabilities.open_interest_history:
            raise Unsupported(f"{self.id} has no public open-interest history")
        market = self._market(symbol)
        timeframe = self.open_interest_timeframe(timeframe)
        step, now = TIMEFRAMES[timeframe], self._now()
        delay = self.open_interest_delay_periods * step
        days = self.capabilities.open_interest_days
        # a venue that keeps so many days answers an older start with an error, not with what it has
        oldest = since if days is None else max(since, now - int(days * DAY_MS) + step)

        def page(start: int, stop: int) -> Floats:
            rows = self._call(
                symbol,
                lambda: [
                    [row["timestamp"], self.base_amount(row, market)]
                    for row in self._client.fetch_open_interest_history(
                        symbol, timeframe, start, self.rows.open_interest, self.open_interest_params(timeframe, stop)
                    )
                ],
            )
            table = validation.rows_in_order(self.id, "open interest", rows, 2)
            validation.require_open_interest(self.id, table)
            return table

        table = collect(page, windows(oldest - delay, until - delay, step, self.rows.open_interest), 2)
        table[:, 0] += delay
        # a row stamped after now is the period still forming
        table = table[(table[:, 0] >= since) & (table[:, 0] < until) & (table[:, 0] <= now)]
        if not len(table) and self._spans_last_closed(symbol, since, until, step, now):
            raise BadData(self.id, f"open interest: no row for {symbol} in the last hours asked for")
        return validation.open_interest(table)

    def order_book(self, symbol: str) -> OrderBook:
        """Return the deepest public snapshot."""
        market = self._market(symbol)
        unit = market.contract_size if self.book_in_contracts else 1.0
        payload = self._call(symbol, lambda: self._client.fetch_order_book(symbol, self.rows.book))
        return validation.order_book(self.id, payload, unit, self._now())

    def funding(self, symbol: str) -> Funding:
        """Return the current funding rate; 8 hours where the venue states no interval."""
        self._market(symbol)
        payload = self._call(symbol, lambda: self._client.fetch_funding_rate(symbol))
        return validation.funding(self.id, payload, self.funding_hours(symbol, payload), self._now())

    def tiers(self, symbol: str) -> Tiers:
        """Return the risk tiers that the venue publishes."""
        unit = self.quote_per_tier_unit(self._market(symbol))
        payload = self._call(symbol, lambda: self._client.fetch_market_leverage_tiers(symbol))
        return validation.tiers(self.id, payload, unit, "exchange")

    def base_amount(self, row: Mapping[str, Any], _market: Market) -> float:
        """Return an OI row's amount in base coin, one side."""
        return float(row["openInterestAmount"])

    def candle_params(self, _start: int, _step: int) -> dict[str, Any]:
        """Return what a candle call needs beyond range and limit."""
        return {}

    def open_interest_params(self, _timeframe: str, stop: int) -> dict[str, Any]:
        """Return what an OI call needs to end before `stop`."""
        return {"until": stop - 1}

    def quote_per_tier_unit(self, _market: Market) -> float:
        """Return what one unit of a tier's notional is in quote currency."""
        return 1.0

    def funding_hours(self, _symbol: str, payload: Mapping[str, Any]) -> float:
        """Return the funding interval, which ccxt gives as `8h`, or in ms where it has no name for it."""
        interval = payload.get("interval")
        if not interval:
            return DEFAULT_FUNDING_HOURS
        return float(interval[:-1]) if interval.endswith("h") else float(interval) / 3_600_000

    def open_interest_timeframe(self, timeframe: str) -> str:
        """Return the OI timeframe that is read for bars of `timeframe`: the same, the next finer, else the finest."""
        wanted = self._step(timeframe)
        offered = sorted(self.capabilities.open_interest_timeframes, key=TIMEFRAMES.__getitem__)
        return next((frame for frame in reversed(offered) if TIMEFRAMES[frame] <= wanted), offered[0])

    def _candles(
        self, symbol: str, timeframe: str, since: int, until: int, rows: int, params: dict[str, Any]
    ) -> Floats:
        step, what = self._step(timeframe), "mark price bars" if params else "bars"
        self._market(symbol)

        def page(start: int, stop: int) -> Floats:
            asked = {**params, **self.candle_params(start, step), "until": stop - 1}
            sent = self._call(symbol, lambda: self._client.fetch_ohlcv(symbol, timeframe, start, rows, asked))
            if params and isinstance(sent, list):
                # mark-price rows end before the volume, or hold something else there
                sent = [[*row[:5], 0.0] for row in sent]
            table = validation.rows_in_order(self.id, what, sent, 6)
            validation.require_candles(self.id, what, table, step)
            return table

        reach = self.most_recent_bars
        oldest = since if reach is None else max(since, self._now() - reach * step)
        table = collect(page, windows(oldest, until, step, rows), 6)
        if not len(table) and self._spans_closed_bar(symbol, oldest, until, step):
            raise BadData(self.id, f"{what}: none for {symbol} where there must be some")
        return table

    def _spans_closed_bar(self, symbol: str, since: int, until: int, step: int) -> bool:
        """Tell whether a bar of this listed market has opened and closed inside the range."""
        opened = -(-max(since, self._created(symbol)) // step) * step
        return opened < until and opened + step <= self._now()

    def _spans_last_closed(self, symbol: str, since: int, until: int, step: int, now: int) -> bool:
        """Tell whether the range holds the one period, two back from now, whose OI every venue must have."""
        recent = now - 2 * step
        return max(since, self._created(symbol)) <= recent - step and until > recent

    def _created(self, symbol: str) -> int:
        return int(self._client.markets[symbol].get("created") or 0)

    def _now(self) -> int:
        return int(self._clock() * 1000)

    def _step(self, timeframe: str) -> int:
        if timeframe not in self.capabilities.timeframes:
            raise Unsupported(
                f"{self.id} has no timeframe {timeframe!r}; one of: {', '.join(self.capabilities.timeframes)}"
            )
        return TIMEFRAMES[timeframe]

    def _market(self, symbol: str) -> Market:
        if self._loaded_at is None or (symbol not in self._markets and self._markets_are_old()):
            self._load_markets()
        if symbol not in self._markets:
            raise UnknownSymbol(self.id, symbol)
        return self._markets[symbol]

    def _markets_are_old(self) -> bool:
        return self._loaded_at is None or self._now() - self._loaded_at > MARKETS_TTL_MS

    def _load_markets(self) -> None:
        """Read the listing anew; what was there stays in place until the new one has passed.

        ccxt's own load_markets stores an empty listing when it is fed a maintenance page, and never asks again.
        """
        with self._turn(), as_market_errors(self.id, "*", self._session, self._now()):
            if not self._markets_are_old():
                return
            sent = self._client.fetch_markets()
            markets = listed(self.id, sent)
            self._client.set_markets(sent)
            self._markets, self._loaded_at = markets, self._now()

    def _call(self, symbol: str, request: Callable[[], T]) -> T:
        with self._turn(), as_market_errors(self.id, symbol, self._session, self._now()):
            return request()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=self._timeout_s):
            raise ExchangeUnavailable(self.id, f"busy: no turn within {self._timeout_s:g} s", 1.0)
        try:
            yield
        finally:
            self._lock.release()
