"""History: rows of time series in hand, of which only what is missing is fetched."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
from cachetools import LRUCache

from service.heatmap.bars import Floats, Times
from service.market.cache import SingleFlight

# Rows refetched before the newest one in hand: a tail request then never asks for nothing but unpublished rows.
OVERLAP = 3
# Seconds before asking again for a newest row that the exchange had not published yet.
PATIENCE = 5.0
# Rows kept of one series beyond what was last asked for: a process that runs for months would gather them for ever.
MOST_ROWS = 12_000


@dataclass(frozen=True, eq=False)
class Rows:
    """Time-stamped rows: int64[T] epoch ms, rising, and float64[T, C]."""

    time: Times
    values: Floats

    def between(self, since: int, until: int) -> "Rows":
        """Return the rows with since <= time < until."""
        first, last = np.searchsorted(self.time, (since, until))
        return Rows(self.time[first:last], self.values[first:last])


Fetch = Callable[[int, int], Rows]


@dataclass(frozen=True, eq=False)
class _Held:
    """What is in hand: rows for every time from `since` to the newest row; asked last at `asked` for up to `until`."""

    rows: Rows
    since: int
    until: int
    asked: float

    def covers(self, since: int, until: int, step: int, now: float) -> bool:
        """Tell whether nothing need be fetched; a newest row not yet published counts as had for a moment."""
        if since < self.since:
            return False
        complete = len(self.rows.time) > 0 and int(self.rows.time[-1]) + step >= until
        return complete or (self.until >= until and now - self.asked < PATIENCE)


class History:
    """Bounded, thread-safe store of series by key; one fetch per key at a time."""

    def __init__(self, size: int, clock: Callable[[], float], wait: float | None = None) -> None:
        """Keep at most `size` series; `clock` returns epoch seconds, `wait` is as SingleFlight has it."""
        self._held: LRUCache[Hashable, _Held] = LRUCache(size)
        self._lock = threading.Lock()
        self._flight: SingleFlight[_Held] = SingleFlight(wait)
        self._clock = clock

    def get(self, key: Hashable, span: tuple[int, int], step: int, fetch: Fetch) -> Rows:
        """Return the rows of `key` with span[0] <= time < span[1], fetching what is not in hand.

        Only closed rows may be asked for: what is in hand is taken not to change. A fetch that raises leaves what is
        in hand as it was. Raises StillLoading.
        """
        since, until = span
        while True:
            rows = self.peek(key, span, step)
            if rows is not None:
                return rows
            held = self._flight.run(key, lambda: self._extend(key, span, step, fetch))
            if since >= held.since and until <= held.until:
                return held.rows.between(since, until)

    def peek(self, key: Hashable, span: tuple[int, int], step: int) -> Rows | None:
        """Return what get() would without fetching anything, None if it would have to."""
        since, until = span
        held = self._in_hand(key)
        if held is None or not held.covers(since, until, step, self._clock()):
            return None
        return held.rows.between(since, until)

    def _in_hand(self, key: Hashable) -> _Held | None:
        with self._lock:
            return self._held.get(key)

    def _extend(self, key: Hashable, span: tuple[int, int], step: int, fetch: Fetch) -> _Held:
        since, until = span
        held = self._in_hand(key)
        if held is not None and held.covers(since, until, step, self._clock()):
            # Another caller's fetch ended between this one's look and its turn.
            return held
        if held is None or not len(held.rows.time) or until < held.since or since > held.until:
            new = _Held(fetch(since, until), since, until, self._clock())
        else:
            new = self._grown(held, span, step, fetch)
        with self._lock:
            self._held[key] = new
        return new

    def _grown(self, held: _Held, span: tuple[int, int], step: int, fetch: Fetch) -> _Held:
        since, until = span
        rows = held.rows
        if since < held.since:
            rows = _joined(fetch(since, held.since), rows)
        newest = int(rows.time[-1])
        if newest + step < until:
            rows = _joined(rows, fetch(newest - OVERLAP * step, until))
        first, known = _first_kept(rows, since), min(since, held.since)
        if first:
            rows, known = Rows(rows.time[first:].copy(), rows.values[first:].copy()), int(rows.time[first])
        return _Held(rows, known, max(until, held.until), self._clock())


def _first_kept(rows: Rows, since: int) -> int:
    """Return the index of the oldest row to keep: MOST_ROWS are, and all that was asked for."""
    return min(max(len(rows.time) - MOST_ROWS, 0), int(np.searchsorted(rows.time, since)))


def _joined(older: Rows, newer: Rows) -> Rows:
    """Return both in one; where they have the same time the newer row stands, and none is lost."""
    kept = ~np.isin(older.time, newer.time)
    time = np.concatenate((older.time[kept], newer.time))
    order = np.argsort(time, kind="stable")
    return Rows(time[order], np.concatenate((older.values[kept], newer.values))[order])
