"""Load: callers that keep asking, and what each of them was told."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

PROBLEM = "application/problem+json"
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Told:
    """One answer: when it was asked for (monotonic seconds), how long it took, and what it was.

    A status of 0 is none: the connection failed or ended early.
    """

    at: float
    seconds: float
    status: int
    kind: str = ""
    retry_after: str | None = None
    body: bytes = b""
    etag: str | None = None

    @property
    def good(self) -> bool:
        """Tell whether it is an answer and no error."""
        return self.status in {200, 304}

    @property
    def clean(self) -> bool:
        """Tell whether it is an answer, or an error said as the contract says it."""
        return self.good or (self.status >= 400 and self.kind == PROBLEM)


class Caller:
    """One caller with a connection of its own, opened again where it was closed."""

    def __init__(self, base: str, patience: float = PATIENCE_S) -> None:
        """Speak to the server at that URL."""
        self._host, self._patience = urlsplit(base).netloc, patience
        self._connection = http.client.HTTPConnection(self._host, timeout=patience)

    def ask(self, path: str, **headers: str) -> Told:
        """Return what came of one GET."""
        began = time.monotonic()
        try:
            self._connection.request("GET", path, headers=headers)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return Told(began, time.monotonic() - began, 0)
        kind, later = answer.headers.get("Content-Type", ""), answer.headers.get("Retry-After")
        return Told(began, time.monotonic() - began, answer.status, kind, later, body, answer.headers.get("ETag"))

    def close(self) -> None:
        """Hang up; the next question opens a connection again."""
        self._connection.close()


def once(base: str, paths: Iterable[str]) -> list[Told]:
    """Return what callers are told that ask at the same moment, each its own path."""
    return at_once([(base, path) for path in paths])


def at_once(questions: Sequence[tuple[str, str]]) -> list[Told]:
    """Return what callers are told that ask at the same moment, each a server of its own for a path."""
    told: list[Told | None] = [None] * len(questions)
    barrier = threading.Barrier(len(questions))

    def one(n: int) -> None:
        base, path = questions[n]
        caller = Caller(base)
        barrier.wait(PATIENCE_S)
        told[n] = caller.ask(path)
        caller.close()

    _all_of([lambda n=n: one(n) for n in range(len(questions))])  # type: ignore[misc]  # a default pins the loop's value
    return [each for each in told if each is not None]


class Crowd:
    """Callers that ask again and again until the block ends, each with a pause in between."""

    def __init__(self, base: str, paths: Sequence[str], callers: int, pause: float, *, validates: bool = False) -> None:
        """Let so many callers take the paths in turn; each `validates` what it has, with the ETag of it."""
        self._base, self._paths, self._pause, self._validates = base, paths, pause, validates
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(callers)]
        self.told: list[Told] = []

    def _ask(self, n: int) -> None:
        caller, headers = Caller(self._base), dict[str, str]()
        while not self._stop.wait(self._pause):
            told = caller.ask(self._paths[n % len(self._paths)], **headers)
            if self._validates and told.etag:
                headers = {"If-None-Match": told.etag}
            with self._lock:
                self.told.append(told)
        caller.close()

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, once each has its answer."""
        self._stop.set()
        for thread in self._threads:
            thread.join()


def _all_of(calls: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def p99(told: Sequence[Told]) -> float:
    """Return the 99th percentile of the seconds taken; 0 of none."""
    seconds = sorted(each.seconds for each in told)
    return seconds[min(len(seconds) - 1, int(0.99 * len(seconds)))] if seconds else 0.0


def by_status(told: Iterable[Told]) -> str:
    """Return how often each status came, in words."""
    counted = Counter(each.status for each in told)
    return ", ".join(f"{count} x {status}" for status, count in sorted(counted.items()))
