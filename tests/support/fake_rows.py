"""A source of rows for tests of what keeps them: it notes what it is asked for, and can lack rows or fail."""

from collections.abc import Callable, Iterator

import numpy as np

from service.market.contract import OpenInterest
from service.market.feed import Health
from service.market.feed.fetching.fetcher import Upstream
from service.market.feed.fetching.history import Ask, SeriesFetcher
from tests.support.fake_exchange import Clock

STEP = 10
Fetch = Callable[[int, int], OpenInterest]


class Source:
    """Rows whose value is their time; notes the ranges asked for, and publishes up to `published`."""

    def __init__(self, published: int = 10**9) -> None:
        """Publish rows whose time is under `published`."""
        self.asked: list[tuple[int, int]] = []
        self.published = published
        self.gaps: set[int] = set()
        self.error: Exception | None = None

    def __call__(self, since: int, until: int) -> OpenInterest:
        """Return the rows in range."""
        self.asked.append((since, until))
        if self.error is not None:
            raise self.error
        first = -(-since // STEP) * STEP
        return rows(t for t in range(first, min(until, self.published), STEP) if t not in self.gaps)


def rows(times: Iterator[int]) -> OpenInterest:
    """Return rows at those times, each with its time as its value."""
    time = np.array(list(times), dtype=np.int64)
    return OpenInterest(time, time.astype(np.float64))


def times(got: OpenInterest) -> list[int]:
    """Return the rows' times; each must still have its own value."""
    found: list[int] = got.time.tolist()
    assert got.amount.tolist() == found
    return found


class Kept:
    """The kept series of one exchange, as tests ask them for rows."""

    def __init__(self, clock: Clock, *, wait: float | None = None, refetch_gaps: bool = True) -> None:
        """Keep at most four series of the present, and two of the past."""
        self.health = Health(clock)
        upstream = Upstream({"x": self.health}, clock, clock, wait)
        self.fetcher: SeriesFetcher[OpenInterest] = SeriesFetcher(upstream, 4, 2, refetch_gaps=refetch_gaps)

    def get(self, key: object, span: tuple[int, int], fetch: Fetch) -> OpenInterest:
        """Return the rows of a span."""
        return self.fetcher.get("x", key, Ask(span, STEP, fetch))

    def get_past(self, key: object, span: tuple[int, int], fetch: Fetch) -> OpenInterest:
        """Return the rows of a span that ends in the past."""
        return self.fetcher.get_past("x", key, Ask(span, STEP, fetch))


def store(source: Source, clock: Clock, *spans: tuple[int, int]) -> Kept:
    """Return what is kept once the spans have been asked for."""
    kept = Kept(clock)
    for span in spans:
        kept.get("key", span, source)
    return kept
