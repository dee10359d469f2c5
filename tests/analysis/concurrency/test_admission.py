"""Admission: what is computed at once is bounded, what goes beyond is told so, and what is left is given back."""

import threading
from contextlib import ExitStack

import pytest

from service.analysis.concurrency.admission import (
    COMING_SECONDS,
    TURNS,
    UNREAD_SECONDS,
    Admission,
    Busy,
    CallerGone,
    DeadlinePassed,
)
from service.analysis.concurrency.cost import Cost
from service.ops.request_scope import RequestScope, current_scope, scope_of_request
from tests.support.crowd import crowd

COSTLY, ORDINARY = Cost(1.0, 100.0), Cost(0.1, 10.0)


class Clock:
    """Monotonic seconds, moved by hand."""

    def __init__(self) -> None:
        """Begin at 0."""
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def test_the_costly_are_turned_away_before_the_ordinary() -> None:
    """Three of four seconds are held: another costly one waits in vain, ordinary ones go on until all is held."""
    admission = Admission(10.0, 4.0, 1e9)
    with admission.hold(COSTLY), admission.hold(COSTLY), admission.hold(COSTLY):
        with pytest.raises(Busy):
            admission.admit(COSTLY)
        with admission.hold(ORDINARY):
            admission.admit(ORDINARY)
    admission.admit(COSTLY)


def test_memory_is_bounded_too() -> None:
    """However quick it would be."""
    admission = Admission(10.0, 1e9, 150.0)
    with admission.hold(COSTLY), pytest.raises(Busy):
        admission.admit(Cost(0.001, 60.0))


def test_all_is_full_for_the_cheap_as_well() -> None:
    """Nothing goes beyond the whole."""
    admission = Admission(10.0, 0.25, 1e9)
    with admission.hold(ORDINARY), admission.hold(ORDINARY), pytest.raises(Busy):
        admission.admit(ORDINARY)


def test_what_is_alone_is_always_let_in() -> None:
    """A bound below one request's cost does not shut it out for ever."""
    admission = Admission(10.0, 0.01, 1.0)
    with admission.hold(COSTLY):
        pass
    admission.admit(COSTLY)


