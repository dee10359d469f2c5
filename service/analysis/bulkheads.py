"""Bulkheads: each exchange has its own threads and its own queue, so that a dead one takes none of the others'."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

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
        names = list(exchanges)
        self._pools = {name: ThreadPoolExecutor(threads, thread_name_prefix=f"load-{name}") for name in names}
        self._room = {name: threading.BoundedSemaphore(threads + waiting) for name in names}

    def submit(self, exchange: str, call: Callable[[], T]) -> "Future[T]":
        """Run a load on the exchange's own threads; raises Overloaded at once where its queue is full.

        It works for the request that asks for it, and goes on doing so where that has been answered.
        """
        room = self._room[exchange]
        if not room.acquire(blocking=False):
            raise Overloaded(exchange)
        future = self._pools[exchange].submit(copy_context().run, call)
        future.add_done_callback(lambda _: room.release())
        return future
