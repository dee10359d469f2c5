"""Windows cover a range exactly, and their rows come together in order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.market.adapter.paging import collect, windows

HOUR = 3_600_000


@settings(deadline=None)
@given(
    since=st.integers(0, 10**7),
    length=st.integers(-10, 20_000),
    step=st.sampled_from([1, 7, 60, 3600]),
    rows=st.integers(1, 2000),
)
def test_windows_cover_every_step_once(since: int, length: int, step: int, rows: int) -> None:
    """Proves that the windows hold each whole step of the range once, none more than `rows`, newest first."""
    until = since + length
    spans = windows(since, until, step, rows, pages=10**9)
    assert spans == sorted(spans, reverse=True)
    covered = [t for start, stop in reversed(spans) for t in range(start, stop, step)]
    assert covered == list(range(-(-since // step) * step, until, step))
    assert all(0 < stop - start <= rows * step and start % step == 0 for start, stop in spans)


def test_pages_are_bounded_and_the_newest_kept() -> None:
    """Proves that a range too long gives its newest part."""
    spans = windows(0, 10_000, 1, 10, pages=3)
    assert spans == [(9990, 10_000), (9980, 9990), (9970, 9980)]


class Source:
    """Rows from `oldest` up to 1000, each its time twice; the nth answer can be another."""

    def __init__(self, oldest: int = 0, holes: range = range(0)) -> None:
        """Have every row from `oldest` on but those in `holes`."""
        self.asked: list[tuple[int, int]] = []
        self.oldest, self.holes = oldest, holes
        self.spoilt: dict[int, range] = {}

    def __call__(self, start: int, stop: int) -> np.ndarray:
        """Return the rows of the window, and some on both sides of it."""
        self.asked.append((start, stop))
        lost = self.spoilt.get(len(self.asked), range(0))
        times = [t for t in range(start - 5, stop + 5) if self.oldest <= t < 1000 and t not in {*self.holes, *lost}]
        return np.array([(t, 2 * t) for t in times], dtype=float).reshape(-1, 2)


WINDOWS = windows(0, 1000, 1, 100)


@pytest.mark.parametrize("oldest", [0, 37, 100, 999, 1000])
def test_collecting_stops_at_the_end_of_history(oldest: int) -> None:
    """Proves that rows come oldest first, none outside the windows, and that the walk ends soon after the last row."""
    source = Source(oldest)
    table = collect(source, WINDOWS, 2, 1)
    np.testing.assert_array_equal(table[:, 0], np.arange(oldest, 1000))
    assert len(source.asked) <= -(-(1000 - oldest) // 100) + 4


@pytest.mark.parametrize(("oldest", "calls"), [(0, 10), (200, 9), (237, 9), (1000, 1)])
def test_where_the_listing_explains_the_end_nothing_is_asked_twice(oldest: int, calls: int) -> None:
    """Proves that a stated start of the market costs one empty window at most."""
    source = Source(oldest)
    assert len(collect(source, WINDOWS, 2, 1, oldest)) == 1000 - oldest
    assert len(source.asked) == calls


@pytest.mark.parametrize(("first", "last"), [(-5, 105), (-5, 50), (20, 80), (40, 95)])
@pytest.mark.parametrize("nth", [1, 5, 10])
def test_one_bad_answer_loses_nothing(nth: int, first: int, last: int) -> None:
    """Proves that an empty, short or torn window is asked for again, wherever it comes in the walk."""
    source = Source()
    where = 1000 - 100 * nth
    source.spoilt = {nth: range(where + first, where + last)}
    np.testing.assert_array_equal(collect(source, WINDOWS, 2, 1)[:, 0], np.arange(1000))
    assert len(source.asked) == 11


def test_two_bad_answers_do_not_end_the_walk() -> None:
    """Proves that a window that stays empty is no end where there are rows before it."""
    source = Source()
    source.spoilt = {3: range(1000), 4: range(1000)}
    table = collect(source, WINDOWS, 2, 1)
    np.testing.assert_array_equal(table[:, 0], [*range(700), *range(800, 1000)])


def test_a_hole_of_the_venues_own_is_asked_for_once_more_and_left() -> None:
    """Proves that a venue that was away is taken as it is, rows before and after."""
    source = Source(holes=range(430, 480))
    table = collect(source, WINDOWS, 2, 1)
    np.testing.assert_array_equal(table[:, 0], [*range(430), *range(480, 1000)])
    assert len(source.asked) == 11


def test_newest_rows_not_yet_public_are_not_asked_for_twice() -> None:
    """Proves that what is short at the new end costs nothing: the caller asks again when it is due."""
    source = Source(holes=range(950, 1000))
    assert len(collect(source, WINDOWS, 2, 1)) == 950
    assert len(source.asked) == 10
