"""Loads side by side: none holds the others back, and each failure is its own."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.api.side_by_side import SideBySide, side_by_side
from service.heatmap.bad_input import BadInput
from service.market.exchange import (
    BadData,
    ExchangeUnavailable,
    NotPublished,
    UnknownSymbol,
    Unsupported,
)

UNKNOWN = UnknownSymbol("b", "XYZ")
DOWN = ExchangeUnavailable("a", "is down")
JUNK = BadData("c", "junk")
WRONG = BadInput("mix", "Too little to fit.")
PATIENT = 20.0


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Return four threads that end with the test."""
    with ThreadPoolExecutor(4) as threads:
        yield threads


def raising(error: Exception) -> int:
    """Raise it."""
    raise error


def test_results_come_in_the_order_asked(pool: ThreadPoolExecutor) -> None:
    """However they end, results and errors are listed as they were asked for."""
    first_may_end = threading.Event()

    def slow() -> int:
        assert first_may_end.wait(PATIENT)
        return 1

    def last() -> int:
        first_may_end.set()
        return 3

    calls = {("A", "x"): slow, ("A", "y"): lambda: raising(DOWN), ("B", "x"): last}
    found = side_by_side(pool, calls, PATIENT)
    assert found.results == {("A", "x"): 1, ("B", "x"): 3}
    assert list(found.results) == [("A", "x"), ("B", "x")]
    assert found.errors == {("A", "y"): DOWN}


@pytest.mark.parametrize("error", [DOWN, JUNK, UNKNOWN, WRONG, Unsupported("no"), NotPublished("no")])
def test_a_failure_counts_against_its_own_call(pool: ThreadPoolExecutor, error: Exception) -> None:
    """What an exchange or a parameter stands in the way of is noted, and the rest goes on."""
    found = side_by_side(pool, {("A", "x"): lambda: raising(error), ("A", "y"): lambda: 2}, PATIENT)
    assert found.results == {("A", "y"): 2}
    assert found.errors == {("A", "x"): error}


def test_a_bug_is_not_swallowed(pool: ThreadPoolExecutor) -> None:
    """Any other exception comes out, so that it is logged with its stack."""
    with pytest.raises(ZeroDivisionError):
        side_by_side(pool, {("A", "x"): lambda: 1 // 0, ("A", "y"): lambda: 2}, PATIENT)


def test_what_is_late_is_unavailable_and_goes_on(pool: ThreadPoolExecutor) -> None:
    """At the deadline the slow call counts as unavailable, named with the time it had; it still ends by itself."""
    release, ended, quick_done = threading.Event(), threading.Event(), threading.Event()

    def slow() -> int:
        assert release.wait(PATIENT)
        ended.set()
        return 1

    def quick() -> int:
        quick_done.set()
        return 2

    found = side_by_side(pool, {("A", "slow"): slow, ("A", "quick"): quick}, 0.2)
    assert quick_done.is_set()
    assert found.results == {("A", "quick"): 2}
    late = found.errors["A", "slow"]
    assert isinstance(late, ExchangeUnavailable)
    assert late.exchange == "slow"
    assert "no answer within 0.2 s" in str(late)
    assert not ended.is_set(), "the slow call held the rest back"
    release.set()
    assert ended.wait(PATIENT)


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([UNKNOWN], UNKNOWN),
        ([UNKNOWN, DOWN], DOWN),
        ([Unsupported("no"), JUNK, DOWN], JUNK),
        ([UNKNOWN, WRONG, NotPublished("no")], WRONG),
        ([WRONG, DOWN], DOWN),
    ],
)
def test_which_error_stands_for_all(errors: list[Exception], said: Exception) -> None:
    """What may pass comes first, then what the caller can change; an unknown symbol only if all do not list it."""
    found: SideBySide[int] = SideBySide({}, {("A", str(i)): error for i, error in enumerate(errors)})  # type: ignore[misc]  # each is one of the kinds
    assert found.first_error() is said
