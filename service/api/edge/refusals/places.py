"""Places: how many requests are worked on at once, so that a thread is left for kept answers, probes and refusals."""

import threading


class Places:
    """Counts requests that are worked on; one per process, shared by its threads.

    Of the threads, an eighth and no fewer than two are left free. Half of these may make anew an answer that is kept:
    many ask for that one, and what is kept stands in for them meanwhile.
    """

    def __init__(self, threads: int) -> None:
        """Divide so many threads."""
        free = max(2, threads // 8)
        self._most = max(1, threads - free)
        self._most_renewing = self._most + free // 2
        self._taken = 0
        self._lock = threading.Lock()

    def take(self, *, renewing: bool = False) -> bool:
        """Take a place where there is one; never waits. Who has taken one gives it back by `leave`."""
        with self._lock:
            if self._taken >= (self._most_renewing if renewing else self._most):
                return False
            self._taken += 1
            return True

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._taken -= 1
