"""Clocks: seconds that only go forward, and a time of day that no step of the system's clock moves at once.

What is fresh, what rests and what is too late is measured on the first. The second says which bars have closed: an hour
ahead would take the forming bar for a closed one, an hour behind would answer with an hour ago.
"""

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

# What is less apart than this is the system's clock being steered, and is followed.
STEERED_SECONDS = 1.0
# A step is followed once it has stood for so long: a machine that woke up, or whose clock was wrong when it started.
BELIEVED_SECONDS = 900.0


def seconds_since_boot() -> float:
    """Return monotonic seconds; those that the machine slept count where the system can tell."""
    kind = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if kind is None else time.clock_gettime(kind)


class SteadyClock:
    """Epoch seconds: those of `wall` when it was made and what has passed on `monotonic` since.

    Small differences are followed at once, a step only when it has stood for BELIEVED_SECONDS.
    """

    def __init__(self, wall: Callable[[], float], monotonic: Callable[[], float]) -> None:
        """Take the time from `wall` (epoch seconds) now; `monotonic` returns seconds from any start."""
        self._wall, self._monotonic = wall, monotonic
        self._offset = wall() - monotonic()
        self._step: tuple[float, float] | None = None
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """Return the time."""
        with self._lock:
            ticks = self._monotonic()
            self._follow(self._wall() - ticks, ticks)
            return ticks + self._offset

    def _follow(self, offset: float, ticks: float) -> None:
        if abs(offset - self._offset) <= STEERED_SECONDS:
            self._offset, self._step = offset, None
            return
        if self._step is None or abs(offset - self._step[0]) > STEERED_SECONDS:
            log.warning("the system's clock stepped by %.0f s: not followed for now", offset - self._offset)
            self._step = offset, ticks
        elif ticks - self._step[1] >= BELIEVED_SECONDS:
            log.warning("the system's clock has stood %.0f s apart: followed from here on", offset - self._offset)
            self._offset, self._step = offset, None
