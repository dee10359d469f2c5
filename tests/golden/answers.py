"""Golden answers: what is kept of each, in which form, and where two of them first differ."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import zip_longest
from math import isclose
from pathlib import Path
from typing import Any, Self

import numpy as np
import orjson
from werkzeug.test import TestResponse

FOLDER = Path(__file__).parent / "kept"
# The ETag names the release; the length follows from the body.
LEFT_OUT = {"ETag", "Content-Length", "Server-Timing", "X-Request-Id"}
# Processors differ in the last digits of a logarithm.
RELATIVE = 1e-9
# Of more rows than this every hundredth is kept; the digest is of them all.
MOST_ROWS, THINNED = 2000, 100
# A list of plain values, as orjson indents it; no text holds a line break of its own.
_PLAIN_LIST = re.compile(rb"\[\n([^\[\]{}]*)\n *\]")


@dataclass(frozen=True)
class Golden:
    """One answer.

    headers     all but those that differ from one request, or one length, to the next
    tagged      whether it has an ETag
    sha256      of the body's bytes, in hex
    arithmetic  of the machine that made it, see `arithmetic`
    body        parsed, if it is JSON, long lists of rows thinned out; text otherwise; None for the contract, which the
                repository holds already
    """

    status: int
    headers: dict[str, str]
    tagged: bool
    sha256: str
    arithmetic: str
    body: Any

    @classmethod
    def of(cls, response: TestResponse) -> Self:
        """Return what is kept of a response."""
        headers = {name: value for name, value in sorted(response.headers) if name not in LEFT_OUT}
        body: Any = orjson.loads(response.data) if response.is_json else response.text
        return cls(
            response.status_code,
            headers,
            "ETag" in response.headers,
            hashlib.sha256(response.data).hexdigest(),
            arithmetic(),
            None if response.content_type == "application/yaml" else _thinned(body),
        )

    @classmethod
    def read(cls, name: str) -> Self:
        """Return the answer that is kept under that name."""
        return cls(**orjson.loads(file_of(name).read_bytes()))

    def write(self, name: str) -> None:
        """Keep this answer under that name: JSON to read, each list of plain values on one line."""
        text = orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)
        short = _PLAIN_LIST.sub(lambda found: b"[" + re.sub(rb"\n *", b" ", found[1].strip()) + b"]", text)
        file_of(name).write_bytes(short + b"\n")

    def changes(self, now: Self) -> Iterator[str]:
        """Yield where the answer of today differs from this one.

        To the last bit where this one was made by a machine that computes alike, else to nine digits.
        """
        alike = self.arithmetic == now.arithmetic
        for part in ("status", "headers", "tagged", "body"):
            one, other = getattr(self, part), getattr(now, part)
            yield from differences(one, other, relative=0.0 if alike else RELATIVE, place=part)
        if alike and self.sha256 != now.sha256:
            yield f"sha256: {self.sha256} -> {now.sha256}"


def file_of(name: str) -> Path:
    """Return where the answer of that name is kept."""
    return FOLDER / f"{name}.json"


def arithmetic() -> str:
    """Return a digest of how this machine computes: where it is the same, answers are the same to the last bit."""
    values = np.linspace(0.01, 50.0, 4099)
    square = np.outer(np.sin(values[:64]), np.cos(values[:64]))
    parts = (np.log(values), np.exp(-values), values**0.37, np.sqrt(values), np.tanh(values), np.cumsum(values))
    made = (*parts, square @ square, np.array([values.sum(), values @ values, np.std(values)]))
    return hashlib.sha256(b"".join(part.tobytes() for part in made)).hexdigest()[:16]


def differences(was: Any, now: Any, *, relative: float, place: str) -> Iterator[str]:
    """Yield where two JSON values differ, in their order, as `body.path[0]: before -> after`.

    Floats may be `relative` apart. Names in another order differ too, for then the bytes do.
    """
    if isinstance(was, dict) and isinstance(now, dict):
        if list(was) != list(now):
            yield f"{place}: names {[*was]} -> {[*now]}"
        for name in (name for name in was if name in now):
            yield from differences(was[name], now[name], relative=relative, place=f"{place}.{name}")
    elif isinstance(was, list) and isinstance(now, list):
        if len(was) != len(now):
            yield f"{place}: {len(was)} -> {len(now)} items"
        for number, (one, other) in enumerate(zip(was, now, strict=False)):
            yield from differences(one, other, relative=relative, place=f"{place}[{number}]")
    elif isinstance(was, str) and isinstance(now, str):
        lines = zip_longest(was.splitlines(), now.splitlines())
        yield from (f"{place}: {one!r} -> {other!r}" for one, other in lines if one != other)
    elif type(was) is not type(now) or not _same(was, now, relative):
        yield f"{place}: {was!r} -> {now!r}"


def _same(was: Any, now: Any, relative: float) -> bool:
    if isinstance(was, float):
        return isclose(was, now, rel_tol=relative, abs_tol=relative)
    return bool(was == now)


def _thinned(body: Any) -> Any:
    if isinstance(body, dict):
        return {name: _thinned(value) for name, value in body.items()}
    if isinstance(body, list) and len(body) > MOST_ROWS and all(isinstance(row, list) for row in body):
        return body[::THINNED]
    return body
