"""Admission: what is being computed is bounded as a whole, and what goes beyond is turned away at once.

A costly answer leaves room for ordinary ones, so that a few of the costliest do not shut out everybody else. Kept
answers and probes ask for no admission.

Who is let in has its room from then on, for as long as it takes to load what is kept: where it had none until it comes
to compute, a crowd loads side by side what most of it is then refused for, which takes a tenth of what computing does.
Who waits for an exchange after that counts again once it computes.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TypeVar

from service.analysis.concurrency.cost import Cost
from service.market.contract import ExchangeUnavailable, Overloaded
from service.ops.request_scope import RequestScope, current_scope

T = TypeVar("T")
# An answer of more CPU seconds is a costly one; all of these together get this share of what there is.
COSTLY_SECONDS, SHARE_OF_COSTLY = 0.25, 0.75
# CPU seconds of work that are begun and not done: half a processor is done with them before callers give up.
USUAL_SECONDS, USUAL_BYTES = 4.0, 128 * 1024**2
RETRY_SECONDS = 2.0
# Answers that are computed side by side: more of them only share processors and the interpreter's lock, which kept
# answers and refusals need too.
TURNS = 2
# While a request waits for its turn it is looked so often whether its caller is still there.
LOOK_SECONDS = 0.25
# Who was let in counts for so long before it computes; loads from what is kept are over by then on a busy machine too.
COMING_SECONDS = 0.5
# A route is turned away unread while the least of its ordinary answers that was refused lately does not fit; after so
# many seconds one is read again. Costly ones are no measure: where they do not fit, ordinary ones may.
UNREAD_SECONDS = 1.0


class Busy(Overloaded):
    """As much is being computed in this process as it can take."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("", "as much as this process can take is being computed; ask again", RETRY_SECONDS)


class DeadlinePassed(ExchangeUnavailable):
    """The time that a request is given was over before its answer could be computed."""

    def __init__(self, seconds: float) -> None:
        """Say how long that is."""
        super().__init__("", f"no answer could be computed within {seconds:g} s", RETRY_SECONDS)


class CallerGone(Exception):
    """Whoever asked has hung up, and nobody else waits for the answer."""


@dataclass(frozen=True, eq=False)
class Admitted:
    """One request that was let in: what it takes, and until when (monotonic seconds) its answer is of use."""

    admission: "Admission"
    cost: Cost
    until: float

    def computing(self, compute: Callable[[], T]) -> Callable[[], T]:
        """Return `compute` as a call that waits for its turn.

        It raises Busy, DeadlinePassed where it is too late, and CallerGone.
        """

        def bounded() -> T:
            self.require_time()
            current_scope().check()
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
        # Let in and not computing yet, by what was asked: equal requests share one answer, and so one room.
        self._coming: dict[str, tuple[float, Cost]] = {}
        # The least that each route was refused for, and until when that is believed.
        self._refused: dict[str, tuple[float, Cost]] = {}
        self._lock = threading.Lock()
        self._turns = threading.Semaphore(TURNS)

    def require_time(self, until: float) -> None:
        """Raise DeadlinePassed after that moment."""
        if self.now() > until:
            raise DeadlinePassed(self.deadline)

    def require_wanted(self, scope: RequestScope) -> None:
        """Raise where nobody waits for what a request computes: DeadlinePassed, or CallerGone where there is time."""
        now = self.now()
        in_time = [each for each in (scope, *scope.waiting) if now <= each.until]
        if not in_time:
            raise DeadlinePassed(self.deadline)
        if all(each.gone() for each in in_time):
            raise CallerGone

    @contextmanager
    def turn(self, until: float) -> Iterator[None]:
        """Wait for one of TURNS turns, and hold it while the block runs; raises DeadlinePassed after that moment.

        The block takes no further turn: two such would wait for each other. Raises CallerGone.
        """
        check = current_scope().check
        left = until - self.now()
        while not self._turns.acquire(timeout=max(0.0, min(LOOK_SECONDS, left))):
            if left <= LOOK_SECONDS:
                raise DeadlinePassed(self.deadline)
            check()
            left = until - self.now()
        try:
            self.require_time(until)
            check()
            yield
        finally:
            self._turns.release()

    def admit(self, cost: Cost) -> Admitted:
        """Let a request in before it loads anything; raises Busy where its answer could not be computed now."""
        scope, now = current_scope(), self.now()
        with self._lock:
            if not self._fits(cost, scope.asked):
                self._note_refused(scope.route, cost)
                raise Busy
            if scope.asked:
                self._coming[scope.asked] = (now + COMING_SECONDS, cost)
        scope.until, scope.check = now + self.deadline, partial(self.require_wanted, scope)
        return Admitted(self, cost, now + self.deadline)

    def turns_away(self, route: str) -> bool:
        """Tell whether `admit` would refuse what is asked of a route, going by what it has refused there lately."""
        with self._lock:
            until, cost = self._refused.get(route, (0.0, Cost(0.0, 0.0)))
            return self.now() < until and not self._fits(cost, "")

    def ended(self, asked: str) -> None:
        """Give back the room of a request that has come to its end without computing."""
        with self._lock:
            self._coming.pop(asked, None)

    @contextmanager
    def hold(self, cost: Cost) -> Iterator[None]:
        """Count the cost while the block runs; raises Busy where there is no room for it."""
        asked = current_scope().asked
        with self._lock:
            if not self._fits(cost, asked):
                raise Busy
            self._coming.pop(asked, None)
            self._held = self._held.plus(cost)
        try:
            yield
        finally:
            with self._lock:
                self._held = self._held.plus(cost, -1)

    def _note_refused(self, route: str, cost: Cost) -> None:
        if cost.seconds > COSTLY_SECONDS:
            return
        now = self.now()
        until, least = self._refused.get(route, (0.0, cost))
        self._refused[route] = (until, least.least(cost)) if now < until else (now + UNREAD_SECONDS, cost)

    def _fits(self, cost: Cost, asked: str) -> bool:
        """Tell whether there is room for it beside what others compute or are about to; what is alone always fits."""
        taken, now = self._held, self.now()
        for other, (until, coming) in self._coming.items():
            if other != asked and now < until:
                taken = taken.plus(coming)
        share = SHARE_OF_COSTLY if cost.seconds > COSTLY_SECONDS else 1.0
        wanted = taken.plus(cost)
        too_much = wanted.seconds > share * self._most.seconds or wanted.memory > share * self._most.memory
        return not too_much or taken.seconds == 0.0
