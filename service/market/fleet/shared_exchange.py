"""An exchange whose answers are looked for in the cache that replicas share before it is asked itself."""

import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from service.market.contract import (
    AccountRatio,
    Candles,
    Exchange,
    Funding,
    Liquidations,
    Market,
    OpenInterest,
    OrderBook,
    Tiers,
    TimeSeries,
)
from service.market.fleet.blocks import Block, blocks, joined
from service.market.fleet.entry import VERSION, Dated, Failure
from service.market.fleet.lease import Fleet, failure_key, fetch_once, read, write

S = TypeVar("S", bound=TimeSeries)
T = TypeVar("T")

# A snapshot that is never fresh is shared for so long all the same.
LEAST_SECONDS = 1.0
# The cache keeps it for so much longer: a snapshot says itself when it ends, by the replicas' clock, not the cache's.
KEPT_SECONDS = 60.0
# Wide ranges are fetched by whoever needs them: so many blocks at most are looked for in one call of the cache.
MOST_BLOCKS = 160


class _Asked(NamedTuple):
    """Rows of a series that are wanted, as the Exchange protocol has it."""

    symbol: str
    timeframe: str
    since: int
    until: int


class SharedExchange:
    """An exchange as the feed knows it; what it answers is what the exchange answered one of the replicas.

    Raises what the exchange raises. A failure that one replica met is everybody's for a moment.
    """

    def __init__(self, exchange: Exchange, fleet: Fleet, fresh: Mapping[str, float]) -> None:
        """Stand in for an exchange.

        `fresh` has the seconds for which replicas share each kind of snapshot: markets, book, funding, interest, ratio
        and tiers. They begin when one of them has it from the exchange, and all change over when they end.
        """
        self._ends = threading.local()
        self._fresh = {kind: max(seconds, LEAST_SECONDS) for kind, seconds in fresh.items()}
        self._exchange, self._fleet = exchange, fleet
        self.id, self.name, self.simulated = exchange.id, exchange.name, exchange.simulated
        self.capabilities, self.liquidation_rule = exchange.capabilities, exchange.liquidation_rule

    def markets(self) -> dict[str, Market]:
        """Return what the exchange lists."""
        return self._snapshot("markets", dict, "", self._exchange.markets)

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return traded bars."""
        return self._series("ohlcv", Candles, self._exchange.ohlcv, _Asked(symbol, timeframe, since, until))

    def mark_ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return mark-price bars."""
        if not self.capabilities.mark_price:
            return self._exchange.mark_ohlcv(symbol, timeframe, since, until)
        return self._series("mark", Candles, self._exchange.mark_ohlcv, _Asked(symbol, timeframe, since, until))

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return open-interest history."""
        if not self.capabilities.open_interest_history:
            return self._exchange.open_interest(symbol, timeframe, since, until)
        return self._series(
            "interests", OpenInterest, self._exchange.open_interest, _Asked(symbol, timeframe, since, until)
        )

    def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Liquidations:
        """Return realised liquidations."""
        if not self.capabilities.liquidations:
            return self._exchange.liquidations(symbol, timeframe, since, until)
        return self._series(
            "liquidations", Liquidations, self._exchange.liquidations, _Asked(symbol, timeframe, since, until)
        )

    def open_interest_now(self, symbol: str) -> OpenInterest:
        """Return the present open interest."""
        return self._snapshot("interest", OpenInterest, symbol, lambda: self._exchange.open_interest_now(symbol))

    def account_ratio(self, symbol: str) -> AccountRatio:
        """Return the newest ratio of accounts."""
        if not self.capabilities.account_ratio:
            return self._exchange.account_ratio(symbol)
        return self._snapshot("ratio", AccountRatio, symbol, lambda: self._exchange.account_ratio(symbol))

    def order_book(self, symbol: str) -> OrderBook:
        """Return the order book."""
        return self._snapshot("book", OrderBook, symbol, lambda: self._exchange.order_book(symbol))

    def funding(self, symbol: str) -> Funding:
        """Return the funding rate."""
        return self._snapshot("funding", Funding, symbol, lambda: self._exchange.funding(symbol))

    def tiers(self, symbol: str) -> Tiers:
        """Return the risk tiers."""
        return self._snapshot("tiers", Tiers, symbol, lambda: self._exchange.tiers(symbol))

    def fresh_until(self) -> float | None:
        """Return until when the snapshot is fresh that this thread had last, epoch seconds; None if it had none."""
        until: float | None = getattr(self._ends, "until", None)
        return until

    def close(self) -> None:
        """Close the exchange's connections, where it has any."""
        close = getattr(self._exchange, "close", None)
        if close is not None:
            close()

    def _snapshot(self, kind: str, of: type[T], symbol: str, call: Callable[[], T]) -> T:
        seconds, now = self._fresh[kind], self._fleet.clock
        key = self._key(kind, symbol)
        lease = f"{key}:lease"

        def look() -> Dated | Failure | None:
            found = read(self._fleet, [key, failure_key(lease)])
            dated = found.get(key)
            # One that lasts much longer than any does is of a replica whose clock is wrong.
            if (
                isinstance(dated, Dated)
                and isinstance(dated.value, of)
                and now() < dated.until <= now() + 2.0 * seconds
            ):
                return dated
            return _failure(found.get(failure_key(lease)))

        def fetch() -> Dated:
            value = call()
            dated = Dated(value, now() + seconds)
            write(self._fleet, {key: dated}, seconds + KEPT_SECONDS)
            return dated

        dated = self._found_or_fetched(lease, look, fetch)
        self._ends.until = dated.until
        value: T = dated.value  # type: ignore[assignment]  # looked at above, or what the call returned
        return value

    def _series(self, kind: str, of: type[S], call: Callable[[str, str, int, int], S], asked: _Asked) -> S:
        wanted = blocks(asked.timeframe, asked.since, asked.until, int(1000 * self._fleet.clock()))
        if not 0 < len(wanted) <= MOST_BLOCKS:
            return call(*asked)
        keys = {self._key(kind, asked.symbol, asked.timeframe, block.name): block for block in wanted}
        lease = f"{self._key(kind, asked.symbol, asked.timeframe, str(asked.until))}:lease"

        def look() -> S | Failure | None:
            found = read(self._fleet, [*keys, failure_key(lease)])
            parts = _of_kind(of, found)
            if len(parts) == len(keys):
                return joined([parts[key] for key in keys]).between(asked.since, asked.until)
            return _failure(found.get(failure_key(lease)))

        def fetch() -> S:
            parts = _of_kind(of, read(self._fleet, list(keys)))
            missing = {key: block for key, block in keys.items() if key not in parts}
            first = min((block.since for block in missing.values()), default=asked.since)
            rows = call(asked.symbol, asked.timeframe, first, asked.until)
            self._keep(missing, rows)
            older = [parts[key] for key, block in keys.items() if key in parts and block.until <= first]
            return joined([*older, rows]).between(asked.since, asked.until)

        return self._found_or_fetched(lease, look, fetch)

    def _found_or_fetched(self, lease: str, look: Callable[[], T | Failure | None], fetch: Callable[[], T]) -> T:
        """Return what the cache has at first sight; a failure there is for those who would fetch."""
        found = look()
        if found is None or isinstance(found, Failure):
            return fetch_once(self._fleet, lease, look, fetch)
        return found

    def _keep(self, missing: dict[str, Block], rows: TimeSeries) -> None:
        """Put the rows of each missing block into the cache, for as long as each is worth it."""
        by_seconds: dict[float, dict[str, object]] = {}
        for key, block in missing.items():
            part = rows.between(block.since, block.until)
            by_seconds.setdefault(block.seconds(part), {})[key] = part
        for seconds, contents in by_seconds.items():
            write(self._fleet, contents, seconds)

    def _key(self, *parts: str) -> str:
        return ":".join(("lh", str(VERSION), self.id, *parts))


def _failure(found: object) -> Failure | None:
    return found if isinstance(found, Failure) else None


def _of_kind(kind: type[S], found: dict[str, object]) -> dict[str, S]:
    """Return the values that are what they should be: what is not was never ours."""
    return {key: value for key, value in found.items() if isinstance(value, kind)}
