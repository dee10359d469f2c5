"""The feed: one market's data at one moment, from cache or exchange, validated and aligned."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from service.heatmap.bars import Bars
from service.market.align import align
from service.market.cache import StillLoading, TimedCache
from service.market.data import AccountRatio, Funding, MarketData, OrderBook, Tiers
from service.market.exchange import (
    TIMEFRAMES,
    BadData,
    Exchange,
    ExchangeUnavailable,
    Liquidations,
    Market,
    MarketError,
    NotPublished,
    OpenInterest,
    Series,
    UnknownExchange,
    Unsupported,
    liquidation_rule,
)
from service.market.health import Health
from service.market.history import History, Rows
from service.market.symbols import resolve

T = TypeVar("T")

# Seconds for which each kind of snapshot is kept.
BOOK_SECONDS, FUNDING_SECONDS, RATIO_SECONDS = 5.0, 60.0, 300.0
TIERS_SECONDS, MARKETS_SECONDS = 6 * 3600.0, 3600.0
PRESENT_ONLY = "Open interest is public only as of now: the map's size is scaled to it, its history is not known."
SERIES_KEPT, PAST_SERIES_KEPT, SNAPSHOTS_KEPT = 256, 64, 512
# Bars before the first column that seed the inventory: a week, but this many at least and at most.
WARM_UP_MS, LEAST_WARM_UP, MOST_WARM_UP = 7 * 86_400_000, 60, 1000


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
        return self._kept(self._tiers, exchange, symbol, exchange.tiers)

    def load(self, query: Query) -> MarketData:
        """Return everything the model needs; raises MarketError.

        Bars and open interest must be there; mark price, order book and funding may be missing, and `missing` says
        why. For a past `as_of` only what was public then is used: no order book, no funding.
        """
        exchange, market = self.exchange(query.exchange), self.market(query.exchange, query.symbol)
        missing: dict[str, str] = {}
        now = int(self.clock() * 1000)
        moment = now if query.as_of is None else query.as_of
        until = moment // query.step * query.step
        since = until - (query.columns + query.warm_up) * query.step
        bars = self._rows(exchange, market.symbol, query, "bars", (since, until))
        if not len(bars.time):
            raise _nothing(exchange, query, f"no {query.timeframe} bars of {market.symbol} in the time asked for")
        last_close = int(bars.time[-1]) + query.step
        interest = self._open_interest(exchange, market.symbol, query, (since, until), last_close)
        notes = () if exchange.capabilities.open_interest_history else (PRESENT_ONLY,)
        mark = self._optional("mark_price", missing, lambda: self._mark(exchange, market.symbol, query, (since, until)))
        aligned, coverage = align(bars, interest, mark, query.step)
        if not np.isfinite(aligned.open_interest).any():
            raise _nothing(exchange, query, f"no open interest of {market.symbol} in the time asked for")
        book, funding, ratio = self._snapshots(exchange, market.symbol, query, missing)
        return MarketData(
            exchange=exchange.id,
            symbol=market.symbol,
            timeframe=query.timeframe,
            bars=_in_usd(aligned) if market.inverse else aligned,
            tiers=self._kept(self._tiers, exchange, market.symbol, exchange.tiers),
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
            missing=missing,
        )

    def liquidations(self, query: Query) -> Rows:
        """Return realised liquidations by bar: open time; quote currency of longs and of shorts; raises MarketError."""
        exchange, market = self.exchange(query.exchange), self.market(query.exchange, query.symbol)
        if not exchange.capabilities.liquidations:
            raise NotPublished(f"{exchange.id} publishes no liquidations by interval")
        moment = int(self.clock() * 1000) if query.as_of is None else query.as_of
        until = moment // query.step * query.step
        span = (until - (query.columns + query.warm_up) * query.step, until)
        return self._rows(exchange, market.symbol, query, "liquidations", span)

    def _rows(self, exchange: Exchange, symbol: str, query: Query, kind: str, span: tuple[int, int]) -> Rows:
        """Return a series from what is in hand.

        A past `as_of` takes of the live series what it can; what it must fetch is kept apart, so that however many
        moments are asked for, they never displace the live series.
        """
        asks: dict[str, Callable[[int, int], Rows]] = {
            "bars": lambda a, b: _of_series(exchange.ohlcv(symbol, query.timeframe, a, b)),
            "mark": lambda a, b: _of_series(exchange.mark_ohlcv(symbol, query.timeframe, a, b)),
            "liquidations": lambda a, b: _of_liquidations(exchange.liquidations(symbol, query.timeframe, a, b)),
            "open_interest": lambda a, b: _of_interest(exchange.open_interest(symbol, query.timeframe, a, b)),
        }
        ask, health = asks[kind], self.health[exchange.id]
        key: tuple[object, ...] = (kind, exchange.id, symbol, query.timeframe)
        history = self._history
        if query.as_of is not None:
            rows = history.peek(key, span, query.step)
            if rows is not None:
                return rows
            history, key = self._past, (*key, span)
        return _in_time(
            exchange.id, lambda: history.get(key, span, query.step, lambda a, b: health.watch(lambda: ask(a, b)))
        )

    def _kept(self, cache: TimedCache[T], exchange: Exchange, symbol: str, ask: Callable[[str], T]) -> T:
        """Return a snapshot from the cache, or from the exchange."""
        watch = self.health[exchange.id].watch
        return _in_time(exchange.id, lambda: cache.get((exchange.id, symbol), lambda: watch(lambda: ask(symbol))))

    def _open_interest(
        self, exchange: Exchange, symbol: str, query: Query, span: tuple[int, int], last_close: int
    ) -> Rows:
        """Return OI rows up to and with the last close; of a venue without a history, what stands now as the last."""
        if exchange.capabilities.open_interest_history:
            return self._rows(exchange, symbol, query, "open_interest", (span[0], span[1] + 1))
        if query.as_of is not None:
            raise Unsupported(f"{exchange.id} publishes no history of open interest, so its past cannot be rebuilt")
        present = self._kept(self._interests, exchange, symbol, exchange.open_interest_now)
        return Rows(np.array([last_close]), present.amount[-1:, None])

    def _mark(self, exchange: Exchange, symbol: str, query: Query, span: tuple[int, int]) -> Rows:
        if not exchange.capabilities.mark_price:
            raise Unsupported(f"{exchange.id} publishes no mark-price bars")
        return self._rows(exchange, symbol, query, "mark", span)

    def _snapshots(
        self, exchange: Exchange, symbol: str, query: Query, missing: dict[str, str]
    ) -> tuple[OrderBook | None, Funding | None, AccountRatio | None]:
        """Return the book and, if asked for, funding and account ratio; nobody publishes these for the past."""
        if query.as_of is not None:
            missing |= dict.fromkeys(("order_book", "funding", "account_ratio"), "not published for the past")
            return None, None, None
        book = self._optional(
            "order_book", missing, lambda: self._kept(self._books, exchange, symbol, exchange.order_book)
        )
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


def _nothing(exchange: Exchange, query: Query, what: str) -> MarketError:
    """Return the error for data that is not there: of the past it never will be, of now it should be."""
    if query.as_of is not None:
        return Unsupported(f"{exchange.id} has {what}; ask for a later as_of")
    return BadData(exchange.id, what)


def _in_usd(bars: Bars) -> Bars:
    """Return bars of an inverse contract with volume and open interest in USD, the unit of its contracts."""
    return replace(bars, volume=bars.volume * bars.close, open_interest=bars.open_interest * bars.close)


def _middle(book: OrderBook) -> float:
    return float(f"{(book.bids[0, 0] + book.asks[0, 0]) / 2.0:.12g}")


def _of_series(series: Series | None) -> Rows:
    if series is None:
        raise Unsupported("no such bars")
    return Rows(series.time, np.column_stack((series.open, series.high, series.low, series.close, series.volume)))


def _of_interest(interest: OpenInterest) -> Rows:
    return Rows(interest.time, interest.amount[:, None])


def _of_liquidations(found: Liquidations) -> Rows:
    return Rows(found.time, np.column_stack((found.long, found.short)))
