"""Health: how calls to one exchange have gone in this process, and whether it is being left alone."""

from collections.abc import Callable
from typing import TypeVar

from service.market.contract import ExchangeUnavailable

T = TypeVar("T")


class Health:
    """The last success and the last failure, in epoch seconds; `state` is untried, ok or failing, by what came last.

    An exchange that does not answer, or that asks for a pause, is left alone for a while: calls fail at once, with the
    reason, until `resting_until` (epoch seconds; None if it is not being left alone).
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start untried; `clock` returns epoch seconds."""
        self._clock = clock
        self.last_success: float | None = None
        self.last_failure: float | None = None
        self.last_error: str | None = None
        self.state = "untried"
        self._rest: tuple[ExchangeUnavailable, float] | None = None

    @property
    def resting_until(self) -> float | None:
        """Return when the exchange is asked again, None if it may be now."""
        rest = self._rest
        return rest[1] if rest is not None and self._clock() < rest[1] else None

    def fail(self, error: ExchangeUnavailable) -> None:
        """Note a failure: of a call, or of what several calls brought together."""
        self.last_failure, self.last_error = self._clock(), error.reason
        self.state = "failing"
        if error.rest:
            # A call that was under way when a longer pause began does not end it.
            until = max(self._clock() + error.retry_after, self.resting_until or 0.0)
            self._rest = (error, until)

    def watch(self, call: Callable[[], T]) -> T:
        """Return call(), noting how it went; only unavailability counts as a failure.

        Raises ExchangeUnavailable without a call while the exchange is being left alone.
        """
        self._check_rest()
        try:
            result = call()
        except ExchangeUnavailable as error:
            self.fail(error)
            raise
        self.last_success, self.state = self._clock(), "ok"
        return result

    def _check_rest(self) -> None:
        rest, now = self._rest, self._clock()
        if rest is not None and now < rest[1]:
            error, left = rest[0], rest[1] - now
            why = f"left alone for a while after: {error.reason}"
            raise ExchangeUnavailable(error.exchange, why, left, cause="resting")
