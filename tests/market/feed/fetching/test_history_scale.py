"""A tail on another scale than the rows in hand is never joined to them."""

import pytest

from service.market.contract import BadData, OpenInterest
from service.market.feed.fetching.history import OVERLAP
from tests.support.fake_exchange import Clock
from tests.support.fake_rows import STEP, Kept, Source, times


def scaled(source: Source, factor: float, *answers: int) -> "Source":
    """Return the source, the values of whose nth answers are off by the factor."""
    plain = source.__call__

    def ask(since: int, until: int) -> OpenInterest:
        rows = plain(since, until)
        return OpenInterest(rows.time, rows.amount * (factor if len(source.asked) in answers else 1.0))

    return ask  # type: ignore[return-value]  # called as a source is


@pytest.mark.parametrize("factor", [10.0, 1e6, 0.001])
def test_a_tail_on_another_scale_is_thrown_away_and_all_is_read_anew(factor: float) -> None:
    """One answer that is off by a factor costs a fetch, and none of its rows is kept."""
    source, kept = Source(), Kept(Clock())
    ask = scaled(source, factor, 2)
    kept.get("key", (100, 200), ask)
    assert times(kept.get("key", (100, 220), ask)) == list(range(100, 220, 10))
    assert source.asked == [(100, 200), (190 - OVERLAP * STEP, 220), (100, 220)]


def test_rows_in_hand_that_were_off_go_too() -> None:
    """Which of the two was wrong does not matter."""
    source, kept = Source(), Kept(Clock())
    ask = scaled(source, 1000.0, 1)
    kept.get("key", (100, 200), ask)
    assert times(kept.get("key", (100, 220), ask)) == list(range(100, 220, 10))


def test_where_reading_anew_fails_what_is_in_hand_stays() -> None:
    """The error passes, and the next caller finds the good rows as they were."""
    source, kept = Source(), Kept(Clock())

    def ask(since: int, until: int) -> OpenInterest:
        if len(source.asked) == 2:
            raise BadData("x", "torn")
        return scaled(source, 1000.0, 2)(since, until)

    kept.get("key", (100, 200), ask)
    with pytest.raises(BadData):
        kept.get("key", (100, 220), ask)
    assert times(kept.get("key", (100, 200), ask)) == list(range(100, 200, 10))


def test_a_revised_newest_row_is_no_other_scale() -> None:
    """One row in four may change by as much as it likes."""
    source, kept = Source(), Kept(Clock())
    kept.get("key", (100, 200), source)

    def revised(since: int, until: int) -> OpenInterest:
        rows = source(since, until)
        rows.amount[rows.time == 190] *= 50
        return rows

    assert len(kept.get("key", (100, 220), revised).time) == 12
    assert len(source.asked) == 2
