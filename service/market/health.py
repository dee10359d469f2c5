"""Health: how calls to one exchange have gone in this process."""

from collections.abc import Callable
from typing import TypeVar

from service.market.exchange import ExchangeUnavailable

T = TypeVar("T")


class Health:
    """The last success and the last failure, in epoch seconds; `state` is untried, ok or failing, by what came last."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start untried; `clock` returns epoch seconds."""
        self._clock = clock
        self.last_success: float | None = None
        self.last_failure: float | None = None
        self.last_error: str | None = None
        self.state = "untried"

    def fail(self, error: ExchangeUnavailable) -> None:
        """Note a failure: of a call, or of what several calls brought together."""
        self.last_failure, self.last_error = self._clock(), error.reason
        self.state = "failing"

    def watch(self, call: Callable[[], T]) -> T:
        """Return call(), noting how it went; only unavailability counts as a failure."""
        try:
            result = call()
        except ExchangeUnavailable as error:
            self.fail(error)
            raise
        self.last_success, self.state = self._clock(), "ok"
        return result
