"""Bulkheads: each exchange has its own threads and its own queue, so that a dead one takes none of the others'.

Loads that are equal are one while they are under way: whoever asks for the same joins, and a load that outlives the one
who began it is there for the next.
"""

import threading
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from service.market.contract import Overloaded
from service.ops.instruments import NO_INSTRUMENTS, Instruments

T = TypeVar("T")


class Bulkheads:
    """Threads by exchange, started on first use, so that they survive the fork of a preloaded application."""

    def __init__(
        self, exchanges: Iterable[str], threads: int, waiting: int, instruments: Instruments = NO_INSTRUMENTS
    ) -> None:
        """Give each exchange so many threads, and room for so many loads that wait for one."""
        self.instruments = instruments
        self._under_way: dict[tuple[str, Hashable], Future[Any]] = {}
        self._joined: set[Future[Any]] = set()
        # What is taken back is forgotten within the same turn.
        self._lock = threading.RLock()
        names = list(exchanges)
        self._pools = {name: ThreadPoolExecutor(threads, thread_name_prefix=f"load-{name}") for name in names}
        self._room = {name: threading.BoundedSemaphore(threads + waiting) for name in names}

    def submit(self, exchange: str, call: Callable[[], T]) -> "Future[T]":
        """Run a load on the exchange's own threads, or join an equal one; raises Overloaded where its queue is full.

        It works for the request that asked for it first, and goes on doing so where that has been answered.
        """
        key = exchange, call
        with self._lock:
            under_way = self._under_way.get(key)
            if under_way is not None:
                self._joined.add(under_way)
                return under_way
            future = self._begin(exchange, call)
            self._under_way[key] = future
        # The callback is given the future: one that held it would be a cycle, and its result would outlive its use.
        future.add_done_callback(lambda done: self._forget(key, done))
        return future

    def give_up(self, future: "Future[T]") -> None:
        """Take back a load that nobody waits for any more, where it has not begun."""
        with self._lock:
            if future not in self._joined:
                future.cancel()

    def _forget(self, key: tuple[str, Hashable], future: "Future[Any]") -> None:
        with self._lock:
            self._under_way.pop(key, None)
            self._joined.discard(future)

    def _begin(self, exchange: str, call: Callable[[], T]) -> "Future[T]":
        room = self._room[exchange]
        if not room.acquire(blocking=False):
            raise Overloaded(exchange)
        future = self._pools[exchange].submit(copy_context().run, call)
        future.add_done_callback(lambda _: room.release())
        return future
