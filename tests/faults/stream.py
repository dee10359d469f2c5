"""Streams of requests from a process of their own, so that callers and server do not share an interpreter.

`python -m tests.faults.stream` reads streams as JSON from its input, runs them side by side, and writes what each was
told, as lists of when it asked (seconds since the start), how long it took, and the status; 0 is no answer.
"""

import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.faults.load import Told

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Stream:
    """Requests for a path, in which {} is a number that counts up from `first`.

    rate     asked for so many times a second, whether or not the others have been answered; or else
    callers  by so many callers, each once it has its answer
    """

    path: str
    seconds: float
    rate: float = 0.0
    callers: int = 0
    first: int = 0


def run(base: str, streams: Sequence[Stream], *, nice: int = 0, processors: Collection[int] = ()) -> list[list[Told]]:
    """Return what each stream was told; the process runs with that niceness, on those processors or any."""
    asked = json.dumps({"base": base, "streams": [asdict(each) for each in streams]})
    command = ["nice", "-n", str(nice), sys.executable, "-m", "tests.faults.stream", *map(str, processors)]
    ran = subprocess.run(command, input=asked, capture_output=True, text=True, cwd=ROOT, check=True)
    return [[Told(at, took, status, kind) for at, took, status, kind in each] for each in json.loads(ran.stdout)]


class _Client:
    """Connections to one server, each used by one request at a time."""

    def __init__(self, base: str) -> None:
        self._host, self._port = urlsplit(base).hostname, urlsplit(base).port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, path: str) -> tuple[int, str]:
        """Return status and content type of one GET; 0 where the connection failed."""
        try:
            return await asyncio.wait_for(self._ask(path), PATIENCE_S)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return 0, ""

    async def _ask(self, path: str) -> tuple[int, str]:
        if self._idle:
            reader, writer = self._idle.pop()
        else:
            reader, writer = await asyncio.open_connection(self._host, self._port, limit=2**20)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            await reader.readexactly(int(headers.get("content-length", 0)))
        except BaseException:
            writer.close()
            raise
        if headers.get("connection") == "close":
            writer.close()
        else:
            self._idle.append((reader, writer))
        return int(head[0].split()[1]), headers.get("content-type", "")


async def _run(client: _Client, stream: Stream) -> list[tuple[float, float, int, str]]:
    began, told = time.monotonic(), list[tuple[float, float, int, str]]()

    async def ask(number: int) -> None:
        at = time.monotonic()
        status, kind = await client.ask(stream.path.format(number))
        told.append((at - began, time.monotonic() - at, status, kind))

    async def keep_asking(numbers: Iterator[int]) -> None:
        while time.monotonic() < began + stream.seconds:
            await ask(next(numbers))

    numbers = itertools.count(stream.first)
    if stream.callers:
        await asyncio.gather(*(keep_asking(numbers) for _ in range(stream.callers)))
        return told
    asked = []
    for n in range(int(stream.rate * stream.seconds)):
        await asyncio.sleep(max(0.0, began + n / stream.rate - time.monotonic()))
        asked.append(asyncio.ensure_future(ask(next(numbers))))
    await asyncio.gather(*asked)
    return told


async def _all(asked: dict[str, list[dict[str, object]]], base: str) -> list[list[tuple[float, float, int, str]]]:
    client = _Client(base)
    streams = [Stream(**each) for each in asked["streams"]]  # type: ignore[arg-type]  # as it was written
    return list(await asyncio.gather(*(_run(client, stream) for stream in streams)))


if __name__ == "__main__":
    if sys.argv[1:]:
        os.sched_setaffinity(0, {int(each) for each in sys.argv[1:]})
    what = json.load(sys.stdin)
    json.dump(asyncio.run(_all(what, what["base"])), sys.stdout)
