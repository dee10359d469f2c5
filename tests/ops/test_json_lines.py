"""The line of each request: one whole JSON object, in one write."""

import io
import json
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.ops.json_lines import LONGEST_LINE, JsonLines


class Writes(io.BytesIO):
    """A file that keeps each write apart."""

    def __init__(self) -> None:
        """Keep none yet."""
        super().__init__()
        self.each: list[bytes] = []

    def write(self, data: bytes) -> int:  # type: ignore[override]  # all that is written here are bytes
        """Keep it."""
        self.each.append(bytes(data))
        return len(data)


def test_a_line_is_one_write_with_its_time_in_front() -> None:
    """In UTC; facts in the order given, and the process last."""
    out = Writes()
    JsonLines(logging.INFO, out).log(logging.WARNING, "request", route="/v1/zones", symbol='a"\n\u00e9', status=503)
    (line,) = out.each
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    told = json.loads(line)
    assert list(told) == ["time", "level", "event", "route", "symbol", "status", "pid"]
    assert told["time"].endswith("Z")
    assert abs(datetime.fromisoformat(told["time"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert (told["level"], told["symbol"], told["pid"]) == ("warning", 'a"\n\u00e9', os.getpid())


def test_what_is_below_the_level_is_not_written() -> None:
    """Nor anything in its place."""
    out = Writes()
    JsonLines(logging.WARNING, out).log(logging.INFO, "request", status=200)
    assert not out.each


@pytest.mark.parametrize("fact", ["\u00e9" * LONGEST_LINE, "x" * LONGEST_LINE, '"' * LONGEST_LINE])
def test_a_line_is_never_longer_than_a_pipe_takes_whole(fact: str) -> None:
    """Of what is too long the end is there."""
    out = Writes()
    JsonLines(logging.INFO, out).log(logging.INFO, "request", detail=f"{fact}the end", status=200)
    (line,) = out.each
    assert len(line) <= LONGEST_LINE
    told = json.loads(line)
    assert (told["detail"][:4], told["detail"][-7:], told["status"]) == ("... ", "the end", 200)


def test_a_buffered_file_is_written_past_its_buffer(tmp_path: Path) -> None:
    """Each line stands in the file at once."""
    path = tmp_path / "log"
    with path.open("wb") as out:
        lines = JsonLines(logging.INFO, out)
        for status in (200, 304):
            lines.log(logging.INFO, "request", status=status)
            assert json.loads(path.read_bytes().splitlines()[-1])["status"] == status
