"""Health: how calls to one exchange have gone in this process."""

from collections.abc import Callable
from typing import TypeVar

from service.market.exchange import ExchangeUnavailable

T = TypeVar("T")


class Health:
    """The last success and the last failure; times are epoch seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start untried; `clock` returns epoch seconds."""
        self._clock = clock
        self.last_success: float | None = None
        self.last_failure: float | None = None
        self.last_error: str | None = None

    @property
    def state(self) -> str:
        """Return untried, ok or failing, by what happened last."""
        if self.last_success is None and self.last_failure is None:
            return "untried"
        return "ok" if (self.last_success or 0.0) >= (self.last_failure or 0.0) else "failing"

    def watch(self, call: Callable[[], T]) -> T:
        """Return call(), noting how it went; only unavailability counts as a failure."""
        try:
            result = call()
        except ExchangeUnavailable as error:
            self.last_failure, self.last_error = self._clock(), error.reason
            raise
        self.last_success = self._clock()
        return result
