"""Caching: one load per key however many callers wait, values kept for a while, memory bounded."""

import threading
from collections.abc import Callable, Hashable
from concurrent import futures
from typing import TYPE_CHECKING, Generic, TypeVar

from cachetools import TTLCache

from service.ops.spans import link_to, span_here

if TYPE_CHECKING:
    from opentelemetry.trace import SpanContext

T = TypeVar("T")


class StillLoading(Exception):
    """Another caller's load of the same key has not come back within the time that one waits for it."""


class SingleFlight(Generic[T]):
    """Runs one call per key at a time; callers that arrive meanwhile share its result, or its failure, once.

    In a trace, the span of who shares links to the span in which the call is made.
    """

    def __init__(self, wait: float | None = None) -> None:
        """Start with no call under way; `wait` is how many seconds a caller waits for another's call, None for ever."""
        self._lock = threading.Lock()
        self._flights: dict[Hashable, tuple[futures.Future[T], SpanContext | None]] = {}
        self._wait = wait

    def run(self, key: Hashable, call: Callable[[], T]) -> T:
        """Return call(), or the result of the same key's call that is under way; raises StillLoading."""
        with self._lock:
            under_way = self._flights.get(key)
            flight, span = under_way or self._flights.setdefault(key, (futures.Future(), span_here()))
        if under_way is None:
            self._lead(key, flight, call)
        else:
            link_to(span)
            if not futures.wait([flight], self._wait).done:
                raise StillLoading
        try:
            return flight.result()
        finally:
            # A failure holds this frame, and the frame would hold the failure: break the circle.
            del flight, under_way

    def _lead(self, key: Hashable, flight: "futures.Future[T]", call: Callable[[], T]) -> None:
        try:
            flight.set_result(call())
        except BaseException as error:  # noqa: BLE001 - whatever ended the call ends it for every waiter too
            flight.set_exception(error)
        finally:
            with self._lock:
                del self._flights[key]


class TimedCache(Generic[T]):
    """Keeps loaded values for `seconds`, at most `size` of them; failures are never kept."""

    def __init__(self, size: int, seconds: float, clock: Callable[[], float], wait: float | None = None) -> None:
        """`clock` returns seconds, the application's own; `wait` is as SingleFlight has it."""
        self._values: TTLCache[Hashable, tuple[T]] = TTLCache(size, seconds, timer=clock)
        self._lock = threading.Lock()
        self._flight: SingleFlight[tuple[T]] = SingleFlight(wait)

    def get(self, key: Hashable, load: Callable[[], T]) -> T:
        """Return the kept value of `key`, or load it; raises StillLoading."""
        kept = self._kept(key) or self._flight.run(key, lambda: self._load(key, load))
        return kept[0]

    def _kept(self, key: Hashable) -> tuple[T] | None:
        # One look-up: between asking whether it is there and taking it, it could expire.
        with self._lock:
            return self._values.get(key)

    def _load(self, key: Hashable, load: Callable[[], T]) -> tuple[T]:
        # A load that ended between this caller's look and its turn has left the value here.
        kept = self._kept(key)
        if kept is None:
            kept = (load(),)
            with self._lock:
                self._values[key] = kept
        return kept
