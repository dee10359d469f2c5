"""History: rows of time series in hand, of which only what is missing is fetched.

What lies before the oldest row, or in a hole between rows, may be missing at the exchange too, or in one bad answer of
its alone. The rows are given as they are, and what they lack is asked for again: after a moment, and after twice as
long each time that it is still not there. So what an exchange has not got costs little, and what it held back for a
while is missed for about that while.
"""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

import numpy as np
from cachetools import LRUCache

from service.heatmap.base import Floats, Times
from service.market.contract.exchange import MarketError
from service.market.contract.gaps import holes
from service.market.feed.cache import SingleFlight

# Rows refetched before the newest one in hand: a tail request then never asks for nothing but unpublished rows.
OVERLAP = 3
# Closed rows do not change by such a factor: an answer in which they have is on another scale than what is in hand.
OTHER_SCALE = 10.0
# Seconds before asking again for a newest row that the exchange had not published yet.
PATIENCE = 5.0
# Seconds at most before asking again for what was not there however often it was asked for.
LONGEST_PATIENCE = 3600.0
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


@dataclass(frozen=True)
class _Lack:
    """What was asked for again in vain, known by its end (epoch ms), and how long that stands (epoch seconds)."""

    stop: int = 0
    patience: float = 0.0
    until: float = 0.0


@dataclass(frozen=True, eq=False)
class _Held:
    """What is in hand: rows asked for from `since` on, to the newest row; asked last at `asked` for up to `until`."""

    rows: Rows
    since: int
    until: int
    asked: float
    lack: _Lack = _Lack()

    def covers(self, span: tuple[int, int], step: int, now: float, *, mend: bool) -> bool:
        """Tell whether nothing need be fetched; a newest row not yet published counts as had for a moment."""
        since, until = span
        if since < self.since or (mend and self.lacks(span, step, now) is not None):
            return False
        complete = len(self.rows.time) > 0 and int(self.rows.time[-1]) + step >= until
        return complete or (self.until >= until and now - self.asked < PATIENCE)

    def lacks(self, span: tuple[int, int], step: int, now: float) -> tuple[int, int] | None:
        """Return the range inside the span whose rows are to be asked for again by now, None if there is none."""
        time = self.rows.time
        if not len(time):
            return None
        first, last = np.searchsorted(time, span)
        found = holes(time[first : last + 1], span[0], None, _spacing(time, step))
        if found is None:
            return None
        stands_until = self.lack.until if found[1] == self.lack.stop else self.asked + PATIENCE
        return found if now >= stands_until else None


class History:
    """Bounded, thread-safe store of series by key; one fetch per key at a time."""

    def __init__(self, size: int, clock: Callable[[], float], wait: float | None = None) -> None:
        """Keep at most `size` series; `clock` returns epoch seconds, `wait` is as SingleFlight has it."""
        self._held: LRUCache[Hashable, _Held] = LRUCache(size)
        self._lock = threading.Lock()
        self._flight: SingleFlight[_Held] = SingleFlight(wait)
        self._clock = clock

    def get(self, key: Hashable, span: tuple[int, int], step: int, fetch: Fetch, *, mend: bool = True) -> Rows:
        """Return the rows of `key` with span[0] <= time < span[1], fetching what is not in hand.

        Only closed rows may be asked for: what is in hand is taken not to change. A fetch that raises leaves what is
        in hand as it was. Without `mend`, what the rows lack is never asked for again. Raises StillLoading.
        """
        since, until = span
        while True:
            rows = self._found(key, span, step, mend=mend)
            if rows is not None:
                return rows
            held = self._flight.run(key, lambda: self._extend(key, span, step, fetch, mend=mend))
            if since >= held.since and until <= held.until:
                return held.rows.between(since, until)

    def peek(self, key: Hashable, span: tuple[int, int], step: int) -> Rows | None:
        """Return the rows in hand, whatever they lack inside; None if they do not reach over the whole span."""
        return self._found(key, span, step, mend=False)

    def _found(self, key: Hashable, span: tuple[int, int], step: int, *, mend: bool) -> Rows | None:
        held = self._in_hand(key)
        if held is None or not held.covers(span, step, self._clock(), mend=mend):
            return None
        return held.rows.between(*span)

    def _in_hand(self, key: Hashable) -> _Held | None:
        with self._lock:
            return self._held.get(key)

    def _extend(self, key: Hashable, span: tuple[int, int], step: int, fetch: Fetch, *, mend: bool) -> _Held:
        since, until = span
        held = self._in_hand(key)
        if held is not None and held.covers(span, step, self._clock(), mend=mend):
            # Another caller's fetch ended between this one's look and its turn.
            return held
        if held is None or not len(held.rows.time) or until < held.since or since > held.until:
            new = _Held(fetch(since, until), since, until, self._clock())
        else:
            new = self._grown(held, span, step, fetch)
            lack = held.lacks(span, step, self._clock()) if mend else None
            if lack is not None:
                new = self._mended(new, lack, fetch)
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
            tail = fetch(newest - OVERLAP * step, until)
            if _on_another_scale(rows, tail):
                # either was wrong, or the venue counts anew: all of one answer is at least of one piece
                return _Held(fetch(since, until), since, until, self._clock())
            rows = _joined(rows, tail)
        first, known = _first_kept(rows, since), min(since, held.since)
        if first:
            rows, known = Rows(rows.time[first:].copy(), rows.values[first:].copy()), int(rows.time[first])
        return replace(held, rows=rows, since=known, until=max(until, held.until), asked=self._clock())

    def _mended(self, held: _Held, lack: tuple[int, int], fetch: Fetch) -> _Held:
        """Return what is in hand with what it lacked, or with how long to wait before the next try."""
        try:
            rows = _joined(held.rows, fetch(*lack))
        except MarketError:
            # what is in hand answers the caller; the exchange's health has the error
            rows = held.rows
        patience = min(2 * held.lack.patience, LONGEST_PATIENCE) if lack[1] == held.lack.stop else PATIENCE
        now = self._clock()
        return replace(held, rows=rows, asked=now, lack=_Lack(lack[1], patience, now + patience))


def _first_kept(rows: Rows, since: int) -> int:
    """Return the index of the oldest row to keep: MOST_ROWS are, and all that was asked for."""
    return min(max(len(rows.time) - MOST_ROWS, 0), int(np.searchsorted(rows.time, since)))


def _on_another_scale(older: Rows, newer: Rows) -> bool:
    """Tell whether most of the rows that both have differ by OTHER_SCALE in one of their columns."""
    _, of_older, of_newer = np.intersect1d(older.time, newer.time, return_indices=True)
    before, after = older.values[of_older], newer.values[of_newer]
    if not len(before):
        return False
    ratio = np.divide(after, before, out=np.ones_like(before), where=(before > 0) & (after > 0))
    return bool((np.abs(np.log(np.median(ratio, axis=0))) >= np.log(OTHER_SCALE)).any())


def _joined(older: Rows, newer: Rows) -> Rows:
    """Return both in one; where they have the same time the newer row stands, and none is lost."""
    kept = ~np.isin(older.time, newer.time)
    time = np.concatenate((older.time[kept], newer.time))
    order = np.argsort(time, kind="stable")
    return Rows(time[order], np.concatenate((older.values[kept], newer.values))[order])


def _spacing(time: Times, step: int) -> int:
    """Return how far apart the rows lie, never less than a step: some are read at a coarser one than they serve."""
    return max(step, int(np.median(np.diff(time)))) if len(time) > 1 else step
