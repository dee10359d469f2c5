"""A source of rows for tests of what keeps them: it notes what it is asked for, and can lack rows or fail."""

from collections.abc import Iterator

import numpy as np

from service.market.feed.history import History, Rows
from tests.support.fake_exchange import Clock

STEP = 10


class Source:
    """Rows whose value is their time; notes the ranges asked for, and publishes up to `published`."""

    def __init__(self, published: int = 10**9) -> None:
        """Publish rows whose time is under `published`."""
        self.asked: list[tuple[int, int]] = []
        self.published = published
        self.holes: set[int] = set()
        self.error: Exception | None = None

    def __call__(self, since: int, until: int) -> Rows:
        """Return the rows in range."""
        self.asked.append((since, until))
        if self.error is not None:
            raise self.error
        first = -(-since // STEP) * STEP
        return rows(t for t in range(first, min(until, self.published), STEP) if t not in self.holes)


def rows(times: Iterator[int]) -> Rows:
    """Return rows at those times, each with its time as its value."""
    time = np.array(list(times), dtype=np.int64)
    return Rows(time, time[:, None].astype(np.float64))


def times(got: Rows) -> list[int]:
    """Return the rows' times; each must still have its own value."""
    assert got.values[:, 0].tolist() == got.time.tolist()
    return got.time.tolist()


def store(source: Source, clock: Clock, *spans: tuple[int, int]) -> History:
    """Return a history that has been asked for the spans."""
    kept = History(4, clock)
    for span in spans:
        kept.get("key", span, STEP, source)
    return kept
