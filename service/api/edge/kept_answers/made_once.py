"""Made once: of requests that wait for the same answer one makes it, for as long as any of them is there."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from service.analysis.concurrency.admission import CallerGone
from service.cache import SingleFlight
from service.ops.request_scope import RequestScope, current_scope

T = TypeVar("T")


class MadeOnce(Generic[T]):
    """Runs one call per key at a time, on the thread of one of the requests that wait for it.

    Whoever comes meanwhile is noted in the scope of the request whose call it seems to be, so that this goes on for
    their sake where its own caller hangs up. Where it was given up all the same, one of the others makes the call.
    """

    def __init__(self) -> None:
        """Start with no call under way."""
        self._flight: SingleFlight[T] = SingleFlight()
        self._leading: dict[str, RequestScope] = {}
        self._lock = threading.Lock()

    def run(self, key: str, call: Callable[[], T]) -> T:
        """Return call(), or the result of the same key's that is under way; raises CallerGone."""
        scope = current_scope()
        while True:
            with self._lock:
                leader = self._leading.setdefault(key, scope)
                if leader is not scope:
                    leader.waiting.append(scope)
            try:
                return self._flight.run(key, call)
            except CallerGone:
                if leader is scope:
                    raise
                scope.check()
            finally:
                with self._lock:
                    if self._leading.get(key) is scope:
                        del self._leading[key]
