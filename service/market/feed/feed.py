"""The feed: one market's data at one moment, from cache or exchange, validated and aligned."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from service.heatmap import Bars
from service.market.contract.data import AccountRatio, Funding, MarketData, OpenInterest, OrderBook, Tiers
from service.market.contract.exchange import (
    TIMEFRAMES,
    Exchange,
    ExchangeUnavailable,
    Market,
    MarketError,
    NotPublished,
    UnknownExchange,
    Unsupported,
    liquidation_rule,
)
from service.market.contract.symbols import resolve
from service.market.feed import series
from service.market.feed.align import align
from service.market.feed.book_check import fitting_book
from service.market.feed.cache import StillLoading, TimedCache
from service.market.feed.health import Health
from service.market.feed.history import History, Rows
from service.market.feed.recency import newest_settled, nothing, require_recent
from service.times import HOUR_MS, WEEK_MS

T = TypeVar("T")

# Seconds for which each kind of snapshot is kept.
BOOK_SECONDS, FUNDING_SECONDS, RATIO_SECONDS = 5.0, 60.0, 300.0
TIERS_SECONDS, MARKETS_SECONDS = 6 * 3600.0, 3600.0
PRESENT_ONLY = "Open interest is public only as of now: the map's size is scaled to it, its history is not known."
SERIES_KEPT, PAST_SERIES_KEPT, SNAPSHOTS_KEPT = 256, 64, 512
# A day and the hour before it, so that both ends of a day's change are there.
RECENT_HOURS = 25
# Bars before the first column that seed the inventory: a week, but this many at least and at most.
WARM_UP_MS, LEAST_WARM_UP, MOST_WARM_UP = WEEK_MS, 60, 1000


@dataclass(frozen=True)
class Query:
    """Which market, on which bars, how many columns, and as of when (epoch ms; None is now).

    `context` asks for funding and the account ratio too, which the map itself does not need.
    """

    exchange: str
    symbol: str
    timeframe: str
    columns: int
    as_of: int | None = None
    context: bool = False

    @property
    def step(self) -> int:
        """Return the length of a bar in ms."""
        return TIMEFRAMES[self.timeframe]

    @property
    def warm_up(self) -> int:
        """Return how many bars before the first column are wanted."""
        return int(np.clip(WARM_UP_MS // self.step, LEAST_WARM_UP, MOST_WARM_UP))


class MarketFeed:
    """Reads markets through the given exchanges; safe to share between threads."""

    def __init__(
        self, exchanges: Mapping[str, Exchange], clock: Callable[[], float], wait: float | None = None
    ) -> None:
        """`clock` returns epoch seconds; `wait` is how many seconds a caller waits for a fetch that another began."""
        self.exchanges = dict(exchanges)
        self.clock = clock
        self.health = {exchange_id: Health(clock) for exchange_id in self.exchanges}
        self._history = History(SERIES_KEPT, clock, wait)
        self._past = History(PAST_SERIES_KEPT, clock, wait)
        self._books: TimedCache[OrderBook] = TimedCache(SNAPSHOTS_KEPT, BOOK_SECONDS, clock, wait)
        self._fundings: TimedCache[Funding] = TimedCache(SNAPSHOTS_KEPT, FUNDING_SECONDS, clock, wait)
        self._ratios: TimedCache[AccountRatio] = TimedCache(SNAPSHOTS_KEPT, RATIO_SECONDS, clock, wait)
        self._interests: TimedCache[OpenInterest] = TimedCache(SNAPSHOTS_KEPT, FUNDING_SECONDS, clock, wait)
        self._tiers: TimedCache[Tiers] = TimedCache(SNAPSHOTS_KEPT, TIERS_SECONDS, clock, wait)
        self._markets: TimedCache[dict[str, Market]] = TimedCache(len(self.exchanges) + 1, MARKETS_SECONDS, clock, wait)

    def exchange(self, exchange_id: str) -> Exchange:
        """Return the exchange of that id; raises UnknownExchange."""
        if exchange_id not in self.exchanges:
            raise UnknownExchange(exchange_id, list(self.exchanges))
        return self.exchanges[exchange_id]

    def markets(self, exchange_id: str) -> dict[str, Market]:
        """Return the exchange's perpetual swaps by unified symbol."""
        exchange = self.exchange(exchange_id)
        watch = self.health[exchange_id].watch
        return _in_time(exchange_id, lambda: self._markets.get(exchange_id, lambda: watch(exchange.markets)))

    def market(self, exchange_id: str, symbol: str) -> Market:
        """Return the market that a unified symbol or a shorthand stands for; raises UnknownSymbol."""
        markets = self.markets(exchange_id)
        return markets[resolve(exchange_id, symbol, markets)]

    def tiers(self, exchange_id: str, symbol: str) -> Tiers:
        """Return the risk tiers of a unified symbol."""
        exchange = self.exchange(exchange_id)

        def read(symbol: str) -> Tiers:
            return replace(exchange.tiers(symbol), read_at=int(self.clock() * 1000))

        return self._kept(self._tiers, exchange, symbol, read)

    def load(self, query: Query) -> MarketData:
        """Return everything the model needs; raises MarketError.

        Bars and open interest must be there, and not end long before the moment asked for; mark price, order book and
        funding may be missing, and `missing` says why. For a past `as_of` only what was public then is used: no order
        book, no funding.
        """
        exchange, market = self.exchange(query.exchange), self.market(query.exchange, query.symbol)
        missing: dict[str, str] = {}
        moment = self._moment(query)
        until = moment // query.step * query.step
        span = (until - (query.columns + query.warm_up) * query.step, until)
        bars = self._rows(series.bars, exchange, market.symbol, query, span)
        if not len(bars.time):
            what = f"no {query.timeframe} bars of {market.symbol} in the time asked for"
            raise nothing(exchange.id, what, past=query.as_of is not None)
        last_close = int(bars.time[-1]) + query.step
        interest = self._open_interest(exchange, market.symbol, query, span, last_close)
        mark = self._optional("mark_price", missing, lambda: self._mark(exchange, market.symbol, query, span))
        aligned, coverage = align(bars, interest, mark, query.step, until)
        try:
            require_recent(exchange.id, market.symbol, query.timeframe, coverage, past=query.as_of is not None)
        except ExchangeUnavailable as error:
            self.health[exchange.id].fail(error)
            raise
        book, funding, ratio = self._snapshots(exchange, market.symbol, query, missing, aligned)
        recent = self._optional("recent_open_interest", missing, lambda: self._recent_interest(exchange, market, query))
        notes = () if exchange.capabilities.open_interest_history else (PRESENT_ONLY,)
        return MarketData(
            exchange=exchange.id,
            symbol=market.symbol,
            timeframe=query.timeframe,
            bars=_in_usd(aligned) if market.inverse else aligned,
            tiers=self.tiers(exchange.id, market.symbol),
            coverage=replace(coverage, has_book=book is not None, notes=notes),
            as_of=int(aligned.close_time[-1]),
            price=_middle(book) if book is not None else float(aligned.close[-1]),
            taker_fee=market.taker_fee,
            rule=liquidation_rule(exchange, market),
            inverse=market.inverse,
            simulated=exchange.simulated,
            book=book,
            funding=funding,
            account_ratio=ratio,
            recent_interest=recent,
            missing=missing,
        )

    def check_liquidations(self, exchange_id: str) -> None:
        """Raise NotPublished, without asking the exchange, if it publishes no realised liquidations."""
        capabilities = self.exchange(exchange_id).capabilities
        if not capabilities.liquidations:
            raise NotPublished(f"{exchange_id} {capabilities.why_no_liquidations}")

    def liquidations(self, query: Query) -> Rows:
        """Return realised liquidations by bar: open time; quote currency of longs and of shorts; raises MarketError.

        A bar without a row is one of which nothing is known.
        """
        self.check_liquidations(query.exchange)
        exchange, market = self.exchange(query.exchange), self.market(query.exchange, query.symbol)
        until = self._moment(query) // query.step * query.step
        span = (until - (query.columns + query.warm_up) * query.step, until)
        return self._rows(series.liquidations, exchange, market.symbol, query, span)

    def _moment(self, query: Query) -> int:
        return newest_settled(query.as_of, int(self.clock() * 1000))

    def _rows(self, ask: series.Ask, exchange: Exchange, symbol: str, query: Query, span: tuple[int, int]) -> Rows:
        """Return a series from what is in hand.

        A past `as_of` takes of the live series what it can; what it must fetch is kept apart, so that however many
        moments are asked for, they never displace the live series.
        """
        health, timeframe, history = self.health[exchange.id], query.timeframe, self._history
        key: tuple[object, ...] = (ask, exchange.id, symbol, timeframe)
        # hours without a liquidation are no hole
        mend = ask is not series.liquidations
        if query.as_of is not None and history.peek(key, span, query.step) is None:
            history, key = self._past, (*key, span)

        def fetch(since: int, until: int) -> Rows:
            return health.watch(lambda: ask(exchange, symbol, timeframe, since, until))

        return _in_time(exchange.id, lambda: history.get(key, span, query.step, fetch, mend=mend))

    def _kept(self, cache: TimedCache[T], exchange: Exchange, symbol: str, ask: Callable[[str], T]) -> T:
        """Return a snapshot from the cache, or from the exchange."""
        watch = self.health[exchange.id].watch
        return _in_time(exchange.id, lambda: cache.get((exchange.id, symbol), lambda: watch(lambda: ask(symbol))))

    def _open_interest(
        self, exchange: Exchange, symbol: str, query: Query, span: tuple[int, int], last_close: int
    ) -> Rows:
        """Return OI rows up to and with the last close; of a venue without a history, what stands now as the last."""
        if exchange.capabilities.open_interest_history:
            return self._rows(series.open_interest, exchange, symbol, query, (span[0], span[1] + 1))
        if query.as_of is not None:
            raise Unsupported(f"{exchange.id} publishes no history of open interest, so its past cannot be rebuilt")
        present = self._kept(self._interests, exchange, symbol, exchange.open_interest_now)
        return Rows(np.array([last_close]), present.amount[-1:, None])

    def _mark(self, exchange: Exchange, symbol: str, query: Query, span: tuple[int, int]) -> Rows:
        if not exchange.capabilities.mark_price:
            raise Unsupported(f"{exchange.id} publishes no mark-price bars")
        return self._rows(series.mark_bars, exchange, symbol, query, span)

    def _recent_interest(self, exchange: Exchange, market: Market, query: Query) -> OpenInterest | None:
        """Return the last day's OI by the hour, for changes that bars longer than an hour do not show.

        The longest timeframe that is no longer than an hour takes the fewest calls: none where the bars are of it.
        """
        frames = [name for name in exchange.capabilities.open_interest_timeframes if TIMEFRAMES[name] <= HOUR_MS]
        if not query.context or not frames:
            return None
        hourly = replace(query, timeframe=max(frames, key=TIMEFRAMES.__getitem__))
        until = self._moment(query) // hourly.step * hourly.step
        since = until - RECENT_HOURS * HOUR_MS
        rows = self._rows(series.open_interest, exchange, market.symbol, hourly, (since, until + 1))
        time, amount = rows.time, rows.values[:, 0]
        if market.inverse:
            bars = self._rows(series.bars, exchange, market.symbol, hourly, (since - hourly.step, until))
            at = np.searchsorted(bars.time + hourly.step, time, side="right") - 1
            time, amount = time[at >= 0], amount[at >= 0] * bars.values[at[at >= 0], 3]
        return OpenInterest(time, amount)

    def _snapshots(
        self, exchange: Exchange, symbol: str, query: Query, missing: dict[str, str], bars: Bars
    ) -> tuple[OrderBook | None, Funding | None, AccountRatio | None]:
        """Return the book and, if asked for, funding and account ratio; nobody publishes these for the past."""
        if query.as_of is not None:
            missing |= dict.fromkeys(("order_book", "funding", "account_ratio"), "not published for the past")
            return None, None, None

        def ask(name: str) -> OrderBook:
            return fitting_book(exchange, name, bars, int(self.clock() * 1000))

        book = self._optional("order_book", missing, lambda: self._kept(self._books, exchange, symbol, ask))
        if not query.context:
            return book, None, None
        funding = self._optional(
            "funding", missing, lambda: self._kept(self._fundings, exchange, symbol, exchange.funding)
        )
        ratio = self._optional(
            "account_ratio", missing, lambda: self._kept(self._ratios, exchange, symbol, exchange.account_ratio)
        )
        return book, funding, ratio

    @staticmethod
    def _optional(part: str, missing: dict[str, str], load: Callable[[], T]) -> T | None:
        """Return load(), or None with the reason noted: the map stands without this part."""
        try:
            return load()
        except MarketError as error:
            missing[part] = str(error)
            return None


def _in_time(exchange_id: str, load: Callable[[], T]) -> T:
    """Return load(); a fetch that another caller began and that does not come back is the exchange's failure."""
    try:
        return load()
    except StillLoading:
        raise ExchangeUnavailable(exchange_id, "a request to it has been under way for too long") from None


def _in_usd(bars: Bars) -> Bars:
    """Return bars of an inverse contract with volume and open interest in USD, the unit of its contracts."""
    return replace(bars, volume=bars.volume * bars.close, open_interest=bars.open_interest * bars.close)


def _middle(book: OrderBook) -> float:
    return float(f"{(book.bids[0, 0] + book.asks[0, 0]) / 2.0:.12g}")
