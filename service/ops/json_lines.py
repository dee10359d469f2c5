"""JSON lines: the line of each request, written straight as one JSON object.

It is what takes longest of a kept answer, so it goes past structlog, whose chain of processors takes four times as long
for the same bytes.
"""

import logging
import os
from datetime import UTC, datetime
from typing import BinaryIO

import orjson

_FORM = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
# A pipe takes 4,096 bytes whole.
LONGEST_LINE = 4000
# Of each fact of a line that would be longer, the end is kept.
LONGEST_FACT = 500


class JsonLines:
    """Writes a line for each request, with what a reader looks for first in front."""

    def __init__(self, least: int, out: BinaryIO) -> None:
        """Write to `out` what is of level `least` or above."""
        # Past the buffer: one line is one write, without a lock, and no pipe is given two threads' lines in one piece.
        # `out` is kept, for it closes its file when nobody holds it.
        self._least, self._out, self._write = least, out, getattr(out, "raw", out).write
        self._names = {level: logging.getLevelName(level).lower() for level in (10, 20, 30, 40, 50)}

    def log(self, level: int, event: str, **facts: object) -> None:
        """Write one line, unless its level is below what is wanted."""
        if level < self._least:
            return
        first = {"time": datetime.now(UTC), "level": self._names[level], "event": event}
        line = _line(first, facts)
        if len(line) > LONGEST_LINE:
            line = _line(first, {name: _end_of(fact) for name, fact in facts.items()})
        self._write(line)


def _line(first: dict[str, object], facts: dict[str, object]) -> bytes:
    # Which process speaks: what a worker did before it was lost is found by it.
    return orjson.dumps({**first, **facts, "pid": os.getpid()}, default=str, option=_FORM)


def _end_of(fact: object) -> object:
    too_long = isinstance(fact, str) and len(fact) > LONGEST_FACT
    return f"... {str(fact)[-LONGEST_FACT:]}" if too_long else fact
