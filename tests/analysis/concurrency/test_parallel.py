"""Loads side by side: none holds the others back, and each failure is its own."""

import threading
from dataclasses import replace
from time import monotonic

import pytest

from service.analysis.concurrency.bulkheads import Bulkheads
from service.analysis.concurrency.parallel import Failure, NoneAnswered, Patience, SideBySide, side_by_side
from service.analysis.concurrency.seats import Seats
from service.heatmap.base.errors import BadInput
from service.market.contract import (
    BadData,
    ExchangeUnavailable,
    Late,
    NotPublished,
    Overloaded,
    UnknownSymbol,
    Unsupported,
)
from service.ops.request_scope import RequestScope, scope_of_request

UNKNOWN = UnknownSymbol("b", "XYZ")
DOWN = ExchangeUnavailable("a", "is down")
JUNK = BadData("c", "junk")
WRONG = BadInput("mix", "Too little to fit.")
PATIENT = Patience(20.0, Seats(100, monotonic))


@pytest.fixture
def pool() -> Bulkheads:
    """Return two threads for each exchange."""
    return Bulkheads(["x", "y", "slow", "quick"], 2, 2)


def raising(error: Exception) -> int:
    """Raise it."""
    raise error


def test_results_come_in_the_order_asked(pool: Bulkheads) -> None:
    """However they end, results and errors are listed as they were asked for."""
    first_may_end = threading.Event()

    def slow() -> int:
        assert first_may_end.wait(PATIENT.seconds)
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
def test_a_failure_counts_against_its_own_call(pool: Bulkheads, error: Exception) -> None:
    """What an exchange or a parameter stands in the way of is noted, and the rest goes on."""
    found = side_by_side(pool, {("A", "x"): lambda: raising(error), ("A", "y"): lambda: 2}, PATIENT)
    assert found.results == {("A", "y"): 2}
    assert found.errors == {("A", "x"): error}


def test_a_bug_of_one_alone_is_not_swallowed(pool: Bulkheads) -> None:
    """Where nothing else could be answered with, the error goes on to whoever logs and answers 500."""
    with pytest.raises(ZeroDivisionError):
        side_by_side(pool, {("A", "x"): lambda: 1 // 0}, PATIENT)


def test_a_bug_of_one_of_several_is_logged_and_counts_against_it(
    pool: Bulkheads, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are answered; the log has the stack, and the answer has none of it."""
    found = side_by_side(pool, {("A", "x"): lambda: 1 // 0, ("A", "y"): lambda: 7}, PATIENT)
    assert found.results == {("A", "y"): 7}
    error = found.errors[("A", "x")]
    assert isinstance(error, ExchangeUnavailable)
    assert "division" not in str(error)
    assert "ZeroDivisionError" in caplog.text


def test_what_is_late_is_unavailable_and_goes_on(pool: Bulkheads) -> None:
    """At the deadline the slow call counts as unavailable, named with the time it had; it still ends by itself."""
    release, ended, quick_done = threading.Event(), threading.Event(), threading.Event()

    def slow() -> int:
        assert release.wait(PATIENT.seconds)
        ended.set()
        return 1

    def quick() -> int:
        quick_done.set()
        return 2

    found = side_by_side(pool, {("A", "slow"): slow, ("A", "quick"): quick}, replace(PATIENT, seconds=0.2))
    assert quick_done.is_set()
    assert found.results == {("A", "quick"): 2}
    late = found.errors["A", "slow"]
    assert isinstance(late, Late)
    assert late.exchange == "slow"
    assert "no answer within 0.2 s" in str(late)
    assert not ended.is_set(), "the slow call held the rest back"
    release.set()
    assert ended.wait(PATIENT.seconds)


class Left(Exception):
    """What a request's check raises where its caller has hung up."""


def test_who_leaves_does_not_wait_for_what_was_begun() -> None:
    """A load that has begun goes on, for others find what it brings; one that has not is taken back."""
    pool, release, ended, scope = Bulkheads(["slow"], 1, 2), threading.Event(), threading.Event(), RequestScope(0.0)
    begun: list[str] = []

    def slow() -> int:
        begun.append("slow")
        assert release.wait(PATIENT.seconds)
        ended.set()
        return 1

    def later() -> int:
        begun.append("later")
        return 2

    def check() -> None:
        raise Left

    scope.check = check
    with scope_of_request(scope), pytest.raises(Left):
        side_by_side(pool, {("A", "slow"): slow, ("B", "slow"): later}, PATIENT)
    assert not ended.is_set()
    release.set()
    assert ended.wait(PATIENT.seconds)
    assert side_by_side(pool, {("A", "slow"): lambda: 3}, PATIENT).results == {("A", "slow"): 3}
    assert begun == ["slow"]


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([UNKNOWN], UNKNOWN),
        ([UNKNOWN, WRONG, NotPublished("no")], WRONG),
        ([WRONG, NotPublished("no")], WRONG),
    ],
)
def test_which_error_stands_for_all(errors: list[Exception], said: Exception) -> None:
    """What the caller can change comes first; an unknown symbol only if all do not list it."""
    found: SideBySide[int] = SideBySide({}, {("A", str(i)): error for i, error in enumerate(errors)})  # type: ignore[misc]  # each is one of the kinds
    assert found.first_error() is said


def test_where_none_answered_each_is_named() -> None:
    """Every exchange with its reason, and the shortest wait of those that may answer yet."""
    errors: dict[tuple[str, str], Failure] = {
        ("A", "a"): ExchangeUnavailable("a", "is down", 9),
        ("A", "b"): UNKNOWN,
        ("A", "c"): BadData("c", "junk", 7),
    }
    said = SideBySide({}, errors).first_error()
    assert isinstance(said, NoneAnswered)
    assert str(said) == "a: is down; b lists no perpetual swap 'XYZ'; c: junk"
    assert (said.exchange, said.retry_after) == ("a,b,c", 7)


def test_of_one_exchange_alone_its_own_error_stands() -> None:
    """Several symbols that fail on one exchange are one exchange's failure."""
    assert SideBySide({}, {("A", "a"): UNKNOWN, ("B", "a"): DOWN}).first_error() is DOWN


def test_a_full_queue_is_its_own_failure(pool: Bulkheads) -> None:
    """One exchange's threads and queue are taken: its next load is refused at once, another's runs."""
    release = threading.Event()
    for _ in range(4):
        pool.submit("x", lambda: release.wait(PATIENT.seconds))
    found = side_by_side(pool, {("A", "x"): lambda: 1, ("A", "y"): lambda: 2}, PATIENT)
    assert found.results == {("A", "y"): 2}
    assert isinstance(found.errors["A", "x"], Overloaded)
    release.set()
