"""What every emulated venue shares: the request, the reply, the refusal, paging over sorted times."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from tests.emulator.hours import Ints
from tests.emulator.truth import Truth

Key = int | str


class Refusal(Exception):
    """The venue rejects the request with this status and body."""

    def __init__(self, status: int, body: Any) -> None:
        """Keep both for the server."""
        super().__init__(str(body))
        self.status, self.body = status, body


@dataclass(frozen=True)
class Request:
    """One call: the path below the venue's base URL, its query or JSON body, and the emulator's time."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    now: int

    def number(self, name: str, default: int | None = None) -> int | None:
        """Return a whole-number parameter, or the default when it was not sent."""
        text = self.query.get(name, "")
        if text and not text.lstrip("-").isdigit():
            raise Refusal(400, {"error": f"{name} is not a whole number: {text}"})
        return int(text) if text else default


@dataclass(frozen=True)
class Reply:
    """A body, the rows inside it, and which cells are figures (`extremes`: the high's and the low's)."""

    body: Any
    rows: list[Any]
    figures: tuple[Key, ...] = ()
    extremes: tuple[Key, Key] | None = None


class Venue:
    """One exchange: `routes` maps `METHOD path-pattern` to a method's name."""

    name: ClassVar[str]
    routes: ClassVar[dict[str, str]]

    def __init__(self, truth: Truth) -> None:
        """Serve this truth."""
        self.truth = truth

    def answer(self, request: Request) -> Reply:
        """Return the reply of the route that matches, or refuse as the venue does."""
        for pattern, handler in self.routes.items():
            found = re.fullmatch(pattern, f"{request.method} {request.path}")
            if found:
                call: Callable[..., Reply] = getattr(self, handler)
                return call(request, *found.groups())
        raise Refusal(404, {"error": f"{self.name} has no {request.method} {request.path}"})


@dataclass(frozen=True)
class Span:
    """Bounds on times, both inclusive, and which end of what lies within is kept when there is too much."""

    limit: int
    since: int | None = None
    until: int | None = None
    oldest: bool = False
    newest_first: bool = field(default=False, kw_only=True)

    def of(self, times: Ints) -> Ints:
        """Return the positions chosen, in the order in which the venue lists them."""
        first = 0 if self.since is None else int(np.searchsorted(times, self.since, "left"))
        last = len(times) if self.until is None else int(np.searchsorted(times, self.until, "right"))
        found = np.arange(first, max(first, last))
        kept = found[: self.limit] if self.oldest else found[max(0, len(found) - self.limit) :]
        return kept[::-1] if self.newest_first else kept


def plain(value: float, digits: int = 8) -> str:
    """Return a number as venues print it: fixed point, no trailing zeros."""
    text = f"{value:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
