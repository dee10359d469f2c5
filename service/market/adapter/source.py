"""The base of every real exchange: paging, units and validation over one synchronous ccxt client.

An adapter declares what differs at its venue (page sizes, units, source of the tiers) as class attributes and small
methods.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import Any

from service.heatmap.base import Floats
from service.market.adapter import plausibility as plausible
from service.market.adapter import repairs, validation
from service.market.adapter.paging import collect, windows
from service.market.adapter.resample import longer_bars
from service.market.adapter.venue import CcxtVenue
from service.market.contract import (
    TIMEFRAMES,
    AccountRatio,
    BadData,
    Candles,
    Funding,
    Liquidations,
    Market,
    NotPublished,
    OpenInterest,
    OrderBook,
    Tiers,
    Unsupported,
)
from service.times import DAY_MS, HOUR_MS

DEFAULT_FUNDING_HOURS = 8.0
# Trading may start later than the listing says, by at most this much; Bybit's oldest market took 10 days.
LATE_START_MS = 30 * DAY_MS
# A range that ends at most this many bars before now counts as recent.
RECENT_BARS = 3


@dataclass(frozen=True)
class PageSizes:
    """The most rows that one call may ask for, per kind of data."""

    ohlcv: int
    mark: int
    open_interest: int
    book: int


class CcxtSource(CcxtVenue):
    """An Exchange over ccxt."""

    page_sizes: PageSizes
    volume_in_contracts = False
    # 2 where the venue counts both sides of each trade in its volume
    volume_sides = 1
    book_in_contracts = False
    # further parameters of an order-book call
    book_params: Mapping[str, Any] = {}
    # after how many periods an open-interest row is complete, counted from its timestamp
    open_interest_delay_periods = 0
    # timeframes that are built from shorter ones, because the venue's own bars do not open at whole UTC intervals
    bars_made_of: Mapping[str, str] = {}
    # how many of the newest traded and mark-price bars the venue serves; None for all
    most_recent_bars: int | None = None
    most_recent_mark_bars: int | None = None
    # the shortest period of the venue's account ratio, None where it publishes none
    account_ratio_period: str | None = None

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return traded bars; they begin at the venue's oldest bar where `since` is earlier."""
        table = self._candles(symbol, timeframe, (since, until), mark=False)
        table[:, 5] *= (self._market(symbol).contract_size if self.volume_in_contracts else 1.0) / self.volume_sides
        return validation.candles(repairs.credible_candles(self.id, "bars", table))

    def mark_ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return mark-price bars (volume 0); raise Unsupported if the venue has none."""
        if not self.capabilities.mark_price:
            raise Unsupported(f"{self.id} publishes no mark-price bars")
        table = self._candles(symbol, timeframe, (since, until), mark=True)
        return validation.candles(repairs.credible_candles(self.id, "mark price bars", table))

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return the history of open interest, each row at the time it became public; empty before the oldest.

        Where the venue has no history of this timeframe, the next finer one is read, or the finest.
        """
        if not self.capabilities.open_interest_history:
            raise Unsupported(f"{self.id} has no public open-interest history")
        market = self._market(symbol)
        timeframe = self.open_interest_timeframe(timeframe)
        step, now = TIMEFRAMES[timeframe], self._now()
        delay = self.open_interest_delay_periods * step

        def page(start: int, stop: int) -> Floats:
            limit = self.page_limit(self.page_sizes.open_interest, start, stop, step)
            rows = self._call(
                symbol,
                lambda: [
                    [row["timestamp"], self._amount(row, market)]
                    for row in self._client.fetch_open_interest_history(
                        symbol, timeframe, start, limit, self.open_interest_params(timeframe, stop)
                    )
                ],
            )
            return repairs.interest_rows(self.id, rows)

        oldest = max(since, self._oldest_open_interest(timeframe))
        spans = windows(oldest - delay, until - delay, step, self.page_sizes.open_interest)
        table = collect(page, spans, 2, step, self._created(symbol))
        table[:, 0] += delay
        # a row with a later time belongs to a period that has not ended
        table = table[(table[:, 0] >= since) & (table[:, 0] < until) & (table[:, 0] <= now)]
        if not len(table) and self._spans_last_closed(symbol, since, until, step, now):
            raise BadData(self.id, f"open interest: no row for {symbol} in the last hours asked for")
        return validation.open_interest(repairs.credible_interest(self.id, table))

    def open_interest_now(self, symbol: str) -> OpenInterest:
        """Return current open interest as one row, with the venue's timestamp where it sends one, never a later one."""
        market, now = self._market(symbol), self._now()

        def ask() -> list[list[Any]]:
            row = self._client.fetch_open_interest(symbol, self.open_interest_now_params())
            return [[min(row["timestamp"] or now, now), self.base_amount_now(row, market)]]

        table = repairs.known(
            repairs.credible_interest(self.id, repairs.interest_rows(self.id, self._call(symbol, ask)))
        )
        if not len(table):
            raise BadData(self.id, f"open interest: none of {symbol} now")
        return validation.open_interest(table)

    def account_ratio(self, symbol: str) -> AccountRatio:
        """Return the newest ratio of accounts net long to accounts net short; raise Unsupported if not published."""
        if self.account_ratio_period is None:
            raise Unsupported(f"{self.id} publishes no long/short account ratio")
        self._market(symbol)
        period = self.account_ratio_period

        def ask() -> list[list[Any]]:
            rows = self._client.fetch_long_short_ratio_history(symbol, period, None, 1)
            return [[row["timestamp"], self.long_per_short(row)] for row in rows]

        return validation.account_ratio(self.id, self._call(symbol, ask))

    def liquidations(self, _symbol: str, _timeframe: str, _since: int, _until: int) -> Liquidations:
        """Raise NotPublished; the adapters of the few venues that publish them override this."""
        raise NotPublished(f"{self.id} {self.capabilities.why_no_liquidations}")

    def order_book(self, symbol: str) -> OrderBook:
        """Return the deepest public snapshot."""
        market = self._market(symbol)
        unit = market.contract_size if self.book_in_contracts or market.inverse else 1.0
        payload = self._call(symbol, lambda: self.fetch_book(symbol))
        book = validation.order_book(self.id, payload, unit, self._now(), inverse=market.inverse)
        plausible.require_plausible_book(self.id, book, self._now())
        return book

    def fetch_book(self, symbol: str) -> dict[str, Any]:
        """Return ccxt's order book; called inside `_call`."""
        book: dict[str, Any] = self._client.fetch_order_book(symbol, self.page_sizes.book, self.book_params)
        return book

    def funding(self, symbol: str) -> Funding:
        """Return the current funding rate; 8 hours where the venue states no interval."""
        self._market(symbol)
        payload = self._call(symbol, lambda: self._client.fetch_funding_rate(symbol))
        return validation.funding(self.id, payload, self.funding_hours(symbol, payload), self._now())

    def tiers(self, symbol: str) -> Tiers:
        """Return the risk tiers that the venue publishes; amounts in coin are valued at the last price."""
        coins = self.coins_per_tier_unit(self._market(symbol))
        unit = self.quote_per_tier_unit(self._market(symbol))
        price = None if coins is None else self.last_price(symbol)
        payload = self._call(symbol, lambda: self._client.fetch_market_leverage_tiers(symbol))
        return validation.tiers(self.id, payload, unit * (price or 1.0) * (coins or 1.0), "exchange", coin_price=price)

    def _amount(self, row: Mapping[str, Any], market: Market) -> float:
        """Return the amount of a row of the OI history, NaN where it has none."""
        try:
            return self.base_amount(row, market)
        except (TypeError, ValueError):
            return nan

    def base_amount(self, row: Mapping[str, Any], _market: Market) -> float:
        """Return the amount of a row of the OI history in base coin, one side."""
        return float(row["openInterestAmount"])

    def base_amount_now(self, row: Mapping[str, Any], market: Market) -> float:
        """Return current OI in base coin, one side; some venues count it in another unit than their history."""
        return self.base_amount(row, market)

    def long_per_short(self, row: Mapping[str, Any]) -> float:
        """Return the ratio of long to short accounts of a row."""
        return float(row["longShortRatio"])

    def candle_params(self, _start: int, stop: int, _step: int) -> dict[str, Any]:
        """Return the parameters of a candle call beyond start and limit."""
        return {"until": stop - 1}

    def page_limit(self, most: int, start: int, stop: int, step: int) -> int:
        """Return how many rows to ask for: those in the window, and one more for venues that include both ends."""
        return min(most, -(-(stop - start) // step) + 1)

    def candle_limit(self, _timeframe: str, *, mark: bool) -> int | None:
        """Return how many bars one call asks for at most; None where the range alone is sent."""
        return self.page_sizes.mark if mark else self.page_sizes.ohlcv

    def open_interest_params(self, _timeframe: str, stop: int) -> dict[str, Any]:
        """Return the parameters that make an OI call end before `stop`."""
        return {"until": stop - 1}

    def open_interest_now_params(self) -> dict[str, Any]:
        """Return the parameters of a call for current OI beyond the symbol."""
        return {}

    def quote_per_tier_unit(self, _market: Market) -> float:
        """Return the value of one unit of a tier's notional in quote currency, where it is not in coin."""
        return 1.0

    def coins_per_tier_unit(self, _market: Market) -> float | None:
        """Return how many coins one unit of a tier's notional is; None where tiers are in quote currency."""
        return None

    def funding_hours(self, _symbol: str, payload: Mapping[str, Any]) -> float:
        """Return the funding interval in hours; ccxt gives `8h`, or ms where it knows no name."""
        interval = payload.get("interval")
        if not interval:
            return DEFAULT_FUNDING_HOURS
        return float(interval[:-1]) if interval.endswith("h") else float(interval) / HOUR_MS

    def open_interest_timeframe(self, timeframe: str) -> str:
        """Return the OI timeframe to read for bars of `timeframe`: the same, the next finer, or the finest."""
        wanted = self._step(timeframe)
        offered = sorted(self.capabilities.open_interest_timeframes, key=TIMEFRAMES.__getitem__)
        return next((frame for frame in reversed(offered) if TIMEFRAMES[frame] <= wanted), offered[0])

    def last_price(self, symbol: str) -> float:
        """Return the close of the newest bar, to value amounts in coins or contracts."""
        now = self._now()
        bars = self.ohlcv(symbol, "1h", now - DAY_MS, now + 1).known()
        if not len(bars):
            raise BadData(self.id, f"bars: none for {symbol} in the last day")
        return float(bars.close[-1])

    def _candles(self, symbol: str, timeframe: str, span: tuple[int, int], *, mark: bool) -> Floats:
        step, what = self._step(timeframe), "mark price bars" if mark else "bars"
        if timeframe in self.bars_made_of:
            parts = self.bars_made_of[timeframe]
            table = self._candles(symbol, parts, (-(-span[0] // step) * step, -(-span[1] // step) * step), mark=mark)
            return longer_bars(repairs.known(table), step, TIMEFRAMES[parts])
        market = self._market(symbol)
        limit = self.candle_limit(timeframe, mark=mark)
        most = limit or (self.page_sizes.mark if mark else self.page_sizes.ohlcv)

        def page(start: int, stop: int) -> Floats:
            asked = {**({"price": "mark"} if mark else {}), **self.candle_params(start, stop, step)}
            rows = limit and self.page_limit(limit, start, stop, step)
            sent = self._call(symbol, lambda: self._client.fetch_ohlcv(symbol, timeframe, start, rows, asked))
            if mark and isinstance(sent, list):
                # mark-price rows have no volume, or another value in its place
                sent = [[*row[:5], 0.0] if isinstance(row, list) else row for row in sent]
            return repairs.candle_rows(self.id, what, sent, step, market.price_tick)

        since, until = span
        reach = self.most_recent_mark_bars if mark else self.most_recent_bars
        oldest = since if reach is None else max(since, self._now() - reach * step)
        table = collect(page, windows(oldest, until, step, most), 6, step, self._created(symbol))
        if not len(table) and self._spans_closed_bar(symbol, oldest, until, step):
            raise BadData(self.id, f"{what}: none for {symbol} where there must be some")
        return table

    def _oldest_open_interest(self, timeframe: str) -> int:
        """Return the earliest time to ask for: venues answer an earlier one with an error instead of rows."""
        days, rows = self.capabilities.open_interest_reach(timeframe), self.capabilities.open_interest_rows
        step = TIMEFRAMES[timeframe]
        if rows is not None:
            return self._now() - rows * step
        return 0 if days is None else self._now() - int(days * DAY_MS) + step

    def _spans_closed_bar(self, symbol: str, since: int, until: int, step: int) -> bool:
        """Return whether a bar of this market must have opened and closed inside the range.

        In a recent range that is so as soon as the market is listed. In an older one it is so only a month after the
        listing, because trading may start later, and never where the venue does not say when it listed the market.
        """
        now, created = self._now(), self._created(symbol)
        begun = created if until > now - RECENT_BARS * step else created + LATE_START_MS if created else until
        opened = -(-max(since, begun) // step) * step
        return opened < until and opened + step <= now

    def _spans_last_closed(self, symbol: str, since: int, until: int, step: int, now: int) -> bool:
        """Return whether the range contains the period two before the current one, whose OI every venue must have."""
        recent = now - 2 * step
        return max(since, self._created(symbol)) <= recent - step and until > recent
