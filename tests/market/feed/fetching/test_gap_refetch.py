"""What a series lacks is asked for again, soon and then ever more seldom."""

import pytest

from service.market.contract import ExchangeUnavailable
from service.market.feed.fetching.gap_refetch import GAP_SECONDS, LONGEST_GAP_SECONDS
from tests.support.fake_exchange import Clock
from tests.support.fake_rows import STEP, Kept, Source, store, times


def test_a_series_that_begins_later_than_asked_is_asked_again_ever_more_seldom() -> None:
    """The head of a young market is empty: that costs a few small fetches in the first hours, and one an hour after."""
    source, clock = Source(), Clock()
    source.gaps = set(range(0, 150, 10))
    kept = store(source, clock, (0, 200))
    for _ in range(4 * 3600):
        clock.now += 1
        assert times(kept.get("key", (0, 200), source)) == [150, 160, 170, 180, 190]
    assert source.asked == [(0, 200), *[(0, 150)] * 13]


@pytest.mark.parametrize("lost", [range(0, 150, 10), range(0, 60, 10), range(70, 130, 10)])
def test_rows_that_one_bad_answer_lacked_are_had_soon_after(lost: range) -> None:
    """A head or a gap that the exchange held back for once is in the next answer but a moment's."""
    source, clock = Source(), Clock()
    source.gaps = set(lost)
    kept = store(source, clock, (0, 200))
    source.gaps = set()
    assert set(times(kept.get("key", (0, 200), source))) == set(range(0, 200, 10)) - set(lost)
    clock.now += GAP_SECONDS + 0.1
    assert times(kept.get("key", (0, 200), source)) == list(range(0, 200, 10))
    assert source.asked[1:] == [(lost[0], lost[-1] + STEP)]
    clock.now += 10 * LONGEST_GAP_SECONDS
    kept.get("key", (0, 200), source)
    assert len(source.asked) == 2


def test_a_gap_that_a_tail_brought_does_not_wait_for_an_old_one() -> None:
    """How long one gap stands says nothing of the next."""
    source, clock = Source(), Clock()
    source.gaps = set(range(0, 100, 10))
    kept = store(source, clock, (0, 200))
    for _ in range(3):
        clock.now += LONGEST_GAP_SECONDS
        kept.get("key", (0, 200), source)
    source.gaps = set(range(200, 300, 10))
    kept.get("key", (0, 400), source)
    source.gaps = set()
    clock.now += GAP_SECONDS + 0.1
    assert times(kept.get("key", (0, 400), source)) == list(range(0, 400, 10))


def test_a_few_rows_that_are_not_there_are_no_gap() -> None:
    """Venues leave out bars in which nothing was traded."""
    source, clock = Source(), Clock()
    source.gaps = {0, 10, 50, 60, 70, 120, 130, 140, 150}
    kept = store(source, clock, (0, 200))
    clock.now += LONGEST_GAP_SECONDS
    kept.get("key", (0, 200), source)
    assert source.asked == [(0, 200)]


def test_rows_further_apart_than_their_step_have_no_gaps() -> None:
    """Open interest may come by the hour for bars of five minutes."""
    source, clock = Source(), Clock()
    source.gaps = set(range(0, 2000, 10)) - set(range(0, 2000, 100))
    kept = store(source, clock, (0, 2000))
    for _ in range(3):
        kept.get("key", (0, 2000), source)
    assert source.asked == [(0, 2000)]


def test_what_is_in_hand_answers_where_asking_again_fails() -> None:
    """A gap is no reason to be without the rest, and the exchange that is down is left in peace for longer."""
    source, clock = Source(), Clock()
    source.gaps = set(range(70, 130, 10))
    kept = store(source, clock, (0, 200))
    source.error = ExchangeUnavailable("x", "down")
    for seconds, calls in ((GAP_SECONDS, 2), (GAP_SECONDS - 1, 2), (1, 3), (2 * GAP_SECONDS - 1, 3), (1, 4)):
        clock.now += seconds
        assert len(times(kept.get("key", (0, 200), source))) == 14
        assert len(source.asked) == calls


def test_what_need_not_be_there_is_not_asked_for_again() -> None:
    """Without `refetch_gaps` a gap is left: there are series, as of liquidations, in which nothing says nothing."""
    source, clock = Source(), Clock()
    source.gaps = set(range(70, 130, 10))
    kept = Kept(clock, refetch_gaps=False)
    for _ in range(3):
        kept.get("key", (0, 200), source)
        clock.now += LONGEST_GAP_SECONDS
    assert source.asked == [(0, 200)]
