"""Side by side: several loads at once within one deadline, none held back by another."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

from service.market.exchange import ExchangeUnavailable, MarketError

T = TypeVar("T")


class SideBySide(Generic[T]):
    """What came of each load: its result, or the error that stood in its way."""

    def __init__(self, results: dict[str, T], errors: dict[str, MarketError]) -> None:
        """Keep both in the order in which the loads were given."""
        self.results, self.errors = results, errors

    def first_error(self) -> MarketError:
        """Return the first of the errors, for when nothing else is left to say."""
        return next(iter(self.errors.values()))


def side_by_side(pool: ThreadPoolExecutor, calls: Mapping[str, Callable[[], T]], seconds: float) -> SideBySide[T]:
    """Run the calls at once and wait at most `seconds`.

    A MarketError counts against its own call alone; what is late counts as unavailable and goes on in the background,
    where it may still fill the cache. Any other exception is a bug and is raised.
    """
    futures = {name: pool.submit(call) for name, call in calls.items()}
    done, _ = wait(futures.values(), timeout=seconds)
    results: dict[str, T] = {}
    errors: dict[str, MarketError] = {}
    for name, future in futures.items():
        error = _error_of(name, future, seconds, late=future not in done)
        if error is None:
            results[name] = future.result()
        else:
            errors[name] = error
    return SideBySide(results, errors)


def _error_of(name: str, future: "Future[T]", seconds: float, *, late: bool) -> MarketError | None:
    if late:
        future.cancel()
        return ExchangeUnavailable(name, f"no answer within {seconds:g} s")
    error = future.exception()
    if error is None or isinstance(error, MarketError):
        return error
    raise error
