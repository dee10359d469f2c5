"""A breaker: an exchange that failed as a whole is left alone, then tried by one call before all others follow."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from service.market.contract import ExchangeUnavailable, Resting
from service.market.feed.exchange_health.back_off import lengthened

# Seconds of the first rest of an exchange that fails without saying for how long, and of the longest.
FIRST_REST, LONGEST_REST = 5.0, 60.0
# Seconds after which a caller may ask again while another's call tries whether the exchange answers.
TRIAL_WAIT = 1.0
# What a breaker is: calls go through, one tries, none does.
CLOSED, HALF_OPEN, OPEN = 0, 1, 2


@dataclass(frozen=True)
class _Rest:
    """Why the exchange is left alone, until when (monotonic seconds), and how often it has been in a row."""

    error: ExchangeUnavailable
    until: float
    count: int


class Breaker:
    """Closed: calls go through. Open: none does, until the rest is over. Half-open: one does, and decides.

    A rest is as long as the exchange asked for, and at least FIRST_REST, twice as long each time that the trial fails
    too, LONGEST_REST at most; each is a little longer by chance, so that no two processes come back together.
    """

    def __init__(
        self, monotonic: Callable[[], float], jitter: Callable[[], float], tell: Callable[[int], None] = lambda _: None
    ) -> None:
        """Start closed; `jitter` returns 0..1 by chance, and `tell` is given each state that is learned, new or not."""
        self._monotonic, self._jitter, self._tell = monotonic, jitter, tell
        tell(CLOSED)
        self._rest: _Rest | None = None
        self._on_trial = False
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """Return the seconds until the exchange may be asked again, 0 if it may be now."""
        rest = self._rest
        return 0.0 if rest is None else max(rest.until - self._monotonic(), 0.0)

    def admit(self) -> bool:
        """Let a call through, or raise Resting; tell whether it is the trial, whose outcome must then be told."""
        with self._lock:
            rest = self._rest
            if rest is None:
                return False
            left = rest.until - self._monotonic()
            if left > 0 or self._on_trial:
                raise Resting(rest.error, max(left, TRIAL_WAIT))
            self._on_trial = True
            self._tell(HALF_OPEN)
            return True

    def succeeded(self, *, trial: bool) -> None:
        """Close after a trial; a call that was under way when the rest began says nothing."""
        with self._lock:
            if trial:
                self._rest, self._on_trial = None, False
            if self._rest is None:
                # Another process may have said otherwise, and ended since.
                self._tell(CLOSED)

    def failed(self, error: ExchangeUnavailable, *, trial: bool = False) -> None:
        """Open, or open again for longer; a call under way when the rest began shortens nothing."""
        with self._lock:
            before = self._rest
            count = 1 if before is None else before.count + trial
            least = min(FIRST_REST * 2.0 ** (count - 1), LONGEST_REST) if trial else 0.0
            until = self._monotonic() + lengthened(max(error.retry_after, least), self._jitter)
            if before is None or until > before.until:
                self._rest = _Rest(error, until, count)
            if trial:
                self._on_trial = False
            self._tell(HALF_OPEN if self._on_trial else OPEN)

    def undecided(self, *, trial: bool) -> None:
        """Let another call be the trial: this one ended without a word of the exchange."""
        if trial:
            with self._lock:
                self._on_trial = False
                self._tell(OPEN)
