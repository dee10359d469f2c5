"""Side by side: markets loaded at once within one deadline, none held back by another."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeAlias, TypeVar

from service.analysis.bulkheads import Bulkheads
from service.heatmap import BadInput
from service.market.contract import ExchangeUnavailable, MarketError, UnknownSymbol
from service.ops.instruments import NO_INSTRUMENTS, Instruments

log = logging.getLogger(__name__)

T = TypeVar("T")
# Which market: symbol as the caller wrote it, exchange id.
Key: TypeAlias = tuple[str, str]
# What stands in the way of one load and says nothing of the others.
Failure: TypeAlias = MarketError | BadInput
# What to answer where nothing came: what may pass if asked again, then what the caller can change.
ERROR_PRIORITY = (ExchangeUnavailable, BadInput, MarketError)


class NoneAnswered(ExchangeUnavailable):
    """Several exchanges were asked and none gave an answer; the text names each with its reason."""

    def __init__(self, errors: Mapping[Key, Failure]) -> None:
        """Take the shortest wait of those that may answer if asked again."""
        exchanges = list(dict.fromkeys(name for _, name in errors))
        reasons = "; ".join(dict.fromkeys(str(error) for error in errors.values()))
        waits = [error.retry_after for error in errors.values() if isinstance(error, ExchangeUnavailable)]
        super().__init__(",".join(exchanges), reasons, min(waits))
        self.args = (reasons,)


@dataclass(frozen=True, eq=False)
class SideBySide(Generic[T]):
    """What came of each load, in the order given: its result, or the error that stood in its way."""

    results: dict[Key, T]
    errors: dict[Key, Failure]

    def first_error(self) -> Failure:
        """Return the error to answer with where nothing came; an unknown symbol only if nothing else is wrong."""
        known = [error for error in self.errors.values() if not isinstance(error, UnknownSymbol)]
        first = min(known or self.errors.values(), key=_priority)
        several = len({name for _, name in self.errors}) > 1
        return NoneAnswered(self.errors) if several and isinstance(first, ExchangeUnavailable) else first


def _priority(error: Failure) -> int:
    return next(i for i, kind in enumerate(ERROR_PRIORITY) if isinstance(error, kind))


@dataclass(frozen=True, eq=False)
class Loading(Generic[T]):
    """Loads that are under way; `refused` could not be begun; `instruments` are told which came to nothing."""

    futures: dict[Key, "Future[T]"]
    refused: dict[Key, Failure]
    seconds: float
    deadline: float
    instruments: Instruments = NO_INSTRUMENTS

    def finish(self) -> SideBySide[T]:
        """Wait up to the deadline.

        A Failure counts against its own load alone; what is late counts as unavailable and goes on in the background,
        where it may still fill the cache. Any other exception is the caller's to see, unless it is one load's of
        several: then it is logged, and counts against that load as well.
        """
        done, _ = wait(self.futures.values(), timeout=max(0.0, self.deadline - monotonic()))
        results: dict[Key, T] = {}
        errors = dict(self.refused)
        for key, future in self.futures.items():
            error = _error_of(key, future, self.seconds, late=future not in done, alone=len(self.futures) == 1)
            if error is None:
                results[key] = future.result()
            else:
                errors[key] = error
        for (symbol, exchange), error in errors.items():
            self._note(symbol, exchange, error)
        return SideBySide(results, errors)

    def _note(self, symbol: str, exchange: str, error: Failure) -> None:
        """Take down what is missing; a line is for what failed, and not for what an exchange does not have."""
        if isinstance(error, MarketError):
            self.instruments.source_missing(exchange, error.cause)
            level = logging.WARNING if isinstance(error, ExchangeUnavailable) else logging.DEBUG
            about = {"exchange": exchange, "symbol": symbol, "cause": error.cause, "reason": str(error)}
            log.log(level, "source failed", extra=about)


def begin(threads: Bulkheads, calls: Mapping[Key, Callable[[], T]], seconds: float) -> Loading[T]:
    """Begin all calls at once, each on the threads of its exchange; the deadline is `seconds` from now."""
    futures: dict[Key, Future[T]] = {}
    refused: dict[Key, Failure] = {}
    for key, call in calls.items():
        try:
            futures[key] = threads.submit(key[1], call)
        except ExchangeUnavailable as error:
            refused[key] = error
    return Loading(futures, refused, seconds, monotonic() + seconds, threads.instruments)


def side_by_side(threads: Bulkheads, calls: Mapping[Key, Callable[[], T]], seconds: float) -> SideBySide[T]:
    """Run the calls at once and wait at most `seconds`."""
    return begin(threads, calls, seconds).finish()


def _error_of(key: Key, future: "Future[T]", seconds: float, *, late: bool, alone: bool) -> Failure | None:
    if late:
        future.cancel()
        return ExchangeUnavailable(key[1], f"no answer within {seconds:g} s", cause="late")
    error = future.exception()
    if error is None or isinstance(error, (MarketError, BadInput)):
        return error
    if alone or not isinstance(error, Exception):
        raise error
    log.error("%s: loading %s failed in a way that nobody foresaw", key[1], key[0], exc_info=error)
    return ExchangeUnavailable(key[1], "an unexpected error, which has been logged")
