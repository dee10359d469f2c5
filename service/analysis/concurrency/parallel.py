"""Side by side: markets loaded at once within one deadline, none held back by another."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from time import monotonic
from typing import Generic, TypeAlias, TypeVar

from service.analysis.concurrency.bulkheads import Bulkheads
from service.analysis.concurrency.seats import Seats
from service.heatmap import BadInput
from service.market.contract import ExchangeUnavailable, Late, MarketError, UnknownSymbol
from service.ops.request_scope import current_scope

log = logging.getLogger(__name__)

T = TypeVar("T")
# Which market: symbol as the caller wrote it, exchange id.
Key: TypeAlias = tuple[str, str]
# What stands in the way of one load and says nothing of the others.
Failure: TypeAlias = MarketError | BadInput
# Seconds for which no seat is needed. Loads from what is kept are over at once; those that look whether there is newer
# data, soon, see GRACE_SECONDS of the feed.
UNSEATED_SECONDS, SOON_SECONDS = 0.03, 0.35
# While a request waits it is looked so often whether its caller is still there.
LOOK_SECONDS = 0.25
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


@dataclass(frozen=True)
class Patience:
    """How long a request waits for its loads, in seconds since it began them.

    seconds  for all of them
    soft     once one of several exchanges has answered; None: as long as for all
    seats    where it waits
    """

    seconds: float
    seats: Seats
    soft: float | None = None

    @property
    def for_each(self) -> "Patience":
        """Return the same for a caller who wants every one of them."""
        return replace(self, soft=None)


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
        if several and all(isinstance(error, Late) for error in known):
            return first
        return NoneAnswered(self.errors) if several and isinstance(first, ExchangeUnavailable) else first


def _priority(error: Failure) -> int:
    return next(i for i, kind in enumerate(ERROR_PRIORITY) if isinstance(error, kind))


@dataclass(frozen=True, eq=False)
class Loading(Generic[T]):
    """Loads that are under way; `refused` could not be begun; `began` in monotonic seconds."""

    futures: dict[Key, "Future[T]"]
    refused: dict[Key, Failure]
    patience: Patience
    began: float
    threads: Bulkheads

    def finish(self) -> SideBySide[T]:
        """Wait up to the deadline, on a seat where it is not over at once.

        A Failure counts against its own load alone; what is late counts as unavailable and goes on in the background,
        where it fills the cache and may be joined. Any other exception is the caller's to see, unless it is one load's
        of several: then it is logged, and counts against that load as well. Raises Overloaded where too many wait, and
        what the request's own check raises where its caller has hung up: loads that have begun go on.
        """
        try:
            self._wait_for_all()
        except BaseException:
            for future in self.futures.values():
                self.threads.give_up(future)
            raise
        results: dict[Key, T] = {}
        errors = dict(self.refused)
        for key, future in self.futures.items():
            error = self._error_of(key, future)
            if error is None:
                results[key] = future.result()
            else:
                errors[key] = error
        for (symbol, exchange), error in errors.items():
            self._note(symbol, exchange, error)
        return SideBySide(results, errors)

    def _wait_for_all(self) -> None:
        pending = self._wait(set(self.futures.values()), UNSEATED_SECONDS)
        if pending and not self.patience.seats.hopeless(self._exchanges_of(pending)):
            pending = self._wait(pending, min(SOON_SECONDS, self.patience.seconds))
        if pending:
            with self.patience.seats.taken(self._exchanges_of(pending), self.began):
                self._wait_seated(pending)

    def _note(self, symbol: str, exchange: str, error: Failure) -> None:
        """Take down what is missing; a line is for what failed, and not for what an exchange does not have."""
        if isinstance(error, MarketError):
            self.threads.instruments.source_missing(exchange, error.cause)
            if isinstance(error, ExchangeUnavailable):
                current_scope().missing.append(exchange)
            level = logging.WARNING if isinstance(error, ExchangeUnavailable) else logging.DEBUG
            about = {"exchange": exchange, "symbol": symbol, "cause": error.cause, "reason": str(error)}
            log.log(level, "source failed", extra=about)

    def _exchanges_of(self, loads: "set[Future[T]]") -> set[str]:
        return {name for (_, name), load in self.futures.items() if load in loads}

    def _wait_seated(self, pending: "set[Future[T]]") -> None:
        soft = self.patience.soft
        if soft is not None:
            pending = self._wait(pending, soft)
        while pending and not (soft is not None and self._has_answered):
            before, pending = pending, self._wait(pending, self.patience.seconds, any_one=soft is not None)
            if len(pending) == len(before):
                return

    def _wait(self, pending: "set[Future[T]]", seconds: float, *, any_one: bool = False) -> "set[Future[T]]":
        """Wait until all, or any one, have ended or so many seconds are over since the beginning; return the rest."""
        check, until = current_scope().check, self.began + seconds
        while True:
            left = max(0.0, until - monotonic())
            done, waited_for = wait(pending, min(left, LOOK_SECONDS), FIRST_COMPLETED if any_one else ALL_COMPLETED)
            if not waited_for or (any_one and done) or left <= LOOK_SECONDS:
                return waited_for
            check()

    @property
    def _has_answered(self) -> bool:
        return any(load.done() and load.exception() is None for load in self.futures.values())

    def _error_of(self, key: Key, future: "Future[T]") -> Failure | None:
        if not future.done():
            self.threads.give_up(future)
            return Late(key[1], min(self.patience.seconds, round(monotonic() - self.began, 1)))
        error = future.exception()
        if error is None or isinstance(error, (MarketError, BadInput)):
            return error
        if len(self.futures) == 1 or not isinstance(error, Exception):
            raise error
        log.error("%s: loading %s failed in a way that nobody foresaw", key[1], key[0], exc_info=error)
        return ExchangeUnavailable(key[1], "an unexpected error, which has been logged")


def begin(threads: Bulkheads, calls: Mapping[Key, Callable[[], T]], patience: Patience) -> Loading[T]:
    """Begin all calls at once, each on the threads of its exchange; the time of `patience` begins now."""
    futures: dict[Key, Future[T]] = {}
    refused: dict[Key, Failure] = {}
    for key, call in calls.items():
        try:
            futures[key] = threads.submit(key[1], call)
        except ExchangeUnavailable as error:
            refused[key] = error
    return Loading(futures, refused, patience, monotonic(), threads)


def side_by_side(threads: Bulkheads, calls: Mapping[Key, Callable[[], T]], patience: Patience) -> SideBySide[T]:
    """Run the calls at once and wait for as long as `patience` says."""
    return begin(threads, calls, patience).finish()
