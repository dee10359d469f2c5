"""Some threads never wait for an exchange, and one exchange never has all the others."""

from contextlib import ExitStack

import pytest

from service.analysis.concurrency.seats import SEAT_SECONDS, STUCK_SECONDS, Seats
from service.market.contract import Overloaded
from tests.support.crowd import crowd
from tests.support.fake_exchange import Clock


class Passing(Clock):
    """A clock on which every look takes a little: who waits by it waits for some looks."""

    def __call__(self) -> float:
        """Return the time, and let some pass."""
        self.now += SEAT_SECONDS / 4
        return self.now


def taken(seats: Seats, stack: ExitStack, *exchanges: str) -> bool:
    """Tell whether a seat was to be had; it is held until the stack is left."""
    try:
        stack.enter_context(seats.taken(exchanges, seats._clock()))
    except Overloaded:
        return False
    return True


def test_two_threads_are_left_and_one_exchange_never_has_all_the_rest() -> None:
    """Of eight: six seats, five of them for any one exchange; who names several counts for each."""
    clock = Clock(0.0)
    seats = Seats(8, clock)
    with ExitStack() as stack:
        assert [taken(seats, stack, "hung") for _ in range(5)] == [True] * 5
        clock.now = STUCK_SECONDS + 0.1
        assert not taken(seats, stack, "hung")
        assert not taken(seats, stack, "well", "hung")
        assert taken(seats, stack, "well")
        assert not taken(seats, stack, "third")
    with ExitStack() as stack:
        assert taken(seats, stack, "hung")


def test_who_would_wait_in_vain_is_turned_away_at_once() -> None:
    """Somebody has waited for the exchange for seconds: no second is lost on it."""
    clock = Clock(0.0)
    seats = Seats(3, clock)
    with seats.taken(["hung"], 0.0):
        assert not seats.hopeless(["hung"])
        clock.now = STUCK_SECONDS + 0.1
        assert seats.hopeless(["hung"])
        with pytest.raises(Overloaded), seats.taken(["hung"], clock.now):
            pass
    assert not seats.hopeless(["hung"])


def test_a_seat_that_does_not_come_free_is_waited_for_only_so_long() -> None:
    """Also where nobody has sat for long enough to be stuck."""
    clock = Passing(0.0)
    seats = Seats(3, clock)
    with seats.taken(["slow"], 0.0), pytest.raises(Overloaded), seats.taken(["slow"], 0.0):
        pass


def test_a_crowd_takes_turns() -> None:
    """Where exchanges answer, nobody is turned away."""
    seats = Seats(3, Clock(0.0))

    def sit() -> int:
        with seats.taken(["well"], 0.0):
            return 1

    assert crowd(20, sit) == [1] * 20


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_there_is_always_one_seat(threads: int) -> None:
    """A server with one thread answers too."""
    with Seats(threads, Clock(0.0)).taken(["x"], 0.0):
        pass
