"""Caching: one load per key however many callers wait, values kept for a while, memory bounded."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

from cachetools import TTLCache

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs one call per key at a time; callers that arrive meanwhile share its result, or its failure, once."""

    def __init__(self) -> None:
        """Start with no call under way."""
        self._lock = threading.Lock()
        self._flights: dict[Hashable, Future[T]] = {}

    def run(self, key: Hashable, call: Callable[[], T]) -> T:
        """Return call(), or the result of the same key's call that is under way."""
        with self._lock:
            flight = self._flights.get(key)
            mine = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if mine:
            self._lead(key, flight, call)
        return flight.result()

    def _lead(self, key: Hashable, flight: "Future[T]", call: Callable[[], T]) -> None:
        try:
            flight.set_result(call())
        except BaseException as error:  # noqa: BLE001 - whatever ended the call ends it for every waiter too
            flight.set_exception(error)
        finally:
            with self._lock:
                del self._flights[key]


class TimedCache(Generic[T]):
    """Keeps loaded values for `seconds`, at most `size` of them; failures are never kept.

    The seam for more: a second, shared level or serving stale while refreshing belongs behind `get`.
    """

    def __init__(self, size: int, seconds: float, clock: Callable[[], float]) -> None:
        """`clock` returns seconds; the one of the application, so that tests can move it."""
        self._values: TTLCache[Hashable, T] = TTLCache(size, seconds, timer=clock)
        self._lock = threading.Lock()
        self._flight: SingleFlight[T] = SingleFlight()

    def get(self, key: Hashable, load: Callable[[], T]) -> T:
        """Return the kept value of `key`, or load it."""
        with self._lock:
            if key in self._values:
                return self._values[key]
        return self._flight.run(key, lambda: self._load(key, load))

    def _load(self, key: Hashable, load: Callable[[], T]) -> T:
        value = load()
        with self._lock:
            self._values[key] = value
        return value
