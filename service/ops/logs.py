"""Logs: one JSON object a line on standard error, or text for a terminal, whoever speaks: we, gunicorn, Flask or ccxt.

What is said while a request is worked for carries its id, on whichever thread. A line stays below what a pipe takes in
one piece, so that those of several processes never run into each other.
"""

import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any, BinaryIO, Protocol

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from service.ops.json_lines import JsonLines
from service.ops.request_scope import current_scope

LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("json", "text")
# A pipe takes 4,096 bytes whole; of what may be long, such as a stack, the end says most.
LONGEST_TEXT = 3000
# What a reader looks for first.
FIRST = ("time", "level", "event")


class Lines(Protocol):
    """Where the line of each request goes."""

    def log(self, level: int, event: str, **facts: object) -> object:
        """Write one line, unless its level is below what is wanted."""


def set_up(level: str, form: str) -> None:
    """Send whatever is logged in this process to standard error, in one form; may be called again."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper("iso", utc=True, key="time"),
                _process,
                _request_id,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(form)],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, structlog.stdlib.ProcessorFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    # These tell of every connection at debug, with addresses.
    logging.getLogger("urllib3").setLevel(logging.WARNING)


def request_lines(level: str, form: str, out: BinaryIO | None = None) -> Lines:
    """Return where lines of requests go: past the logging of the library, for a kept answer takes less than that."""
    least, stream = logging.getLevelNamesMapping()[level.upper()], out or sys.stderr.buffer
    if form == "json":
        return JsonLines(least, stream)
    return structlog.wrap_logger(  # type: ignore[no-any-return]  # structlog makes it what wrapper_class says
        structlog.BytesLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso", utc=True, key="time"),
            _process,
            *_rendering(form),
            _as_bytes,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        cache_logger_on_first_use=True,
    )


def _rendering(form: str) -> list[Processor]:
    if form == "json":
        return [structlog.processors.format_exc_info, _bounded, _as_json]
    plain = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        timestamp_key="time",
        pad_event_to=0,
        sort_keys=False,
        exception_formatter=structlog.dev.plain_traceback,
    )
    return [_bounded, plain]


def _process(_: WrappedLogger, __: str, facts: EventDict) -> EventDict:
    """Say which process speaks: what a worker did before it was lost is found by it."""
    facts["pid"] = os.getpid()
    return facts


def _request_id(_: WrappedLogger, __: str, facts: EventDict) -> EventDict:
    """Say for which request a line is, where it is for one."""
    request_id = current_scope().request_id
    if request_id:
        facts.setdefault("request_id", request_id)
    return facts


def _bounded(_: WrappedLogger, __: str, facts: EventDict) -> EventDict:
    """Put first what is looked for first, and leave out the beginning of what is too long."""
    ordered: MutableMapping[str, Any] = {name: facts[name] for name in FIRST if name in facts}
    for name, fact in facts.items():
        too_long = isinstance(fact, str) and len(fact) > LONGEST_TEXT
        ordered[name] = f"... {fact[-LONGEST_TEXT:]}" if too_long else fact
    return ordered


def _as_json(_: WrappedLogger, __: str, facts: EventDict) -> str:
    return orjson.dumps(facts, default=str).decode()


def _as_bytes(_: WrappedLogger, __: str, line: Any) -> bytes:  # noqa: ANN401 - what the processor before it returns
    return str(line).encode()
