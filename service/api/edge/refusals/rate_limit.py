"""Rate limits: how many requests a minute one caller may make, counted together by all processes of one server.

The generic cell rate algorithm keeps one number for a caller: when it would be at rest again. These numbers lie in
memory that is mapped before the server forks, so that its processes share them. A number is locked while it is counted,
by a lock of its bytes, which the kernel takes back from a process that dies. Headers are as in
draft-ietf-httpapi-ratelimit-headers-10.
"""

import fcntl
import math
import mmap
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from weakref import finalize

WINDOW_SECONDS = 60.0
# Callers that are told apart: two share a number, and so a limit, once in so many pairs.
SLOTS = 1 << 17
_WIDTH = 8


@dataclass(frozen=True)
class Taken:
    """What became of one request: whether it may go on, how many more may, and seconds until it may / until at rest."""

    allowed: bool
    remaining: int
    wait: float
    reset: float


class RateLimit:
    """So many requests a minute of each caller; all of these may come at once."""

    def __init__(self, name: str, per_minute: int, salt: bytes, now: Callable[[], float]) -> None:
        """`salt` keeps callers from choosing whose number they share; all processes have the same monotonic `now`."""
        self.name, self.per_minute = name, per_minute
        self._interval = WINDOW_SECONDS / per_minute
        self._salt, self._now = salt, now
        self._file = _shared_file(SLOTS * _WIDTH)
        finalize(self, os.close, self._file)
        self._rests = memoryview(mmap.mmap(self._file, SLOTS * _WIDTH)).cast("d")
        self._lock = threading.Lock()

    def take(self, who: str) -> Taken:
        """Count one request of a caller."""
        slot = int.from_bytes(blake2b(who.encode(), digest_size=_WIDTH, key=self._salt).digest()) % SLOTS
        with self._alone(slot):
            now = self._now()
            rest = max(self._rests[slot], now)
            allowed = rest + self._interval <= now + WINDOW_SECONDS + 1e-6
            if allowed:
                rest += self._interval
                self._rests[slot] = rest
        left = math.floor((now + WINDOW_SECONDS - rest) / self._interval + 1e-6)
        return Taken(allowed, max(left, 0), max(rest + self._interval - now - WINDOW_SECONDS, 0.0), rest - now)

    @contextmanager
    def _alone(self, slot: int) -> Iterator[None]:
        """Keep a number from other threads and other processes: locks of bytes do not know threads."""
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX, _WIDTH, slot * _WIDTH)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, _WIDTH, slot * _WIDTH)

    def headers(self, taken: Taken) -> list[tuple[str, str]]:
        """Return the limit, and what is left of it, as the draft has it."""
        return [
            ("RateLimit-Policy", f'"{self.name}";q={self.per_minute};w={WINDOW_SECONDS:.0f}'),
            ("RateLimit", f'"{self.name}";r={taken.remaining};t={math.ceil(taken.reset)}'),
        ]


def _shared_file(size: int) -> int:
    """Return a descriptor of so many zeros, which processes that are forked later share; on Linux it is on no disk."""
    if sys.platform == "linux":
        file = os.memfd_create("rate-limit")
    else:
        with tempfile.TemporaryFile() as opened:
            file = os.dup(opened.fileno())
    os.truncate(file, size)
    return file
