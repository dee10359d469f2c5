"""The scope of a request follows its work from thread to thread, and ends with it."""

import pytest

from service.analysis.concurrency.bulkheads import Bulkheads
from service.ops.request_scope import (
    RequestScope,
    asking_for,
    current_kind,
    current_scope,
    scope_of_request,
    while_wanted,
)


def test_outside_a_request_nothing_is_kept() -> None:
    """What is noted of no request goes nowhere."""
    current_scope().upstream.append(1.0)
    assert current_scope().upstream == []


def test_the_scope_lasts_as_long_as_the_block() -> None:
    """Within it is the request's own; after it there is none."""
    scope = RequestScope(0.0)
    with scope_of_request(scope):
        assert current_scope() is scope
    assert current_scope() is not scope


def test_loads_work_for_the_request_that_asked() -> None:
    """What a load notes on a thread of its exchange's is noted of the request."""
    threads, first, second = Bulkheads(["x"], 1, 4), RequestScope(0.0), RequestScope(0.0)
    for scope in (first, second, first):
        with scope_of_request(scope):
            threads.submit("x", lambda: current_scope().upstream.append(0.5)).result(30)
    assert (first.upstream, second.upstream) == ([0.5, 0.5], [0.5])


def test_what_is_asked_for_is_known_within_the_call_alone() -> None:
    """The innermost name counts, and an error does not leave it behind."""

    def fail() -> None:
        assert current_kind() == "markets"
        raise KeyError

    with pytest.raises(KeyError), asking_for("tiers"), asking_for("markets"):
        fail()
    assert current_kind() == "other"


def test_items_come_for_as_long_as_they_are_wanted() -> None:
    """The scope is asked before each."""
    scope, left = RequestScope(0.0), [2]

    def check() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise TimeoutError

    scope.check = check
    seen: list[str] = []
    with scope_of_request(scope), pytest.raises(TimeoutError):
        seen.extend(while_wanted("abcd"))
    assert left == [-1]
    assert list(while_wanted("abcd")) == list("abcd")
