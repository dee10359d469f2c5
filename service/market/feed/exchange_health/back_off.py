"""Back-off: what has just failed is not asked for again at once, and each time later."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from cachetools import LRUCache

from service.market.contract import ExchangeUnavailable, Resting

# Seconds before what failed is asked for again, the first time and at most.
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
# So many different things of one kind in a row, and the exchange has none of that kind for now.
MOST_FAILING = 8
# How much of a wait chance adds, and seconds at most.
SPREAD, MOST_SPREAD = 0.2, 3.0


def lengthened(seconds: float, jitter: Callable[[], float]) -> float:
    """Return a wait with what chance adds, so that many who began to wait together do not end together."""
    return seconds + min(SPREAD * seconds, MOST_SPREAD) * jitter()


@dataclass(frozen=True)
class _Failure:
    """What an attempt came to, how often in a row, and until when it is not made again (monotonic seconds)."""

    error: ExchangeUnavailable
    count: int
    until: float


class BackOff:
    """Remembers failures by exchange and key; safe to share between threads.

    One key waits for 1, 2, 4 .. 30 seconds. Where many keys of one exchange fail in a row and none answers in between,
    all of them wait.
    """

    def __init__(self, monotonic: Callable[[], float], jitter: Callable[[], float], size: int) -> None:
        """Remember nothing yet, and `size` keys at most; `jitter` returns 0..1 by chance."""
        self._monotonic, self._jitter = monotonic, jitter
        self._failures: LRUCache[Hashable, _Failure] = LRUCache(size)
        self._in_a_row: dict[str, set[Hashable]] = {}
        self._lock = threading.Lock()

    def check(self, exchange: str, key: Hashable) -> None:
        """Raise what the last attempt raised, while it is too early for another."""
        with self._lock:
            for each in ((exchange, key), (exchange,)):
                failure = self._failures.get(each)
                left = 0.0 if failure is None else failure.until - self._monotonic()
                if failure is not None and left > 0:
                    raise failure.error.again(left)

    def may(self, exchange: str, key: Hashable) -> bool:
        """Tell whether another attempt may be made."""
        try:
            self.check(exchange, key)
        except ExchangeUnavailable:
            return False
        return True

    def failed(self, exchange: str, key: Hashable, error: ExchangeUnavailable) -> None:
        """Note an attempt that failed; where all of the exchange is left alone, that is for its breaker."""
        if error.rest or isinstance(error, Resting):
            return
        with self._lock:
            self._lengthen((exchange, key), error)
            failing = self._in_a_row.setdefault(exchange, set())
            failing.add(key)
            if len(failing) >= MOST_FAILING:
                self._lengthen((exchange,), error)
                failing.clear()

    def succeeded(self, exchange: str, key: Hashable) -> None:
        """Forget the key's failures, and those that made all of the exchange wait."""
        with self._lock:
            for each in ((exchange, key), (exchange,)):
                self._failures.pop(each, None)
            self._in_a_row.pop(exchange, None)

    def _lengthen(self, key: Hashable, error: ExchangeUnavailable) -> None:
        before = self._failures.get(key)
        count = 1 if before is None else before.count + 1
        wait = min(FIRST_WAIT * 2.0 ** min(count - 1, 10), LONGEST_WAIT)
        self._failures[key] = _Failure(error, count, self._monotonic() + lengthened(wait, self._jitter))
