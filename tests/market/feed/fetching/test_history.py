"""Closed rows are kept, what is missing is fetched and nothing else, and good data outlives bad fetches."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.market.contract import ExchangeUnavailable, OpenInterest
from service.market.feed.fetching import history
from service.market.feed.fetching.gap_refetch import GAP_SECONDS
from service.market.feed.fetching.history import OVERLAP
from tests.support.crowd import CountedLock, crowd
from tests.support.fake_exchange import Clock
from tests.support.fake_rows import STEP, Kept, Source, store, times


def test_what_is_in_hand_is_not_fetched_again() -> None:
    """A span inside what was fetched costs nothing, whatever its ends."""
    source = Source()
    kept = store(source, Clock(), (100, 200))
    assert times(kept.get("key", (100, 200), source)) == list(range(100, 200, 10))
    assert times(kept.get("key", (120, 150), source)) == [120, 130, 140]
    assert source.asked == [(100, 200)]


def test_rows_of_a_span_are_one_object_until_there_are_others() -> None:
    """So that what was made of them once holds for as long as they do; other spans between change nothing."""
    source = Source()
    kept = store(source, Clock(), (100, 200))
    first = kept.get("key", (120, 180), source)
    for start in range(100, 150, 10):
        kept.get("key", (start, 180), source)
    assert kept.get("key", (120, 180), source) is first
    kept.get("key", (100, 220), source)
    assert kept.get("key", (120, 180), source) is not first


def test_only_the_tail_is_fetched_as_time_goes_on() -> None:
    """A later end fetches from a few rows before the newest one in hand."""
    source = Source()
    kept = store(source, Clock(), (100, 200))
    assert times(kept.get("key", (110, 220), source)) == list(range(110, 220, 10))
    assert source.asked[1:] == [(190 - OVERLAP * STEP, 220)]


def test_an_earlier_start_fetches_the_head_alone() -> None:
    """A longer lookback fetches what lies before the rows in hand, once."""
    source = Source()
    kept = store(source, Clock(), (100, 200))
    assert times(kept.get("key", (50, 200), source)) == list(range(50, 200, 10))
    assert times(kept.get("key", (50, 200), source)) == list(range(50, 200, 10))
    assert source.asked[1:] == [(50, 100)]


def test_head_and_tail_in_one_request() -> None:
    """A span that sticks out at both ends fetches both ends."""
    source = Source()
    kept = store(source, Clock(), (100, 200))
    assert times(kept.get("key", (70, 230), source)) == list(range(70, 230, 10))
    assert source.asked[1:] == [(70, 100), (160, 230)]


@pytest.mark.parametrize("span", [(500, 600), (10, 50)])
def test_a_disjoint_range_takes_the_place_of_the_rows_in_hand(span: tuple[int, int]) -> None:
    """Rows with a hole of unknown size between them are never kept together."""
    source = Source()
    kept = store(source, Clock(), (100, 200))
    assert times(kept.get("key", span, source)) == list(range(*span, 10))
    assert source.asked[1:] == [span]
    assert times(kept.get("key", (100, 200), source)) == list(range(100, 200, 10))


def test_a_newest_row_not_yet_published_is_asked_for_again_after_a_moment() -> None:
    """Within the moment the rows in hand have to do; after it one small fetch looks again, and finds it."""
    source, clock = Source(published=190), Clock()
    kept = store(source, clock, (100, 200))
    for _ in range(3):
        assert times(kept.get("key", (100, 200), source))[-1] == 180
    assert len(source.asked) == 1
    clock.now += GAP_SECONDS + 0.1
    source.published = 200
    assert times(kept.get("key", (100, 200), source))[-1] == 190
    assert source.asked[1:] == [(180 - OVERLAP * STEP, 200)]


def test_no_rows_at_all_are_asked_for_again_after_a_moment() -> None:
    """An empty answer stands for a moment too, and no longer."""
    source, clock = Source(published=0), Clock()
    kept = store(source, clock, (100, 200), (100, 200))
    assert len(source.asked) == 1
    clock.now += GAP_SECONDS + 0.1
    source.published = 10**9
    assert times(kept.get("key", (100, 200), source)) == list(range(100, 200, 10))


@pytest.mark.parametrize("span", [(100, 220), (50, 200)])
def test_a_fetch_that_raises_leaves_good_rows_in_place(span: tuple[int, int]) -> None:
    """The error passes, the rows stay, and the next fetch asks for what was missing alone."""
    source = Source()
    kept = store(source, Clock(), (100, 200))
    source.error = ValueError("down")
    with pytest.raises(ValueError, match="down"):
        kept.get("key", span, source)
    assert times(kept.get("key", (100, 200), source)) == list(range(100, 200, 10))
    source.error = None
    kept.get("key", span, source)
    assert (100, 220) not in source.asked[2:]
    assert (50, 200) not in source.asked[2:]


@pytest.mark.parametrize("holes", [{180, 190}, {160, 170, 180, 190}, {170}])
def test_an_overlap_with_holes_loses_no_row(holes: set[int]) -> None:
    """A tail that comes back with rows missing adds its own and takes none away."""
    source = Source()
    kept = store(source, Clock(), (100, 200))
    source.gaps = holes
    assert times(kept.get("key", (100, 220), source)) == list(range(100, 220, 10))


def test_a_revised_row_takes_the_place_of_the_old_one() -> None:
    """Where the tail overlaps, what the exchange says now stands."""
    source, kept = Source(), Kept(Clock())
    kept.get("key", (100, 200), lambda a, b: OpenInterest(source(a, b).time, -source(a, b).amount))
    got = kept.get("key", (100, 210), source)
    assert got.amount.tolist() == [-100.0, -110.0, -120.0, -130.0, -140.0, -150.0, *range(160, 210, 10)]


def test_twenty_callers_fetch_once() -> None:
    """One fetch however many ask at the same moment, and all have its rows."""
    source, kept, release = Source(), Kept(Clock()), threading.Event()
    kept.fetcher._live._flight._lock = lock = CountedLock(20)  # type: ignore[assignment]  # every caller passes it once on its way in
    lock.then(release.set)

    def held(since: int, until: int) -> OpenInterest:
        assert release.wait(30)
        return source(since, until)

    found = crowd(20, lambda: kept.get("key", (100, 200), held))
    assert [times(got) for got in found] == [list(range(100, 200, 10))] * 20  # type: ignore[arg-type]  # no errors
    assert source.asked == [(100, 200)]


def test_callers_with_other_spans_get_their_own_rows() -> None:
    """Waiting for another's fetch gives nobody a span that is not theirs."""
    source, kept = Source(), Kept(Clock())
    spans = [(100 - 10 * n, 200 + 10 * (n % 3)) for n in range(9)]
    turns = iter(spans * 2)
    lock = threading.Lock()

    def ask() -> bool:
        with lock:
            span = next(turns)
        return times(kept.get("key", span, source)) == list(range(*span, STEP))

    assert crowd(18, ask) == [True] * 18


