"""Fetching: one call of an exchange however many callers want its answer, which is kept while it is fresh.

Snapshots are replaced as a whole when they are too old; `history` has the series, which grow.
"""

import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from cachetools import LRUCache

from service.cache import SingleFlight, StillLoading
from service.market.contract import ExchangeUnavailable
from service.market.feed.health import Health

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Upstream:
    """What all fetchers of a feed share.

    health  of each exchange, by id: every call goes through it, and it refuses calls while an exchange is left alone
    clock   returns epoch seconds
    wait    seconds that a caller waits for a call that another caller began; None for ever
    """

    health: Mapping[str, Health]
    clock: Callable[[], float]
    wait: float | None = None


class Fetcher(Generic[T]):
    """Values of one kind by exchange and key, at most `size` of them; safe to share between threads.

    What makes a value fresh, and what is made of an older one, is for its users to say.
    """

    def __init__(self, upstream: Upstream, size: int) -> None:
        """Keep nothing yet."""
        self._health = upstream.health
        self._kept: LRUCache[Hashable, T] = LRUCache(size)
        self._lock = threading.Lock()
        self._flight: SingleFlight[T] = SingleFlight(upstream.wait)

    def kept(self, exchange_id: str, key: Hashable) -> T | None:
        """Return the value that is kept, fresh or not; None if there is none."""
        with self._lock:
            return self._kept.get((exchange_id, key))

    def get(
        self, exchange_id: str, key: Hashable, fresh: Callable[[T], bool], load: Callable[[T | None, Health], T]
    ) -> T:
        """Return the kept value if it is `fresh`, else what `load` makes of it, and keep that.

        One caller at a time loads; the others share the value that comes of it, which may have been made for other
        needs than theirs, or its error. `load` is given what is kept, and the health through which it is to call the
        exchange; where it raises, what is kept stays.

        Raises ExchangeUnavailable where another caller's load takes too long, and whatever `load` raises.
        """
        value = self.kept(exchange_id, key)
        if value is not None and fresh(value):
            return value
        try:
            return self._flight.run((exchange_id, key), lambda: self._load(exchange_id, key, fresh, load))
        except StillLoading:
            why = "a request to it has been under way for too long"
            raise ExchangeUnavailable(exchange_id, why, cause="late") from None

    def _load(
        self, exchange_id: str, key: Hashable, fresh: Callable[[T], bool], load: Callable[[T | None, Health], T]
    ) -> T:
        kept = self.kept(exchange_id, key)
        if kept is not None and fresh(kept):
            # Another caller's load ended between this one's look and its turn.
            return kept
        value = load(kept, self._health[exchange_id])
        with self._lock:
            self._kept[exchange_id, key] = value
        return value


@dataclass(frozen=True, eq=False)
class _Snapshot(Generic[T]):
    """A value, and when it was read (epoch seconds)."""

    value: T
    read_at: float


class SnapshotFetcher(Generic[T]):
    """Values of one kind that are replaced as a whole, each kept for `seconds` after it was read."""

    def __init__(self, upstream: Upstream, size: int, seconds: float) -> None:
        """Keep nothing yet."""
        self._clock, self._seconds = upstream.clock, seconds
        self._fetcher: Fetcher[_Snapshot[T]] = Fetcher(upstream, size)

    def get(self, exchange_id: str, key: Hashable, call: Callable[[], T]) -> T:
        """Return the value that is kept, or that `call` gets from the exchange; raises as Fetcher.get does."""

        def load(_: _Snapshot[T] | None, health: Health) -> _Snapshot[T]:
            return _Snapshot(health.watch(call), self._clock())

        return self._fetcher.get(exchange_id, key, self._is_fresh, load).value

    def last(self, exchange_id: str, key: Hashable) -> T | None:
        """Return the value that was read last, however old; None if there is none."""
        kept = self._fetcher.kept(exchange_id, key)
        return None if kept is None else kept.value

    def _is_fresh(self, snapshot: _Snapshot[T]) -> bool:
        return self._clock() < snapshot.read_at + self._seconds
