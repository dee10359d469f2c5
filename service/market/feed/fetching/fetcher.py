"""Fetching: one call of an exchange however many callers want its answer, which is kept while it is fresh.

What is no longer fresh stands in for a while: it is given where a new one is not there at once, and one call behind the
callers fetches that.

Snapshots are replaced as a whole when they are too old; `history` has the series, which grow.
"""

import logging
import threading
from collections.abc import Callable, Hashable, Mapping
from concurrent import futures
from dataclasses import dataclass, field, replace
from typing import Generic, TypeAlias, TypeVar

from cachetools import LRUCache

from service.cache import SingleFlight, StillLoading
from service.market.contract import ExchangeUnavailable, MarketError, Overloaded
from service.market.feed.exchange_health.back_off import BackOff
from service.market.feed.exchange_health.health import Health
from service.market.feed.fetching.freshness import Limit

log = logging.getLogger(__name__)

T = TypeVar("T")
Behind: TypeAlias = Callable[[str, Callable[[], None]], "futures.Future[None]"]

# Seconds that a caller waits for what is newer before it takes what is kept: an exchange that is well answers in less.
GRACE_SECONDS = 0.25


@dataclass(frozen=True, eq=False)
class Upstream:
    """What all fetchers of a feed share.

    health     of each exchange, by id: every call goes through it, and it refuses calls while one is left alone
    clock      returns epoch seconds
    monotonic  returns the seconds that ages and waits are measured in
    wait       seconds that a caller waits for a call that another caller began; None for ever
    jitter     returns 0..1 by chance, for waits that are not to end together
    behind     starts work for an exchange on a thread of its own, or raises Overloaded; None: nothing is given stale
    ends       by id of each exchange whose snapshots replicas share: returns until when the snapshot is fresh that this
               thread read last, epoch seconds, so that all replicas change over together
    """

    health: Mapping[str, Health]
    clock: Callable[[], float]
    monotonic: Callable[[], float]
    wait: float | None = None
    jitter: Callable[[], float] = lambda: 0.0
    behind: Behind | None = None
    ends: Mapping[str, Callable[[], float | None]] = field(default_factory=dict)


class Fetcher(Generic[T]):
    """Values of one kind by exchange and key, at most `size` of them; safe to share between threads.

    What makes a value fresh, until when it stands in, and what is made of an older one, is for its users to say.
    """

    def __init__(self, upstream: Upstream, size: int) -> None:
        """Keep nothing yet."""
        self._health, self._behind, self._monotonic = upstream.health, upstream.behind, upstream.monotonic
        self._kept: LRUCache[Hashable, T] = LRUCache(size)
        self._back_off = BackOff(upstream.monotonic, upstream.jitter, size)
        self._lock = threading.Lock()
        self._flight: SingleFlight[T] = SingleFlight(upstream.wait)
        self._refreshing: dict[Hashable, tuple[futures.Future[None], float]] = {}

    def kept(self, exchange_id: str, key: Hashable) -> T | None:
        """Return the value that is kept, fresh or not; None if there is none."""
        with self._lock:
            return self._kept.get((exchange_id, key))

    def get(
        self,
        exchange_id: str,
        key: Hashable,
        fresh: Callable[[T], bool],
        load: Callable[[T | None, Health], T],
        stands_in: Callable[[T], bool] = lambda _: False,
    ) -> T:
        """Return the kept value if it is `fresh`, else what `load` makes of it, and keep that.

        One caller at a time loads; the others share the value that comes of it, which may have been made for other
        needs than theirs, or its error. `load` is given what is kept, and the health through which it is to call the
        exchange; where it raises, what is kept stays, and who asks again too early has the same error. A value that
        `stands_in` is given where the load takes longer than GRACE_SECONDS, fails, or is too early; the load goes on.

        Raises ExchangeUnavailable where another caller's load takes too long, and whatever `load` raises.
        """
        value = self.kept(exchange_id, key)
        if value is not None and fresh(value):
            return value

        def work() -> T:
            return self._flight.run((exchange_id, key), lambda: self._load(exchange_id, key, fresh, load))

        if value is not None and self._behind is not None and stands_in(value):
            self._refresh(self._behind, exchange_id, key, work)
            return self.kept(exchange_id, key) or value
        try:
            return work()
        except StillLoading:
            why = "a request to it has been under way for too long"
            raise ExchangeUnavailable(exchange_id, why, cause="late") from None

    def _refresh(self, behind: Behind, exchange_id: str, key: Hashable, work: Callable[[], T]) -> None:
        """Begin to load behind the callers, or join who did, and wait for a moment; not where it is too early."""
        place = exchange_id, key
        with self._lock:
            under_way = self._refreshing.get(place)
        if under_way is None:
            if self._health[exchange_id].resting_until is not None or not self._back_off.may(exchange_id, key):
                return
            try:
                under_way = behind(exchange_id, lambda: self._work_behind(place, work)), self._monotonic()
            except Overloaded:
                return
            with self._lock:
                self._refreshing[place] = under_way
            under_way[0].add_done_callback(lambda _: self._forget_refresh(place))
        future, began = under_way
        futures.wait([future], max(0.0, GRACE_SECONDS - (self._monotonic() - began)))

    def _forget_refresh(self, place: Hashable) -> None:
        with self._lock:
            self._refreshing.pop(place, None)

    @staticmethod
    def _work_behind(place: Hashable, work: Callable[[], T]) -> None:
        try:
            work()
        except (MarketError, StillLoading) as error:
            # Nobody waits for it: the exchange's health has it, and who asks when nothing stands in any more.
            log.info("not refreshed: %s: %s", place, error)
        except Exception:
            log.exception("not refreshed: %s", place)

    def _load(
        self, exchange_id: str, key: Hashable, fresh: Callable[[T], bool], load: Callable[[T | None, Health], T]
    ) -> T:
        kept = self.kept(exchange_id, key)
        if kept is not None and fresh(kept):
            # Another caller's load ended between this one's look and its turn.
            return kept
        self._back_off.check(exchange_id, key)
        try:
            value = load(kept, self._health[exchange_id])
        except ExchangeUnavailable as error:
            self._back_off.failed(exchange_id, key, error)
            raise
        self._back_off.succeeded(exchange_id, key)
        with self._lock:
            self._kept[exchange_id, key] = value
        return value


