"""Health: how calls to one exchange have gone in this process, and whether it is being left alone."""

from collections.abc import Callable
from typing import TypeVar

from service.market.contract import ExchangeUnavailable
from service.market.feed.exchange_health.breaker import Breaker

T = TypeVar("T")


class Health:
    """The last success and the last failure, in epoch seconds; `state` is untried, ok or failing, by what came last.

    An exchange that does not answer, or that asks for a pause, is left alone for a while: calls fail at once, with the
    reason, until `resting_until` (epoch seconds; None if it is not being left alone). One call then tries whether it
    answers again, see Breaker.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        monotonic: Callable[[], float] | None = None,
        jitter: Callable[[], float] = lambda: 0.0,
        tell: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Start untried; `clock` returns epoch seconds, `monotonic` (else `clock`) those that rests are measured in.

        `tell` is given each new state of the breaker.
        """
        self._clock = clock
        self._breaker = Breaker(monotonic or clock, jitter, tell)
        self.last_success: float | None = None
        self.last_failure: float | None = None
        self.last_error: str | None = None
        self.state = "untried"

    @property
    def resting_until(self) -> float | None:
        """Return when the exchange is asked again, None if it may be now."""
        left = self._breaker.left
        return self._clock() + left if left > 0 else None

    def fail(self, error: ExchangeUnavailable) -> None:
        """Note a failure: of a call, or of what several calls brought together."""
        self._note(error, trial=False)

    def watch(self, call: Callable[[], T]) -> T:
        """Return call(), noting how it went; only unavailability counts as a failure.

        Raises Resting without a call while the exchange is being left alone.
        """
        trial = self._breaker.admit()
        try:
            result = call()
        except ExchangeUnavailable as error:
            self._note(error, trial=trial)
            raise
        except BaseException:
            self._breaker.undecided(trial=trial)
            raise
        self._breaker.succeeded(trial=trial)
        self.last_success, self.state = self._clock(), "ok"
        return result

    def _note(self, error: ExchangeUnavailable, *, trial: bool) -> None:
        self.last_failure, self.last_error = self._clock(), error.reason
        self.state = "failing"
        if error.rest:
            self._breaker.failed(error, trial=trial)
        else:
            # It answers: what is wrong with one path is for those who ask for it to remember.
            self._breaker.succeeded(trial=trial)
