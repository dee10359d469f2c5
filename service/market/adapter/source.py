"""The base of every real exchange: paging, units and validation over one sync ccxt client.

An adapter states what differs (rows a call, units, sides, where tiers come from) as class attributes and small hooks.
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
# Trading begins at most so long after the listing states that it does: 10 days at Bybit's oldest market.
LATE_START_MS = 30 * DAY_MS
# A range that ends so few bars before now, or later, is of the present.
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
    # how many sides of a trade the volume counts: 2 where it sums buys and sells
    volume_sides = 1
    book_in_contracts = False
    # beyond the number of levels, what an order-book call needs
    book_params: Mapping[str, Any] = {}
    # how many of its own periods after its timestamp a history row is complete and public
    open_interest_delay_periods = 0
    # by timeframe, which shorter bars it is made of: where the venue's own do not open at whole UTC intervals
    bars_made_of: Mapping[str, str] = {}
    # how many traded or mark-price bars back from now the venue answers for; None for all
    most_recent_bars: int | None = None
    most_recent_mark_bars: int | None = None
    # the shortest period of the venue's account ratio, None where it publishes none
    account_ratio_period: str | None = None

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return traded bars, from the venue's oldest on where `since` is before it."""
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
        """Return OI history, each row stamped with the moment it was public; empty beyond the venue's depth.

        Where the venue has no history at the timeframe, the next finer one is read, else the finest.
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
        # a row stamped after now is the period still forming
        table = table[(table[:, 0] >= since) & (table[:, 0] < until) & (table[:, 0] <= now)]
        if not len(table) and self._spans_last_closed(symbol, since, until, step, now):
            raise BadData(self.id, f"open interest: no row for {symbol} in the last hours asked for")
        return validation.open_interest(repairs.credible_interest(self.id, table))

    def open_interest_now(self, symbol: str) -> OpenInterest:
        """Return the present OI as one row, stamped by the venue where it says, and never after now."""
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
        """Return the newest ratio of accounts net long to accounts net short; raise Unsupported if there is none."""
        if self.account_ratio_period is None:
            raise Unsupported(f"{self.id} publishes no long/short account ratio")
        self._market(symbol)
        period = self.account_ratio_period

        def ask() -> list[list[Any]]:
            rows = self._client.fetch_long_short_ratio_history(symbol, period, None, 1)
            return [[row["timestamp"], self.long_per_short(row)] for row in rows]

        return validation.account_ratio(self.id, self._call(symbol, ask))

    def liquidations(self, _symbol: str, _timeframe: str, _since: int, _until: int) -> Liquidations:
        """Raise NotPublished: few venues publish them far enough back, and these have an adapter's own method."""
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
        """Return ccxt's order book; called in turn."""
        book: dict[str, Any] = self._client.fetch_order_book(symbol, self.page_sizes.book, self.book_params)
        return book

    def funding(self, symbol: str) -> Funding:
        """Return the current funding rate; 8 hours where the venue states no interval."""
        self._market(symbol)
        payload = self._call(symbol, lambda: self._client.fetch_funding_rate(symbol))
        return validation.funding(self.id, payload, self.funding_hours(symbol, payload), self._now())

    def tiers(self, symbol: str) -> Tiers:
        """Return the risk tiers that the venue publishes; a coin's worth is taken at the last price."""
        coins = self.coins_per_tier_unit(self._market(symbol))
        unit = self.quote_per_tier_unit(self._market(symbol))
        price = None if coins is None else self.last_price(symbol)
        payload = self._call(symbol, lambda: self._client.fetch_market_leverage_tiers(symbol))
        return validation.tiers(self.id, payload, unit * (price or 1.0) * (coins or 1.0), "exchange", coin_price=price)

    def _amount(self, row: Mapping[str, Any], market: Market) -> float:
        """Return the amount of an OI history row, NaN where the row does not say."""
        try:
            return self.base_amount(row, market)
        except (TypeError, ValueError):
            return nan

    def base_amount(self, row: Mapping[str, Any], _market: Market) -> float:
        """Return an OI history row's amount in base coin, one side."""
        return float(row["openInterestAmount"])

    def base_amount_now(self, row: Mapping[str, Any], market: Market) -> float:
        """Return the present OI in base coin, one side: some venues count it otherwise than their history."""
        return self.base_amount(row, market)

    def long_per_short(self, row: Mapping[str, Any]) -> float:
        """Return a row's ratio of long to short accounts."""
        return float(row["longShortRatio"])

    def candle_params(self, _start: int, stop: int, _step: int) -> dict[str, Any]:
        """Return what a candle call needs beyond start and limit."""
        return {"until": stop - 1}

    def page_limit(self, most: int, start: int, stop: int, step: int) -> int:
        """Return how many rows to ask for: what the window holds, and one more for venues that count both its ends."""
        return min(most, -(-(stop - start) // step) + 1)

    def candle_limit(self, _timeframe: str, *, mark: bool) -> int | None:
        """Return how many bars one call asks for at most, None to ask by the range alone."""
        return self.page_sizes.mark if mark else self.page_sizes.ohlcv

    def open_interest_params(self, _timeframe: str, stop: int) -> dict[str, Any]:
        """Return what an OI call needs to end before `stop`."""
        return {"until": stop - 1}

    def open_interest_now_params(self) -> dict[str, Any]:
        """Return what a call for the present OI needs beyond the symbol."""
        return {}

    def quote_per_tier_unit(self, _market: Market) -> float:
        """Return what one unit of a tier's notional is in quote currency, where it is not counted in coin."""
        return 1.0

    def coins_per_tier_unit(self, _market: Market) -> float | None:
        """Return how many coins one unit of a tier's notional is; None where it is in quote currency."""
        return None

    def funding_hours(self, _symbol: str, payload: Mapping[str, Any]) -> float:
        """Return the funding interval, which ccxt gives as `8h`, or in ms where it has no name for it."""
        interval = payload.get("interval")
        if not interval:
            return DEFAULT_FUNDING_HOURS
        return float(interval[:-1]) if interval.endswith("h") else float(interval) / HOUR_MS

    def open_interest_timeframe(self, timeframe: str) -> str:
        """Return the OI timeframe that is read for bars of `timeframe`: the same, the next finer, else the finest."""
        wanted = self._step(timeframe)
        offered = sorted(self.capabilities.open_interest_timeframes, key=TIMEFRAMES.__getitem__)
        return next((frame for frame in reversed(offered) if TIMEFRAMES[frame] <= wanted), offered[0])

    def last_price(self, symbol: str) -> float:
        """Return the close of the newest bar, to value what is counted in coins or contracts."""
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
                # mark-price rows end before the volume, or hold something else there
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
        """Return the first moment asked for: beyond their depth, venues send an error and not what they have."""
        days, rows = self.capabilities.open_interest_reach(timeframe), self.capabilities.open_interest_rows
        step = TIMEFRAMES[timeframe]
        if rows is not None:
            return self._now() - rows * step
        return 0 if days is None else self._now() - int(days * DAY_MS) + step

    def _spans_closed_bar(self, symbol: str, since: int, until: int, step: int) -> bool:
        """Tell whether a bar of this listed market must have opened and closed inside the range.

        Where it reaches up to now, as soon as the market is listed; further back only well after that, and never where
        the venue does not say when that was: trading may begin later.
        """
        now, created = self._now(), self._created(symbol)
        begun = created if until > now - RECENT_BARS * step else created + LATE_START_MS if created else until
        opened = -(-max(since, begun) // step) * step
        return opened < until and opened + step <= now

    def _spans_last_closed(self, symbol: str, since: int, until: int, step: int, now: int) -> bool:
        """Tell whether the range holds the one period, two back from now, whose OI every venue must have."""
        recent = now - 2 * step
        return max(since, self._created(symbol)) <= recent - step and until > recent
