"""Seats: how many requests wait for exchanges at once, so that a thread is left for whoever need not wait.

While exchanges answer, a request waits a moment for a seat. Where they do not, it is turned away at once: it would only
wait to be turned away.
"""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from service.market.contract import Overloaded

# Of the threads of a process, those that never wait for an exchange: a quarter, and no fewer than two.
NEVER_WAITING, LEAST_NEVER_WAITING = 4, 2
# Seconds that a request waits for a seat at most, on a thread that others need, and after which whoever sits on one is
# taken to wait in vain.
SEAT_SECONDS, STUCK_SECONDS = 0.15, 0.5


@dataclass(frozen=True, eq=False)
class _Seat:
    """For which exchanges somebody waits, and since when a load has been under way (monotonic seconds)."""

    exchanges: frozenset[str]
    since: float


class Seats:
    """Gives a request a seat while it waits; safe to share between threads."""

    def __init__(self, threads: int, clock: Callable[[], float]) -> None:
        """Leave a quarter of the threads free, and of the rest one that does not wait for the same exchange."""
        self._most = max(1, threads - max(LEAST_NEVER_WAITING, threads // NEVER_WAITING))
        self._each = max(1, self._most - 1)
        self._clock = clock
        self._seats: set[_Seat] = set()
        self._changed = threading.Condition()

    def hopeless(self, exchanges: Collection[str]) -> bool:
        """Tell whether there is no seat, and none will come free for all that is known."""
        with self._changed:
            return self._is_stuck(self._hindered(exchanges))

    @contextmanager
    def taken(self, exchanges: Collection[str], since: float) -> Iterator[None]:
        """Hold a seat within the block, for a wait since then for these exchanges; raises Overloaded without one."""
        with self._changed:
            until = self._clock() + SEAT_SECONDS
            while hindered := self._hindered(exchanges):
                left = until - self._clock()
                if left <= 0 or self._is_stuck(hindered):
                    raise Overloaded(next(iter(exchanges)))
                self._changed.wait(left)
            seat = _Seat(frozenset(exchanges), since)
            self._seats.add(seat)
        try:
            yield
        finally:
            with self._changed:
                self._seats.discard(seat)
                self._changed.notify_all()

    def _hindered(self, exchanges: Collection[str]) -> list[_Seat]:
        """Return the seats that leave none for these exchanges; empty where there is one."""
        if len(self._seats) >= self._most:
            return list(self._seats)
        for name in exchanges:
            taken = [seat for seat in self._seats if name in seat.exchanges]
            if len(taken) >= self._each:
                return taken
        return []

    def _is_stuck(self, seats: list[_Seat]) -> bool:
        return any(self._clock() - seat.since > STUCK_SECONDS for seat in seats)
