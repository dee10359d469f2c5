"""The book comes back with time, never thins, and is all there at once where that takes no time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.cascade.met_book import MetBook, check_book

BOOK = MetBook(np.array([0.2, 1.0]), np.array([1.0, 1.0]), np.array([5e6, 0.0]), 5.0)


def test_it_comes_back_by_the_minute() -> None:
    """Thin and without refill at the shock, 1 - 1 / e of the way after five minutes, whole after hours."""
    depth, refill = BOOK.at(0.0)
    assert (depth.tolist(), refill.tolist()) == ([0.2, 1.0], [0.0, 0.0])
    depth, refill = BOOK.at(300.0)
    assert depth == pytest.approx([1.0 - 0.8 / np.e, 1.0])
    assert refill == pytest.approx([5e6 * (1.0 - 1.0 / np.e), 0.0])
    depth, refill = BOOK.at(1e4)
    assert depth == pytest.approx([1.0, 1.0])
    assert refill == pytest.approx([5e6, 0.0])


@given(one=st.floats(0, 7200), other=st.floats(0, 7200), minutes=st.floats(0.01, 60))
def test_it_never_thins(one: float, other: float, minutes: float) -> None:
    """On which it rests that a larger shock ends nearer in no case."""
    book = MetBook(BOOK.depth, BOOK.returned, BOOK.refill, minutes)
    early, late = (book.at(seconds) for seconds in sorted([one, other]))
    assert all((after >= before).all() for before, after in zip(early, late, strict=True))


def test_at_once() -> None:
    """In no minutes all has come, at the shock too."""
    depth, refill = MetBook(BOOK.depth, BOOK.returned, BOOK.refill, 0.0).at(0.0)
    assert (depth.tolist(), refill.tolist()) == ([1.0, 1.0], [5e6, 0.0])


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ((0.0, 0.0, 5.0), "depth must be 0.001 to 10"),
        ((1.0, -1.0, 5.0), "refill must be at least 0"),
        ((1.0, float("inf"), 5.0), "refill must be at least 0"),
        ((1.0, 0.0, -1.0), "minutes must be 0 to 60"),
        ((1.0, 0.0, float("nan")), "minutes must be 0 to 60"),
    ],
)
def test_bad_settings(given_: tuple[float, float, float], says: str) -> None:
    """Refused by name."""
    with pytest.raises(ValueError, match=says):
        check_book(*given_)
