"""History: the rows of time series that are kept, and the fetching of those alone that are missing.

Rows are given as they are; what they lack in between is asked for again, see gap_refetch.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from math import inf
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
from cachetools import LRUCache

from service.market.contract import MarketError, TimeSeries
from service.market.feed.exchange_health.health import Health
from service.market.feed.fetching.fetcher import Fetcher, Upstream
from service.market.feed.fetching.gap_refetch import GAP_SECONDS, NO_GAP, Gap, missing_in

S = TypeVar("S", bound=TimeSeries)

# Half-open, epoch ms.
Span = tuple[int, int]

# Rows fetched again before the newest one kept: a tail request then never asks for unpublished rows alone.
OVERLAP = 3
# Closed rows do not change by such a factor: an answer in which they have is on another scale than what is kept.
OTHER_SCALE = 10.0
# Rows kept of one series beyond what was last asked for: a process that runs for months would gather them for ever.
MOST_ROWS = 12_000
# Spans of one series of which it is remembered what they hold: of each lookback that is asked for.
SPANS_SHOWN = 8


@dataclass(frozen=True, eq=False)
class _Kept(Generic[S]):
    """The rows from `since` to the newest one; last asked for at `asked` (monotonic seconds), up to `until`."""

    rows: S
    since: int
    until: int
    asked: float
    gap: Gap = NO_GAP
    _shown: LRUCache[Span, S] = field(default_factory=lambda: LRUCache(SPANS_SHOWN), init=False)
    _missing: LRUCache[tuple[Span, int], Span | None] = field(default_factory=lambda: LRUCache(SPANS_SHOWN), init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def within(self, span: Span) -> S:
        """Return the rows of a span: while they are kept they are one object, so that what is made of them can be."""
        with self._lock:
            if span not in self._shown:
                self._shown[span] = self.rows.between(*span)
            return self._shown[span]

    def reaches(self, span: Span) -> bool:
        """Tell whether all of the span has been asked for."""
        return span[0] >= self.since and span[1] <= self.until

    def covers(self, span: Span, step: int, now: float) -> bool:
        """Tell whether the rows reach over the span; a newest row not yet published counts as there for a moment."""
        since, until = span
        complete = len(self.rows) > 0 and int(self.rows.time[-1]) + step >= until
        return since >= self.since and (complete or (self.until >= until and now - self.asked < GAP_SECONDS))

    def overdue(self, ask: "Ask[S]", now: float) -> float:
        """Return how many seconds ago, by `now` (epoch seconds), the first row was due that is missing at the end.

        0 where none is missing there, infinity where there are no rows or they begin too late.
        """
        if ask.span[0] < self.since or not len(self.rows):
            return inf
        apart = self.rows.spacing(ask.step)
        lacking = -(-(ask.span[1] - int(self.rows.time[-1]) - apart) // apart)
        return now - (ask.span[1] - (lacking - 1) * apart) / 1000 if lacking > 0 else 0.0

    def gap_to_refetch(self, span: Span, step: int, now: float) -> Span | None:
        """Return the range inside the span whose rows are to be asked for again by now, None if there is none."""
        with self._lock:
            if (span, step) not in self._missing:
                self._missing[span, step] = missing_in(self.rows, span, step)
            gap = self._missing[span, step]
        return gap if gap is not None and now >= self.gap.left_until(gap, self.asked) else None


@dataclass(frozen=True, eq=False)
class Ask(Generic[S]):
    """Which rows are wanted: those with span[0] <= time < span[1], `step` apart (ms), which `fetch` gets.

    Only closed rows may be asked for: what is kept is taken not to change. `fetch` is given a range and returns all
    rows that the exchange has in it.
    """

    span: Span
    step: int
    fetch: Callable[[int, int], S]


class SeriesFetcher(Generic[S]):
    """Series of one kind by exchange and key, of which only what is missing is fetched.

    `size` series are kept, and `past_size` more for ranges that end in the past.
    """

    def __init__(
        self, upstream: Upstream, size: int, past_size: int, *, stale: float = 0.0, refetch_gaps: bool = True
    ) -> None:
        """Keep nothing yet.

        stale         seconds for which rows stand in for longer ones, since the first row was due that they lack
        refetch_gaps  False takes a gap to be what the exchange has to say
        """
        self._clock, self._monotonic = upstream.clock, upstream.monotonic
        self._stale, self._refetch_gaps = stale, refetch_gaps
        self._live: Fetcher[_Kept[S]] = Fetcher(upstream, size)
        self._past: Fetcher[_Kept[S]] = Fetcher(upstream, past_size)

    def get(self, exchange_id: str, key: Hashable, ask: Ask[S]) -> S:
        """Return the rows asked for, fetching what is not kept; for a while, those of before the newest stand in.

        A fetch that raises leaves what is kept as it was. Raises as Fetcher.get does.
        """
        return self._get(self._live, exchange_id, key, ask)

    def get_past(self, exchange_id: str, key: Hashable, ask: Ask[S]) -> S:
        """Return rows of the past.

        They are taken from the live series as far as it reaches over all of them. What must be fetched is kept apart,
        so that however many moments are asked for, they never displace a live series.
        """
        kept = self._live.kept(exchange_id, key)
        if kept is not None and kept.covers(ask.span, ask.step, self._monotonic()):
            return kept.within(ask.span)
        return self._get(self._past, exchange_id, (key, ask.span), ask)

    def _get(self, fetcher: Fetcher[_Kept[S]], exchange_id: str, key: Hashable, ask: Ask[S]) -> S:
        while True:
            kept = fetcher.get(
                exchange_id,
                key,
                lambda kept: self._is_fresh(kept, ask),
                lambda kept, health: self._extended(kept, ask, health),
                lambda kept: self._stands_in(kept, ask),
            )
            # What another caller's fetch brought may end before this caller's range does.
            if kept.reaches(ask.span) or self._is_fresh(kept, ask) or self._stands_in(kept, ask):
                return kept.within(ask.span)

    def _is_fresh(self, kept: _Kept[S], ask: Ask[S]) -> bool:
        now = self._monotonic()
        gap = kept.gap_to_refetch(ask.span, ask.step, now) if self._refetch_gaps else None
        return gap is None and kept.covers(ask.span, ask.step, now)

    def _stands_in(self, kept: _Kept[S], ask: Ask[S]) -> bool:
        return self._stale > 0.0 and kept.overdue(ask, self._clock()) < self._stale

    def _extended(self, kept: _Kept[S] | None, ask: Ask[S], health: Health) -> _Kept[S]:
        """Return what is kept with what is missing of the rows asked for, each fetch noted by the health."""

        def fetch(since: int, until: int) -> S:
            return health.watch(lambda: ask.fetch(since, until))

        watched, (since, until) = replace(ask, fetch=fetch), ask.span
        if kept is None or not len(kept.rows) or until < kept.since or since > kept.until:
            return self._read_anew(watched)
        new = self._grown(kept, watched)
        gap = kept.gap_to_refetch(ask.span, ask.step, self._monotonic()) if self._refetch_gaps else None
        return new if gap is None else self._with_gap_refetched(new, gap, watched)

    def _read_anew(self, ask: Ask[S]) -> _Kept[S]:
        return _Kept(ask.fetch(*ask.span), *ask.span, self._monotonic())

    def _grown(self, kept: _Kept[S], ask: Ask[S]) -> _Kept[S]:
        """Return what is kept with the rows before it and after it that were asked for."""
        since, until = ask.span
        rows = kept.rows
        if since < kept.since:
            rows = ask.fetch(since, kept.since).joined(rows)
        newest = int(rows.time[-1])
        if newest + ask.step < until:
            tail = ask.fetch(newest - OVERLAP * ask.step, until)
            if _on_another_scale(rows, tail):
                # Either was wrong, or the venue counts anew: all of one answer is at least of one piece.
                return self._read_anew(ask)
            rows = rows.joined(tail)
        first, known = _first_to_keep(rows, since), min(since, kept.since)
        if first:
            # Indices copy, where a slice would keep the dropped rows in memory.
            rows, known = rows.select(np.arange(first, len(rows))), min(since, int(rows.time[first]))
        return replace(kept, rows=rows, since=known, until=max(until, kept.until), asked=self._monotonic())

    def _with_gap_refetched(self, kept: _Kept[S], gap: Span, ask: Ask[S]) -> _Kept[S]:
        """Return what is kept with what it lacked, or with how long to wait before the next try."""
        try:
            rows = kept.rows.joined(ask.fetch(*gap))
        except MarketError:
            # What is kept answers the caller; the exchange's health has the error.
            rows = kept.rows
        now = self._monotonic()
        return replace(kept, rows=rows, asked=now, gap=kept.gap.asked_again(gap, now))


def _first_to_keep(rows: TimeSeries, since: int) -> int:
    """Return the index of the oldest row to keep: MOST_ROWS are, and all that was asked for."""
    return min(max(len(rows) - MOST_ROWS, 0), int(np.searchsorted(rows.time, since)))


def _on_another_scale(older: TimeSeries, newer: TimeSeries) -> bool:
    """Tell whether most of the rows that both have differ by OTHER_SCALE in one of their columns."""
    _, of_older, of_newer = np.intersect1d(older.time, newer.time, return_indices=True)
    before, after = older.columns()[of_older], newer.columns()[of_newer]
    if not len(before):
        return False
    ratio = np.divide(after, before, out=np.ones_like(before), where=(before > 0) & (after > 0))
    return bool((np.abs(np.log(np.median(ratio, axis=0))) >= np.log(OTHER_SCALE)).any())
