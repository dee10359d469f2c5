"""The scope of one request: what is known of it so far, for its log line and its figures, on whatever thread it works.

It travels in a context variable, which each thread that works for the request is given (`contextvars.copy_context`).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
UNMATCHED = "unmatched"
# What an exchange is asked for where nobody said what.
OTHER = "other"


def _never() -> bool:
    return False


def _nothing() -> None:
    pass


@dataclass(eq=False, slots=True)
class RequestScope:
    """What one request has come to.

    began       by a monotonic clock, in seconds
    request_id  the caller's own, or one that was made
    route       template of its path
    asked       its path and query as they came; empty where it asks for nothing that is worked on
    cache       what became of the look for a finished answer; empty where none was looked for
    problem     kind of the problem that it was answered with, and `detail` what that says; empty where it was not
    upstream    seconds of each request that was sent to an exchange on its behalf
    missing     exchanges that failed it, whatever it was answered with
    phases      seconds by phase of its work, in order
    gone        tells whether its caller has hung up
    until       until when its answer is of use, in monotonic seconds
    waiting     other requests that wait for the answer that this one computes
    check       raises where neither it nor any of these is waited for any more
    """

    began: float
    request_id: str = ""
    route: str = UNMATCHED
    asked: str = ""
    cache: str = ""
    problem: str = ""
    detail: str = ""
    upstream: list[float] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    phases: dict[str, float] = field(default_factory=dict)
    gone: Callable[[], bool] = _never
    until: float = float("inf")
    waiting: "list[RequestScope]" = field(default_factory=list)
    check: Callable[[], None] = _nothing


_SCOPE: ContextVar[RequestScope | None] = ContextVar("request_scope", default=None)
_KIND: ContextVar[str] = ContextVar("kind_of_data", default=OTHER)


def current_scope() -> RequestScope:
    """Return the scope of the request that this thread works for; of none, one that nobody reads."""
    return _SCOPE.get() or RequestScope(0.0)


def while_wanted(items: Iterable[T]) -> Iterator[T]:
    """Yield each item as long as anybody waits for what becomes of them; raises as the scope's `check` does."""
    check = current_scope().check
    for item in items:
        check()
        yield item


class scope_of_request:  # noqa: N801 - used as a function is, and a class takes a third of a generator's time
    """Make a scope the current one for the block."""

    def __init__(self, scope: RequestScope) -> None:
        """Take the scope; nothing is changed yet."""
        self._scope = scope

    def __enter__(self) -> None:
        """Make it the current one."""
        self._token = _SCOPE.set(self._scope)

    def __exit__(self, *_: object) -> None:
        """Put back what was."""
        _SCOPE.reset(self._token)


def current_kind() -> str:
    """Return which kind of data this thread asks an exchange for."""
    return _KIND.get()


@contextmanager
def asking_for(kind: str) -> Iterator[None]:
    """Say which kind of data the block asks an exchange for."""
    token = _KIND.set(kind)
    try:
        yield
    finally:
        _KIND.reset(token)
