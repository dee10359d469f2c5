"""Time kept answers over HTTP, against an empty Flask route on the same server with the same settings.

Run: python bench/bench_http.py
A few clients keep their connections and ask as fast as they are answered. Rows take turns, so that all meet the same
noise, and the quickest round of each counts; `rate` is in times that of the empty route, which writes no log and no
metrics: ours are in it. The log goes to a file; with `--metrics` each request is counted as well. What making an answer
takes is bench_endpoints.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
# At this range the axis of BTC takes close to the 500 bins that are asked for.
GRID = "/v1/heatmap?exchange=sim&lookback=1000h&bins=500&range_pct=17.5"
HEATMAP = "/v1/heatmap?exchange=sim"
PROFILE = "/v1/profile?exchange=sim&bins=100"
ZIPPED = "Accept-Encoding: gzip\r\n"
CLIENTS, REQUESTS, ROUNDS = 4, 100, 15
TRIES = 600


class Row(NamedTuple):
    """What is asked, the status that answers it, and the least rate that it should have; None is no aim."""

    path: str
    status: int = 200
    rate: float | None = None


EMPTY = Row("/")
KEPT = {
    "profile, 5 kB": Row(PROFILE, rate=1.0),
    "default heatmap": Row(HEATMAP, rate=0.85),
    "heatmap 1000 x 500": Row(GRID),
    "heatmap 1000 x 500, segments": Row(f"{GRID}&encoding=segments"),
    "default heatmap, 304": Row(HEATMAP, 304, 1.2),
    "heatmap 1000 x 500, 304": Row(GRID, 304, 1.2),
}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(target: str) -> Iterator[int]:
    """Run an application under gunicorn with the service's settings, one worker, and give its port."""
    port = free_port()
    options = ["--config", "python:service.ops.gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    places = ["--chdir", str(ROOT), "--pythonpath", str(ROOT / "bench")]
    command = [sys.executable, "-m", "gunicorn", *options, *places, target]
    # An exchange's book would have every answer looked at again after 5 s.
    environment = os.environ | {"LH_EXCHANGES": "sim", "LH_FRESH_SECONDS": '{"book": 600}'}
    if "--metrics" in sys.argv:
        environment |= {"LH_METRICS_PORT": str(free_port())}
    with TemporaryDirectory() as folder, Path(folder, "log").open("wb") as written:
        process = subprocess.Popen(command, env=environment, stderr=written)
        try:
            _wait_for(port)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait_for(port: int) -> None:
    for _ in range(TRIES):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not come up")


class OtherStatus(Exception):
    """An answer with another status than the row's: a bar has closed since the tag was taken."""


class Caller:
    """A client that keeps its connection and does little else, so that the server is what is timed."""

    def __init__(self, port: int, row: Row) -> None:
        """Connect."""
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.row, self.buffer = row, memoryview(bytearray(1 << 20))
        self.begins = f"HTTP/1.1 {row.status}".encode()
        self.request = self._request("")

    def know(self, etag: str) -> None:
        """Ask from now on whether the answer is still the one with that tag."""
        self.request = self._request(f"If-None-Match: {etag}\r\n")

    def _request(self, headers: str) -> bytes:
        return f"GET {self.row.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{ZIPPED}{headers}\r\n".encode()

    def ask(self) -> tuple[bytes, int]:
        """Send the request, read the whole answer, and return its head and the bytes of its body."""
        self.socket.sendall(self.request)
        got = self.socket.recv_into(self.buffer)
        head, _, _ = bytes(self.buffer[: min(got, 2000)]).partition(b"\r\n\r\n")
        if not head.startswith(self.begins):
            raise OtherStatus(head)
        length = re.search(rb"Content-Length: (\d+)", head)
        size = int(length[1]) if length else 0
        left = size - (got - len(head) - 4)
        while left > 0:
            left -= self.socket.recv_into(self.buffer)
        return head, size


def etag_of(port: int, path: str) -> str:
    """Return the tag of the answer as it is now: a bar that closes gives it another."""
    head, _ = Caller(port, Row(path)).ask()
    found = re.search(rb"ETag: ([^\r]+)", head)
    assert found is not None
    return found[1].decode()


def rates(ports: dict[str, int], rows: dict[str, Row]) -> dict[str, float]:
    """Return milliseconds that a request takes, by name."""
    callers = {name: [Caller(ports[name], row) for _ in range(CLIENTS)] for name, row in rows.items()}
    best = dict.fromkeys(rows, float("inf"))
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(ROUNDS):
            for name, several in callers.items():
                if rows[name].status == 304:
                    etag = etag_of(ports[name], rows[name].path)
                    for caller in several:
                        caller.know(etag)
                else:
                    several[0].ask()  # what is no longer fresh is looked up outside of the time
                start = time.perf_counter()
                try:
                    list(pool.map(lambda caller: [caller.ask() for _ in range(REQUESTS)], several))
                except OtherStatus:
                    callers[name] = [Caller(ports[name], rows[name]) for _ in range(CLIENTS)]
                    continue
                best[name] = min(best[name], 1000 * (time.perf_counter() - start) / (CLIENTS * REQUESTS))
    return best


def main() -> None:
    """Print each row's time, its rate beside that of the empty route and the aim, and the bytes of its body."""
    rows = {"empty Flask route": EMPTY} | KEPT
    with ExitStack() as both:
        empty = both.enter_context(served("empty_app:app"))
        ours = both.enter_context(served("service.app:create_app_from_environment()"))
        ports = {name: empty if row is EMPTY else ours for name, row in rows.items()}
        sizes = {name: Caller(ports[name], row._replace(status=200)).ask()[1] for name, row in rows.items()}
        took = rates(ports, rows)
    for name, row in rows.items():
        rate = took["empty Flask route"] / took[name]
        aim = "" if row.rate is None else f" (aim {row.rate:g}{'' if rate >= row.rate else ', MISSED'})"
        size = 0 if row.status == 304 else sizes[name] / 1000
        print(f"{name:30}{took[name]:8.3f} ms, rate {rate:.2f}{aim}, {size:.1f} kB")


if __name__ == "__main__":
    main()
