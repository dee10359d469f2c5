"""Admission: what is being computed is bounded as a whole, and what goes beyond is turned away at once.

A dear answer leaves room for ordinary ones, so that a few of the dearest do not shut out everybody else. Kept answers
and probes ask for no admission.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from service.analysis.concurrency.cost import Cost
from service.market.contract import ExchangeUnavailable, Overloaded

T = TypeVar("T")
# An answer of more CPU seconds is a dear one; all of these together get this share of what there is.
DEAR_SECONDS, SHARE_OF_DEAR = 0.25, 0.75
# CPU seconds of work that are begun and not done: half a processor is done with them before callers give up.
USUAL_SECONDS, USUAL_BYTES = 4.0, 128 * 1024**2
RETRY_SECONDS = 2.0
# Answers that are computed side by side: more of them only share processors and the interpreter's lock, which kept
# answers and refusals need too.
AT_ONCE = 2


class Busy(Overloaded):
    """As much is being computed in this process as it can take."""

    def __init__(self) -> None:
        """Say so."""
        ExchangeUnavailable.__init__(self, "", "", RETRY_SECONDS)
        self.args = ("as much as this process can take is being computed; ask again",)


class DeadlinePassed(ExchangeUnavailable):
    """The time that a request is given was over before its answer could be computed."""

    def __init__(self, seconds: float) -> None:
        """Say how long that is."""
        ExchangeUnavailable.__init__(self, "", "", RETRY_SECONDS)
        self.args = (f"no answer could be computed within {seconds:g} s",)


@dataclass(frozen=True, eq=False)
class Admitted:
    """One request that was let in: what it takes, and until when (monotonic seconds) its answer is of use."""

    admission: "Admission"
    cost: Cost
    until: float

    def computing(self, compute: Callable[[], T]) -> Callable[[], T]:
        """Return `compute` as a call that waits for its turn; raises Busy, or DeadlinePassed where that is late."""

        def bounded() -> T:
            self.require_time()
            with self.admission.hold(self.cost), self.admission.turn(self.until):
                return compute()

        return bounded

    def require_time(self) -> None:
        """Raise DeadlinePassed where nobody waits for the answer any more."""
        self.admission.require_time(self.until)


class Admission:
    """Counts what is being computed; one per process, used by all its threads."""

    def __init__(
        self,
        deadline: float,
        most_seconds: float = USUAL_SECONDS,
        most_bytes: float = USUAL_BYTES,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """Give each request `deadline` seconds from its admission; `now` returns monotonic seconds."""
        self.deadline, self.now = deadline, now
        self._most = Cost(most_seconds, most_bytes)
        self._held = Cost(0.0, 0.0)
        self._lock = threading.Lock()
        self._turns = threading.Semaphore(AT_ONCE)

    def require_time(self, until: float) -> None:
        """Raise DeadlinePassed after that moment."""
        if self.now() > until:
            raise DeadlinePassed(self.deadline)

    @contextmanager
    def turn(self, until: float) -> Iterator[None]:
        """Wait for one of AT_ONCE turns, and hold it while the block runs; raises DeadlinePassed after that moment.

        The block takes no further turn: two such would wait for each other.
        """
        if not self._turns.acquire(timeout=max(0.0, until - self.now())):
            raise DeadlinePassed(self.deadline)
        try:
            self.require_time(until)
            yield
        finally:
            self._turns.release()

    def admit(self, cost: Cost) -> Admitted:
        """Let a request in before it loads anything; raises Busy where its answer could not be computed now."""
        with self._lock:
            self._require_room(cost)
        return Admitted(self, cost, self.now() + self.deadline)

    @contextmanager
    def hold(self, cost: Cost) -> Iterator[None]:
        """Count the cost while the block runs; raises Busy where there is no room for it."""
        with self._lock:
            self._require_room(cost)
            self._held = self._plus(cost, 1)
        try:
            yield
        finally:
            with self._lock:
                self._held = self._plus(cost, -1)

    def _require_room(self, cost: Cost) -> None:
        """Raise Busy unless it fits; what is alone always does."""
        share = SHARE_OF_DEAR if cost.seconds > DEAR_SECONDS else 1.0
        wanted = self._plus(cost, 1)
        too_much = wanted.seconds > share * self._most.seconds or wanted.memory > share * self._most.memory
        if too_much and self._held.seconds > 0.0:
            raise Busy

    def _plus(self, cost: Cost, sign: int) -> Cost:
        seconds, memory = self._held.seconds + sign * cost.seconds, self._held.memory + sign * cost.memory
        # What rounding leaves when all is done is nothing.
        return Cost(seconds if seconds > 1e-9 else 0.0, memory)  # noqa: PLR2004 - far below any cost
