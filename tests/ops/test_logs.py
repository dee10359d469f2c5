"""Lines of the log: whole JSON objects, whoever speaks, with what a reader looks for first in front."""

import io
import json
import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest

from service.ops.logs import LONGEST_TEXT, request_lines, set_up
from service.ops.request_scope import RequestScope, scope_of_request

PIPE_TAKES = 4096


@pytest.fixture
def quiet() -> Iterator[None]:
    """Put back afterwards how this process logs."""
    root = logging.getLogger()
    handlers, level, urllib3 = root.handlers[:], root.level, logging.getLogger("urllib3").level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("urllib3").setLevel(urllib3)


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return each line on standard error, which must be a JSON object."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.usefixtures("quiet")
def test_whoever_speaks_has_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    """A library's line has time, level, event, and from whom; ours has what it adds."""
    set_up("info", "json")
    logging.getLogger("some.library").warning("it %s", "broke")
    logging.getLogger("service.x").warning("source failed", extra={"exchange": "okx", "cause": "refused"})
    library, ours = logged(capsys)
    assert list(library)[:3] == ["time", "level", "event"]
    assert (library["level"], library["event"], library["logger"]) == ("warning", "it broke", "some.library")
    assert (ours["exchange"], ours["cause"], ours["pid"]) == ("okx", "refused", os.getpid())


@pytest.mark.usefixtures("quiet")
def test_set_up_twice_is_heard_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Gunicorn and the application both do it."""
    set_up("info", "json")
    set_up("info", "json")
    logging.getLogger("x").warning("once")
    assert len(logged(capsys)) == 1


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(("level", "heard"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_is_a_setting(capsys: pytest.CaptureFixture[str], level: str, heard: int) -> None:
    """Less than is wanted is not said, by libraries and of requests alike."""
    set_up(level, "json")
    out = io.BytesIO()
    lines = request_lines(level, "json", out)
    for each in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logging.getLogger("x").log(each, "said")
        lines.log(each, "request")
    assert len(logged(capsys)) == heard
    assert len(out.getvalue().splitlines()) == heard


@pytest.mark.usefixtures("quiet")
def test_what_is_said_for_a_request_has_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    """And what is said for none has none."""
    set_up("info", "json")
    with scope_of_request(RequestScope(0.0, "abc")):
        logging.getLogger("x").warning("within")
    logging.getLogger("x").warning("outside")
    within, outside = logged(capsys)
    assert within["request_id"] == "abc"
    assert "request_id" not in outside


@pytest.mark.usefixtures("quiet")
def test_a_stack_is_one_line_that_a_pipe_takes_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """However deep it is, its end is there, and no other process can write into the middle of it."""
    set_up("info", "json")

    def fall(depth: int) -> None:
        if depth:
            fall(depth - 1)
        raise KeyError("the end of it")

    def climb(depth: int) -> None:
        try:
            fall(depth) if depth == 0 else climb(depth - 1)
        except KeyError as error:
            raise KeyError("the end of it") from error

    try:
        climb(60)
    except KeyError:
        logging.getLogger("x").exception("failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert len(line) < PIPE_TAKES
    assert json.loads(line)["exception"].endswith("KeyError: 'the end of it'")
    assert len(json.loads(line)["exception"]) <= LONGEST_TEXT + 4


def test_a_request_is_one_line() -> None:
    """With its facts after what every line begins with."""
    out = io.BytesIO()
    request_lines("info", "json", out).log(logging.INFO, "request", route="/v1/zones", status=200, symbol='a"\n')
    (line,) = out.getvalue().splitlines()
    assert list(json.loads(line)) == ["time", "level", "event", "route", "status", "symbol", "pid"]


def test_text_is_for_people() -> None:
    """The same facts without braces, in the order given."""
    out = io.BytesIO()
    request_lines("info", "text", out).log(logging.INFO, "request", route="/v1/zones", status=200)
    assert b"request" in out.getvalue()
    assert b"route=/v1/zones status=200" in out.getvalue()
    assert b"{" not in out.getvalue()
