"""Faults: ways in which a venue fails, and what they do to a reply."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Self

from tests.emulator.venue import Key, Reply

HTML = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
LONGEST_DELAY_S = 30.0


@dataclass(frozen=True)
class Fault:
    """How a venue misbehaves until it is healed.

    kind         html200, status, or one of `CORRUPTIONS`; None leaves the answer alone
    status       HTTP status of kind `status`; retry_after: its Retry-After header, seconds
    drip         seconds between single bytes of the body, for at most drip_s; what is left then follows at once
    down         reset the connection
    cut          send so many bytes of the body, fewer than its Content-Length says, and end the connection
    redirect     answer 302 with this Location
    delay_s      wait before answering, at most 30 s
    stuck_at     answer as at that time, epoch ms: what came later is not there
    path         only requests whose path contains this
    after        let this many requests through first
    times        heal after this many requests; None: never
    """

    kind: str | None = None
    status: int = 503
    retry_after: float | None = None
    drip: float | None = None
    drip_s: float = 5.0
    down: bool = False
    cut: int | None = None
    redirect: str | None = None
    delay_s: float = 0.0
    stuck_at: int | None = None
    path: str = ""
    after: int = 0
    times: int | None = None

    def __post_init__(self) -> None:
        """Refuse a kind that does not exist."""
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault kind {self.kind!r}; one of: {', '.join(sorted(filter(None, KINDS)))}")

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        """Return the fault that a control request describes."""
        known = {f.name for f in fields(cls)}
        if unknown := sorted(set(body) - known):
            raise ValueError(f"unknown fields {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        return cls(**body)


def corrupt(kind: str | None, reply: Reply) -> None:
    """Spoil the reply's rows in place."""
    if kind in CORRUPTIONS and reply.rows:
        CORRUPTIONS[kind](reply)


def _middle(reply: Reply) -> int:
    return len(reply.rows) // 2


def _fill(row: Any, keys: tuple[Key, ...], value: Callable[[Any], Any]) -> None:
    for key in keys:
        row[key] = value(row[key])


def _nulls(reply: Reply) -> None:
    for row in reply.rows:
        _fill(row, tuple(row) if isinstance(row, dict) else tuple(range(len(row))), lambda _: None)


def _empty(reply: Reply) -> None:
    if reply.body is reply.rows[0]:
        reply.body.clear()
    reply.rows.clear()


def _short(reply: Reply) -> None:
    del reply.rows[: _middle(reply)]


def _nan(reply: Reply) -> None:
    _fill(reply.rows[_middle(reply)], reply.figures, lambda _: "NaN")


def _leap(reply: Reply) -> None:
    _fill(reply.rows[_middle(reply)], reply.figures, lambda cell: type(cell)(1000 * float(cell)))


def _negative(reply: Reply) -> None:
    _fill(reply.rows[_middle(reply)], reply.figures, lambda cell: "-" + str(cell) if cell is not None else None)


def _inverted(reply: Reply) -> None:
    if reply.extremes is None:
        return
    row, (high, low) = reply.rows[_middle(reply)], reply.extremes
    row[high], row[low] = str(float(row[low]) / 2), row[high]


def _duplicated(reply: Reply) -> None:
    where = _middle(reply)
    reply.rows.insert(where, reply.rows[where])


def _unsorted(reply: Reply) -> None:
    where = _middle(reply)
    reply.rows[0], reply.rows[where] = reply.rows[where], reply.rows[0]


CORRUPTIONS: dict[str, Callable[[Reply], None]] = {
    "nulls": _nulls,
    "empty": _empty,
    "short": _short,
    "nan": _nan,
    "leap": _leap,
    "negative": _negative,
    "inverted": _inverted,
    "duplicated": _duplicated,
    "unsorted": _unsorted,
}
KINDS = {None, "html200", "status", *CORRUPTIONS}
