"""Time what watching costs, and what an answer costs: processor time in one process, without a server around it.

Kept: a finished answer through the WSGI layers alone, watched by nobody, by metrics, and by metrics and log lines. The
metrics are those of a server with workers, which write to files in memory. Made: the data in hand, computed and encoded
anew.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from werkzeug.test import EnvironBuilder

from service.app import create_app
from service.ops.instruments import NO_INSTRUMENTS, Instruments
from service.ops.logs import Lines, request_lines
from service.ops.prometheus import DIRECTORY, PrometheusInstruments
from service.settings import Settings

ZONES, QUERY = "/v1/zones", "exchange=sim&symbol=BTC"
MADE = (f"{ZONES}?{QUERY}", f"/v1/heatmap?{QUERY}", f"/probe?{QUERY}")
CALLS, ROUNDS, MAKES = 500, 15, 12
NOW = 1_760_000_000.0


def application(
    instruments: Instruments = NO_INSTRUMENTS, lines: Lines | None = None, answer_bytes: int = 2**26
) -> Flask:
    """Return the service on the simulated exchange, at a fixed time."""
    settings = Settings(exchanges=("sim",), answer_bytes=answer_bytes)
    return create_app(settings, clock=lambda: NOW, instruments=instruments, lines=lines)


def kept_answer(app: Flask) -> Callable[[], None]:
    """Return a function that is sent a kept answer."""
    environ = EnvironBuilder(ZONES, "http://127.0.0.1", query_string=QUERY).get_environ()
    headers: dict[str, str] = {}

    def take(_: str, sent: list[tuple[str, str]], *__: object) -> Callable[[bytes], object]:
        headers.update(sent)
        return lambda _: None

    def call() -> None:
        body = app.wsgi_app(dict(environ), take)
        assert sum(map(len, body))
        body.close()  # type: ignore[attr-defined]  # the outermost layer's has it

    call()
    call()
    assert headers["Server-Timing"] == "cache;desc=hit"
    return call


def microseconds(calls: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Return the least processor time of a call, by name; rounds take turns, so that all meet the same noise."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(ROUNDS):
        for name, call in calls.items():
            began = time.process_time()
            for _ in range(CALLS):
                call()
            best[name] = min(best[name], 1e6 * (time.process_time() - began) / CALLS)
    return best


def kept() -> None:
    """Print what a kept answer takes, by who watches."""
    with Path(os.devnull).open("wb") as nowhere:
        lines = request_lines("info", "json", nowhere)
        watched = {
            "nobody": kept_answer(application()),
            "metrics": kept_answer(application(PrometheusInstruments())),
            "metrics and lines": kept_answer(application(PrometheusInstruments(), lines)),
        }
        took = microseconds(watched)
    for name, each in took.items():
        print(f"kept, watched by {name}: {each:.0f} us, {each / took['nobody']:.2f} x nobody")


def made() -> None:
    """Print what an answer takes that is computed and encoded anew."""
    client = application(answer_bytes=0).test_client()
    for path in MADE:
        times = []
        for _ in range(MAKES):
            began = time.process_time()
            assert client.get(path).status_code == 200
            times.append(1000 * (time.process_time() - began))
        print(f"made, {path.partition('?')[0]}: {min(times):.0f} ms")


def main() -> None:
    """Print both; in a process of its own, for the library looks for its folder when it is imported."""
    if DIRECTORY in os.environ:
        kept()
        made()
        return
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        subprocess.run([sys.executable, __file__], env=os.environ | {DIRECTORY: folder}, check=True)


if __name__ == "__main__":
    main()
