"""A crowd: many threads that start one call at the same moment, and a lock that tells when they have all come."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def crowd(size: int, call: Callable[[], T]) -> list[T | BaseException]:
    """Return what each of `size` threads got from call(), its exception where it raised."""
    barrier = threading.Barrier(size)

    def one() -> T | BaseException:
        barrier.wait(30)
        try:
            return call()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            return error

    with ThreadPoolExecutor(size) as pool:
        return [future.result(60) for future in [pool.submit(one) for _ in range(size)]]


class CountedLock:
    """A lock that lets a test know when so many threads have passed it."""

    def __init__(self, passes: int) -> None:
        """Set `passed` once that many have gone through."""
        self._lock, self._left, self.passed = threading.Lock(), passes, threading.Event()

    def __enter__(self) -> None:
        """Take the lock."""
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        """Give it back, and count."""
        self._left -= 1
        if self._left == 0:
            self.passed.set()
        self._lock.release()

    def then(self, act: Callable[[], None]) -> None:
        """Do something as soon as all have passed."""

        def wait() -> None:
            assert self.passed.wait(30)
            act()

        threading.Thread(target=wait).start()
