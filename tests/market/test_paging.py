"""Windows cover a range exactly, and their rows come together in order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.market.paging import collect, windows

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


@pytest.mark.parametrize("oldest", [0, 37, 100, 999, 1000])
def test_collecting_stops_at_the_end_of_history(oldest: int) -> None:
    """Proves that rows come oldest first, none outside the windows, and that one empty page ends the walk."""
    asked: list[tuple[int, int]] = []

    def page(start: int, stop: int) -> np.ndarray:
        asked.append((start, stop))
        # a venue that overshoots the window on both sides
        times = [t for t in range(start - 5, stop + 5) if oldest <= t < 1000]
        return np.array([(t, 2 * t) for t in times], dtype=float).reshape(-1, 2)

    table = collect(page, windows(0, 1000, 1, 100), 2)
    np.testing.assert_array_equal(table[:, 0], np.arange(oldest, 1000))
    assert len(asked) == min(10, (1000 - oldest + 99) // 100 + 1)