def test_a_waiter_gives_up_on_a_fetch_that_hangs() -> None:
    """After `wait` seconds the caller is told so, and what is in hand is untouched."""
    entered, release = threading.Event(), threading.Event()
    kept = Kept(Clock(), wait=0.01)
    source = Source()

    def held(since: int, until: int) -> OpenInterest:
        entered.set()
        assert release.wait(30)
        return source(since, until)

    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(kept.get, "key", (100, 200), held)
        assert entered.wait(30)
        with pytest.raises(ExchangeUnavailable):
            kept.get("key", (100, 200), source)
        release.set()
        assert len(leader.result(30).time) == 10


def test_series_are_bounded_in_number() -> None:
    """No more series are kept than was said; the one not used for longest goes."""
    source, kept = Source(), Kept(Clock())
    for key in range(50):
        kept.get(key, (100, 200), source)
    assert len(kept.fetcher._live._kept) == 4
    kept.get(49, (100, 200), source)
    assert len(source.asked) == 50


def test_a_series_is_bounded_in_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """As time goes on the oldest rows go, but never one that was asked for."""
    monkeypatch.setattr(history, "MOST_ROWS", 20)
    source, kept = Source(), Kept(Clock())
    for start in range(0, 3000, 10):
        assert len(kept.get("key", (start, start + 100), source).time) == 10
        held = kept.fetcher._live.kept("x", "key")
        assert held is not None
        assert len(held.rows) <= 20
        assert held.since <= start
    fetched = len(source.asked)
    assert times(kept.get("key", (2000, 3090), source)) == list(range(2000, 3090, 10))
    assert len(source.asked) == fetched + 1


def test_rows_of_the_past_come_from_the_live_series_or_are_kept_apart() -> None:
    """A past range inside the live series costs nothing; any other is fetched once, and displaces no live series."""
    source = Source()
    kept = store(source, Clock(), (100, 200))
    assert times(kept.get_past("key", (120, 150), source)) == [120, 130, 140]
    assert len(source.asked) == 1
    for span in ((90, 150), (100, 210), (0, 50)):
        for _ in range(2):
            assert times(kept.get_past("key", span, source)) == list(range(*span, 10))
    assert source.asked[1:] == [(90, 150), (100, 210), (0, 50)]
    kept.get("key", (100, 200), source)
    assert len(source.asked) == 4


def test_a_past_range_does_not_wait_for_a_gap_of_the_live_series() -> None:
    """What the live series lacks inside is not asked for again on behalf of the past."""
    source, clock = Source(), Clock()
    source.gaps = set(range(110, 180, 10))
    kept = store(source, clock, (100, 200))
    clock.now += GAP_SECONDS + 0.1
    assert times(kept.get_past("key", (100, 190), source)) == [100, 180]
    assert len(source.asked) == 1


@settings(deadline=None, max_examples=2 * settings().max_examples)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60), st.integers(0, 20)), min_size=1, max_size=12))
def test_any_sequence_of_requests_gives_what_the_source_has(asks: list[tuple[int, int, int]]) -> None:
    """Against the plain twin, a source asked directly: same rows for any spans, as time and publication go on."""
    source, clock = Source(), Clock()
    kept = Kept(clock)
    for since, length, seconds in asks:
        clock.now += seconds
        span = (since * STEP, (since + length) * STEP)
        assert times(kept.get("key", span, source)) == times(Source()(*span))