@dataclass(frozen=True, eq=False)
class Snapshot(Generic[T]):
    """A value, when it was read, until when it is fresh (monotonic seconds), and whether it was when it was given."""

    value: T
    read_at: float
    fresh_until: float
    is_fresh: bool = True


class SnapshotFetcher(Generic[T]):
    """Values of one kind that are replaced as a whole, each kept as long as its kind's limit says."""

    def __init__(self, upstream: Upstream, size: int, limit: Limit) -> None:
        """Keep nothing yet."""
        self._clock, self._monotonic, self._limit = upstream.clock, upstream.monotonic, limit
        self._ends = upstream.ends
        self._fetcher: Fetcher[Snapshot[T]] = Fetcher(upstream, size)

    def get(self, exchange_id: str, key: Hashable, call: Callable[[], T]) -> T:
        """Return the value that is kept, or that `call` gets from the exchange; raises as Fetcher.get does."""
        return self.read(exchange_id, key, call).value

    def read(self, exchange_id: str, key: Hashable, call: Callable[[], T]) -> Snapshot[T]:
        """Return the same with its age; raises as Fetcher.get does."""

        def load(_: Snapshot[T] | None, health: Health) -> Snapshot[T]:
            value, now = health.watch(call), self._monotonic()
            left = self._left(exchange_id)
            # What another replica read earlier is as old as it is.
            return Snapshot(value, now + left - self._limit.fresh, now + left)

        snapshot = self._fetcher.get(exchange_id, key, self._is_fresh, load, self._stands_in)
        return snapshot if self._is_fresh(snapshot) else replace(snapshot, is_fresh=False)

    def _left(self, exchange_id: str) -> float:
        """Return for how many seconds what was read just now is fresh."""
        until = self._ends[exchange_id]() if exchange_id in self._ends else None
        return self._limit.fresh if until is None else min(max(until - self._clock(), 0.0), self._limit.fresh)

    def last(self, exchange_id: str, key: Hashable) -> T | None:
        """Return the value that was read last, however old; None if there is none."""
        kept = self._fetcher.kept(exchange_id, key)
        return None if kept is None else kept.value

    def _is_fresh(self, snapshot: Snapshot[T]) -> bool:
        return self._monotonic() < snapshot.fresh_until

    def _stands_in(self, snapshot: Snapshot[T]) -> bool:
        return self._monotonic() < snapshot.read_at + self._limit.stale
