"""Side by side: several markets loaded at once within one deadline, none held back by another."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from service.heatmap.bad_input import BadInput
from service.market.exchange import ExchangeUnavailable, MarketError, UnknownSymbol

T = TypeVar("T")
# Which market: symbol as the caller wrote it, exchange id.
Key: TypeAlias = tuple[str, str]
# What stands in the way of one load and says nothing of the others.
Failure: TypeAlias = MarketError | BadInput
# What to answer where nothing came: what may pass if asked again, then what the caller can change.
GRAVITY = (ExchangeUnavailable, BadInput, MarketError)


@dataclass(frozen=True, eq=False)
class SideBySide(Generic[T]):
    """What came of each load, in the order given: its result, or the error that stood in its way."""

    results: dict[Key, T]
    errors: dict[Key, Failure]

    def first_error(self) -> Failure:
        """Return the error to answer with where nothing came; an unknown symbol only if nothing else is wrong."""
        known = [error for error in self.errors.values() if not isinstance(error, UnknownSymbol)]
        return min(known or self.errors.values(), key=_gravity)


def _gravity(error: Failure) -> int:
    return next(i for i, kind in enumerate(GRAVITY) if isinstance(error, kind))


def side_by_side(pool: ThreadPoolExecutor, calls: Mapping[Key, Callable[[], T]], seconds: float) -> SideBySide[T]:
    """Run the calls at once and wait at most `seconds`.

    A Failure counts against its own call alone; what is late counts as unavailable and goes on in the background,
    where it may still fill the cache. Any other exception is the caller's to see.
    """
    futures = {key: pool.submit(call) for key, call in calls.items()}
    done, _ = wait(futures.values(), timeout=seconds)
    results: dict[Key, T] = {}
    errors: dict[Key, Failure] = {}
    for key, future in futures.items():
        error = _error_of(key, future, seconds, late=future not in done)
        if error is None:
            results[key] = future.result()
        else:
            errors[key] = error
    return SideBySide(results, errors)


def _error_of(key: Key, future: "Future[T]", seconds: float, *, late: bool) -> Failure | None:
    if late:
        future.cancel()
        return ExchangeUnavailable(key[1], f"no answer within {seconds:g} s")
    error = future.exception()
    if error is None or isinstance(error, (MarketError, BadInput)):
        return error
    raise error
