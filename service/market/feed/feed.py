"""The feed: one market's data at one moment, from cache or exchange, validated and aligned."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np

from service.heatmap import Bars
from service.heatmap.margin import rule_in_force
from service.market.contract import (
    NOT_OF_THE_PAST,
    TIMEFRAMES,
    AccountRatio,
    Candles,
    Exchange,
    ExchangeUnavailable,
    Funding,
    Liquidations,
    Market,
    MarketData,
    MarketError,
    NotPublished,
    OpenInterest,
    OrderBook,
    TimeSeries,
    UnknownExchange,
    Unsupported,
    liquidation_rule,
    resolve,
)
from service.market.feed.alignment.aligned_once import AlignedOnce, Rows
from service.market.feed.alignment.per_coin import series_per_coin
from service.market.feed.checks.book_check import fitting_book
from service.market.feed.checks.defects import notes_on, require_usable
from service.market.feed.checks.recency import missing_data, newest_settled, require_recent
from service.market.feed.exchange_health.health import Health
from service.market.feed.fetching.fetcher import Behind, Snapshot, SnapshotFetcher, Upstream
from service.market.feed.fetching.freshness import LIMITS, Limit
from service.market.feed.fetching.history import Ask, SeriesFetcher
from service.market.feed.fetching.kept_data import SNAPSHOTS_KEPT, KeptData
from service.market.feed.fetching.risk_tiers import FoundTiers, RiskTiers
from service.market.feed.price import price_of
from service.market.feed.query import FeedQuery
from service.ops.instruments import NO_INSTRUMENTS, Instruments
from service.times import HOUR_MS

log = logging.getLogger(__name__)

T = TypeVar("T")
S = TypeVar("S", bound=TimeSeries)
# Half-open, epoch ms.
Span = tuple[int, int]

# A day and the hour before it, so that both ends of a day's change are there.
RECENT_HOURS = 25


class MarketFeed:
    """Reads markets through the given exchanges; safe to share between threads."""

    def __init__(
        self,
        exchanges: Mapping[str, Exchange],
        clock: Callable[[], float],
        wait: float | None = None,
        *,
        monotonic: Callable[[], float] | None = None,
        jitter: Callable[[], float] = lambda: 0.0,
        limits: Mapping[str, Limit] = LIMITS,
        behind: Behind | None = None,
        ends: Mapping[str, Callable[[], float | None]] | None = None,
        instruments: Instruments = NO_INSTRUMENTS,
    ) -> None:
        """Keep nothing yet.

        clock      returns epoch seconds
        wait       seconds that a caller waits for a fetch that another began; None for ever
        monotonic  returns the seconds that ages and rests are measured in, `clock`'s where there is none
        jitter     returns 0..1 by chance, for rests that are not to end together
        limits     how old each kind of data may be
        behind     starts work for an exchange behind the callers; None: nothing is given that is not fresh
        ends       until when what was read just now is fresh, of each exchange that replicas share
        """
        self.exchanges = dict(exchanges)
        self.clock = clock
        monotonic = monotonic or clock
        self.health = {
            exchange_id: Health(clock, monotonic, jitter, partial(instruments.breaker, exchange_id))
            for exchange_id in self.exchanges
        }
        upstream = Upstream(self.health, clock, monotonic, wait, jitter, behind, ends or {})
        self._kept = KeptData(upstream, limits, len(self.exchanges))
        self._aligned = AlignedOnce()
        self._tiers = RiskTiers(self.exchanges, self.markets, upstream, SNAPSHOTS_KEPT, limits["tiers"])

    def exchange(self, exchange_id: str) -> Exchange:
        """Return the exchange of that id; raises UnknownExchange."""
        if exchange_id not in self.exchanges:
            raise UnknownExchange(exchange_id, list(self.exchanges))
        return self.exchanges[exchange_id]

    def markets(self, exchange_id: str) -> dict[str, Market]:
        """Return the exchange's perpetual swaps that are traded, by unified symbol."""
        listing = self._listing(exchange_id)
        return {symbol: market for symbol, market in listing.items() if not market.ended}

    def _listing(self, exchange_id: str) -> dict[str, Market]:
        """Return all that the exchange lists, what has ended too."""
        return self._kept.markets.get(exchange_id, "markets", self.exchange(exchange_id).markets)

    def market(self, exchange_id: str, symbol: str) -> Market:
        """Return the market that a unified symbol or a shorthand stands for; raises UnknownSymbol."""
        listing = self._listing(exchange_id)
        return listing[resolve(exchange_id, symbol, listing, self.exchange(exchange_id).capabilities.not_served)]

    def tiers(self, exchange_id: str, market: Market) -> FoundTiers:
        """Return the risk tiers of a market, or what stands in for them and why."""
        return self._tiers.of(exchange_id, market)

    def load(self, query: FeedQuery) -> MarketData:
        """Return everything the model needs; raises MarketError.

        Bars and open interest must be there, and not end long before the moment asked for; mark price, order book and
        funding may be missing, and `missing` says why. For a past `as_of` only what was public then is used: no order
        book, no funding.
        """
        exchange, market = self.exchange(query.exchange), self.market(query.exchange, query.symbol)
        missing: dict[str, str] = {}
        moment = self._moment(query)
        until = moment // query.step * query.step
        span = query.span_to(until)
        candles = self._series(self._kept.candles, exchange.ohlcv, exchange, market, query, span)
        if not len(candles.known()):
            what = f"no {query.timeframe} bars of {market.symbol} in the time asked for"
            raise missing_data(exchange.id, what, past=query.as_of is not None)
        last_close = int(candles.known().time[-1]) + query.step
        interest = self._open_interest(exchange, market, query, span, last_close)
        mark = self._optional("mark_price", missing, lambda: self._mark(exchange, market, query, span))
        key = exchange.id, market.symbol, query.timeframe, span
        aligned, coverage = self._aligned.of(key, Rows(candles, interest, mark), query.step, until)
        try:
            for require in (require_usable, require_recent):
                require(exchange.id, market.symbol, query.timeframe, coverage, past=query.as_of is not None)
        except ExchangeUnavailable as error:
            self.health[exchange.id].fail(error)
            raise
        read, funding, ratio = self._snapshots(exchange, market, query, missing, aligned)
        book = None if read is None else read.value
        price = price_of(book, aligned)
        recent = self._optional("recent_open_interest", missing, lambda: self._recent_interest(exchange, market, query))
        tiers = self.tiers(exchange.id, market)
        if tiers.lack:
            missing["tiers"] = tiers.lack
        notes = notes_on(exchange, market, coverage, past=query.as_of is not None)
        return MarketData(
            exchange=exchange.id,
            symbol=market.symbol,
            timeframe=query.timeframe,
            bars=_in_usd(aligned) if market.inverse else aligned,
            tiers=tiers.tiers,
            coverage=replace(coverage, has_book=book is not None, notes=tuple(notes)),
            as_of=int(aligned.close_time[-1]),
            price=price.value,
            taker_fee=market.taker_fee,
            rule=rule_in_force(liquidation_rule(exchange, market), moment),
            price_tick=market.price_tick,
            inverse=market.inverse,
            simulated=exchange.simulated,
            book=book,
            funding=funding,
            account_ratio=ratio,
            recent_interest=recent,
            missing=missing,
            price_source=price.source,
            price_time=price.time,
            stale=query.as_of is None and (coverage.missing_at_end > 0 or not (read is None or read.is_fresh)),
        )

    def check_liquidations(self, exchange_id: str) -> None:
        """Raise NotPublished, without asking the exchange, if it publishes no realised liquidations."""
        capabilities = self.exchange(exchange_id).capabilities
        if not capabilities.liquidations:
            raise NotPublished(f"{exchange_id} {capabilities.why_no_liquidations}")

    def liquidations(self, query: FeedQuery) -> Liquidations:
        """Return realised liquidations by bar; raises MarketError.

        A bar without a row is one of which nothing is known.
        """
        self.check_liquidations(query.exchange)
        exchange, market = self.exchange(query.exchange), self.market(query.exchange, query.symbol)
        until = self._moment(query) // query.step * query.step
        span = query.span_to(until)
        return self._series(self._kept.liquidations, exchange.liquidations, exchange, market, query, span)

    def _moment(self, query: FeedQuery) -> int:
        return newest_settled(query.as_of, int(self.clock() * 1000))

    @staticmethod
    def _series(
        fetcher: SeriesFetcher[S],
        call: Callable[[str, str, int, int], S],
        exchange: Exchange,
        market: Market,
        query: FeedQuery,
        span: Span,
    ) -> S:
        """Return the rows of one series that lie in the span, per coin, from what is kept or by `call`."""
        symbol = market.asked_as

        def fetch(since: int, until: int) -> S:
            return call(symbol, query.timeframe, since, until)

        get = fetcher.get if query.as_of is None else fetcher.get_past
        return series_per_coin(get(exchange.id, (symbol, query.timeframe), Ask(span, query.step, fetch)), market.unit)

    def _open_interest(
        self, exchange: Exchange, market: Market, query: FeedQuery, span: Span, last_close: int
    ) -> OpenInterest:
        """Return OI rows up to and with the last close; of a venue without a history, what stands now as the last."""
        if exchange.capabilities.open_interest_history:
            span = (span[0], span[1] + 1)
            return self._series(self._kept.interest, exchange.open_interest, exchange, market, query, span)
        if query.as_of is not None:
            raise Unsupported(f"{exchange.id} publishes no history of open interest, so its past cannot be rebuilt")
        symbol = market.asked_as
        present = self._kept.interest_now.get(exchange.id, symbol, lambda: exchange.open_interest_now(symbol))
        return series_per_coin(OpenInterest(np.array([last_close]), present.amount[-1:]), market.unit)

    def _mark(self, exchange: Exchange, market: Market, query: FeedQuery, span: Span) -> Candles:
        if not exchange.capabilities.mark_price:
            raise Unsupported(f"{exchange.id} publishes no mark-price bars")
        return self._series(self._kept.mark_candles, exchange.mark_ohlcv, exchange, market, query, span)

    def _recent_interest(self, exchange: Exchange, market: Market, query: FeedQuery) -> OpenInterest | None:
        """Return the last day's OI by the hour, for changes that bars longer than an hour do not show.

        The longest timeframe that is no longer than an hour takes the fewest calls: none where the bars are of it.
        """
        frames = [name for name in exchange.capabilities.open_interest_timeframes if TIMEFRAMES[name] <= HOUR_MS]
        if not query.context or not frames:
            return None
        hourly = replace(query, timeframe=max(frames, key=TIMEFRAMES.__getitem__))
        until = self._moment(query) // hourly.step * hourly.step
        since = until - RECENT_HOURS * HOUR_MS
        span = (since, until + 1)
        interest = self._series(self._kept.interest, exchange.open_interest, exchange, market, hourly, span).known()
        if not market.inverse:
            return interest
        span = (since - hourly.step, until)
        candles = self._series(self._kept.candles, exchange.ohlcv, exchange, market, hourly, span).known()
        at = np.searchsorted(candles.time + hourly.step, interest.time, side="right") - 1
        interest, at = interest.select(at >= 0), at[at >= 0]
        return OpenInterest(interest.time, interest.amount * candles.close[at])

    def _snapshots(
        self, exchange: Exchange, market: Market, query: FeedQuery, missing: dict[str, str], bars: Bars
    ) -> tuple[Snapshot[OrderBook] | None, Funding | None, AccountRatio | None]:
        """Return the book and, if asked for, funding and account ratio; nobody publishes these for the past."""
        if query.as_of is not None:
            missing |= dict.fromkeys(("order_book", "funding", "account_ratio"), NOT_OF_THE_PAST)
            return None, None, None
        symbol = market.asked_as

        def snapshot(part: str, fetcher: SnapshotFetcher[T], call: Callable[[], T]) -> T | None:
            return self._optional(part, missing, lambda: fetcher.get(exchange.id, symbol, call))

        def ask() -> OrderBook:
            return fitting_book(exchange, market, bars, int(self.clock() * 1000))

        book = self._optional("order_book", missing, lambda: self._kept.books.read(exchange.id, symbol, ask))
        if not query.context:
            return book, None, None
        funding = snapshot("funding", self._kept.fundings, lambda: exchange.funding(symbol))
        ratio = snapshot("account_ratio", self._kept.ratios, lambda: exchange.account_ratio(symbol))
        return book, funding, ratio

    @staticmethod
    def _optional(part: str, missing: dict[str, str], load: Callable[[], T]) -> T | None:
        """Return load(), or None with the reason noted: the map stands without this part."""
        try:
            return load()
        except MarketError as error:
            missing[part] = str(error)
            if isinstance(error, ExchangeUnavailable):
                about = {"exchange": error.exchange, "part": part, "cause": error.cause, "reason": error.reason}
                log.warning("source failed in part", extra=about)
            return None


def _in_usd(bars: Bars) -> Bars:
    """Return bars of an inverse contract with volume and open interest in USD, the unit of its contracts."""
    return replace(bars, volume=bars.volume * bars.close, open_interest=bars.open_interest * bars.close)
