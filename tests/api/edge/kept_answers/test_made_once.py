"""Made once: one computation for all who wait, which outlasts the one who began it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from service.analysis.concurrency.admission import Admission, CallerGone
from service.api.edge.kept_answers.made_once import MadeOnce
from service.ops.request_scope import RequestScope, current_scope, scope_of_request

PATIENCE = 60.0


@dataclass
class Caller:
    """One who may hang up, and what is computed for them, step by step."""

    made: MadeOnce[str]
    name: str
    left: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    may: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> str:
        """Wait for the answer."""
        scope = RequestScope(0.0, gone=self.left.is_set)
        scope.check = lambda: Admission(PATIENCE, now=lambda: 0.0).require_wanted(scope)
        with scope_of_request(scope):
            return self.made.run("key", self.compute)

    def compute(self) -> str:
        """Compute once that may be, for as long as it is wanted."""
        self.begun.set()
        assert self.may.wait(PATIENCE)
        current_scope().check()
        return f"made for {self.name}"


def waits(made: MadeOnce[str]) -> Callable[[], bool]:
    """Return what tells whether somebody waits for what another computes."""
    return lambda: any(leader.waiting for leader in made._leading.values())


def both(pool: ThreadPoolExecutor) -> tuple[Caller, "Future[str]", Caller, "Future[str]"]:
    """Return one who computes and one who waits, each with what they will have."""
    made = MadeOnce[str]()
    first, second = Caller(made, "first"), Caller(made, "second")
    one = pool.submit(first.ask)
    assert first.begun.wait(PATIENCE)
    other = pool.submit(second.ask)
    while not waits(made)():
        threading.Event().wait(0.001)
    return first, one, second, other


def test_it_goes_on_for_who_waits() -> None:
    """The one who began has hung up: the other has what was begun."""
    with ThreadPoolExecutor(2) as pool:
        first, one, second, other = both(pool)
        first.left.set()
        first.may.set()
        assert other.result(PATIENCE) == one.result(PATIENCE) == "made for first"
        assert not second.begun.is_set()


def test_it_ends_where_nobody_waits() -> None:
    """All of them have hung up, and all are told so; the next caller has it made anew."""
    with ThreadPoolExecutor(2) as pool:
        first, one, second, other = both(pool)
        for caller in (first, second):
            caller.left.set()
            caller.may.set()
        for result in (one, other):
            with pytest.raises(CallerGone):
                result.result(PATIENCE)
        third = Caller(first.made, "third")
        third.may.set()
        assert third.ask() == "made for third"
    assert first.made._leading == {}


def test_who_waits_for_what_was_given_up_makes_it() -> None:
    """It had been noted of nobody, as where it came between two of them."""
    with ThreadPoolExecutor(2) as pool:
        first, one, second, other = both(pool)
        for scope in first.made._leading.values():
            scope.waiting.clear()
        first.left.set()
        second.may.set()
        first.may.set()
        assert other.result(PATIENCE) == "made for second"
        with pytest.raises(CallerGone):
            one.result(PATIENCE)