def test_room_is_given_back_after_an_error() -> None:
    """A computation that fails leaves its place."""
    admission = Admission(10.0, 1.0, 1e9)
    for _ in range(10):
        with pytest.raises(ZeroDivisionError):
            admission.admit(COSTLY).computing(lambda: 1 // 0)()
    assert admission.admit(COSTLY).computing(lambda: 7)() == 7


def test_what_was_let_in_may_still_find_no_room() -> None:
    """Two were let in while nothing was computed; the second comes to compute beside the first."""
    admission = Admission(10.0, 1.0, 1e9)
    first, second = admission.admit(COSTLY), admission.admit(COSTLY)
    inner = second.computing(lambda: 1)
    with pytest.raises(Busy):
        first.computing(inner)()
    assert inner() == 1


def asking(asked: str, route: str = "/v1/heatmap") -> scope_of_request:
    """Return the scope of a request."""
    return scope_of_request(RequestScope(0.0, route=route, asked=asked))


def test_who_was_let_in_has_its_room() -> None:
    """It need not load for nothing: the next is refused before, the same once more is not, for both share an answer."""
    admission = Admission(10.0, 1.5, 1e9)
    with asking("a"):
        let_in = admission.admit(COSTLY)
        with asking("b"), pytest.raises(Busy):
            admission.admit(COSTLY)
        admission.admit(COSTLY)
        assert let_in.computing(lambda: 7)() == 7
    with asking("b"):
        admission.admit(COSTLY)


def test_room_is_kept_for_as_long_as_a_quick_load_takes() -> None:
    """Then others may have it, as those may whose request has ended without computing."""
    clock = Clock()
    admission = Admission(10.0, 1.5, 1e9, clock)
    with asking("a"):
        admission.admit(COSTLY)
    clock.seconds = COMING_SECONDS
    with asking("b"):
        admission.admit(COSTLY)
    admission.ended("b")
    with asking("c"):
        admission.admit(COSTLY)


def test_what_a_route_was_refused_for_lately_need_not_be_read() -> None:
    """While there is no room for it; another route is read all the same, and so is this one once there is room."""
    clock = Clock()
    admission = Admission(10.0, 0.25, 1e9, clock)
    with admission.hold(ORDINARY), admission.hold(ORDINARY):
        assert not admission.turns_away("/v1/heatmap")
        with asking("a"), pytest.raises(Busy):
            admission.admit(ORDINARY)
        assert admission.turns_away("/v1/heatmap")
        assert not admission.turns_away("/v1/zones")
    assert not admission.turns_away("/v1/heatmap")
    with admission.hold(ORDINARY), admission.hold(ORDINARY):
        assert admission.turns_away("/v1/heatmap")
        clock.seconds = UNREAD_SECONDS
        assert not admission.turns_away("/v1/heatmap")


def test_the_least_that_was_refused_is_what_counts() -> None:
    """A costly answer that finds no room shuts out no ordinary one of its route."""
    admission = Admission(10.0, 2.0, 1e9)
    with admission.hold(COSTLY), asking("a"):
        with pytest.raises(Busy):
            admission.admit(COSTLY)
        assert not admission.turns_away("/v1/heatmap")
        with ExitStack() as held:
            for _ in range(4):
                held.enter_context(admission.hold(Cost(0.21, 10.0)))
            for seconds in (0.24, 0.2):
                with pytest.raises(Busy):
                    admission.admit(Cost(seconds, 10.0))
            assert admission.turns_away("/v1/heatmap")
        with ExitStack() as held:
            for _ in range(4):
                held.enter_context(admission.hold(Cost(0.19, 10.0)))
            assert not admission.turns_away("/v1/heatmap")


def test_nothing_is_computed_past_the_deadline() -> None:
    """Whoever waited that long has left."""
    clock, calls = Clock(), []
    admission = Admission(10.0, now=clock)
    compute = admission.admit(ORDINARY).computing(lambda: calls.append(1))
    clock.seconds = 10.5
    with pytest.raises(DeadlinePassed, match="10 s"):
        compute()
    assert not calls


def test_no_more_are_computed_at_once() -> None:
    """A crowd takes turns, and all have theirs."""
    admission, lock = Admission(60.0, 1e9, 1e9), threading.Lock()
    now, most = [0], [0]

    def compute() -> int:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        # The other processor's chance to come in between.
        threading.Event().wait(0.001)
        with lock:
            now[0] -= 1
        return 7

    assert crowd(20, admission.admit(ORDINARY).computing(compute)) == [7] * 20
    assert 1 <= most[0] <= TURNS


def test_a_turn_that_comes_too_late_is_none() -> None:
    """Who computes holds the turns until the others' time is over: they are told so, and the turns are given back."""
    clock = Clock()
    admission = Admission(10.0, 1e9, 1e9, clock)
    late = admission.admit(ORDINARY)
    with admission.turn(10.0), admission.turn(10.0):
        clock.seconds = 10.0
        with pytest.raises(DeadlinePassed):
            late.computing(lambda: 7)()
    clock.seconds = 9.0
    assert [late.computing(lambda: 7)() for _ in range(2 * TURNS)] == [7] * (2 * TURNS)


def test_nothing_is_computed_for_who_has_left() -> None:
    """Unless another request waits for the same, and only as long as that one has time."""
    clock, other = Clock(), RequestScope(0.0, until=5.0)
    admission = Admission(10.0, now=clock)
    with asking("a"):
        let_in, scope = admission.admit(ORDINARY), current_scope()
        assert let_in.computing(lambda: 7)() == 7
        scope.gone = lambda: True
        for check in (let_in.computing(lambda: 7), scope.check):
            with pytest.raises(CallerGone):
                check()
        scope.waiting.append(other)
        assert let_in.computing(lambda: 7)() == 7
        clock.seconds = 5.5
        with pytest.raises(CallerGone):
            scope.check()
        clock.seconds = 10.5
        with pytest.raises(DeadlinePassed):
            scope.check()


def test_who_leaves_while_waiting_for_a_turn_gives_it_up() -> None:
    """Others still compute: it does not wait until they are done."""
    admission = Admission(60.0, 1e9, 1e9)
    with ExitStack() as turns, asking("a"):
        compute = admission.admit(ORDINARY).computing(lambda: 7)
        for _ in range(TURNS):
            turns.enter_context(admission.turn(admission.now() + 60.0))
        looks = iter([False, True])
        current_scope().gone = lambda: next(looks)
        with pytest.raises(CallerGone):
            compute()
    assert [admission.admit(ORDINARY).computing(lambda: 7)() for _ in range(2 * TURNS)] == [7] * (2 * TURNS)
