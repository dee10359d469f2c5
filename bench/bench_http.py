"""Time a heatmap over HTTP: computed from data in hand, and sent again, against an empty route on the same server.

Cold: compute and encode 1000 columns x 500 bins with the market's data in hand, in process. Aim: under 15 ms.
Warm: a finished answer through gunicorn, against an empty Flask route through gunicorn with the same settings, by a few
clients that keep their connections. Aim: within 1.5 times.
"""

import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from service.app import create_app
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
# At this range the axis of BTC takes close to the 500 bins that are asked for.
GRID = "/v1/heatmap?exchange=sim&lookback=1000h&bins=500&range_pct=17.5"
SMALL = "/v1/profile?exchange=sim&bins=100"
CLIENTS, REQUESTS, ROUNDS = 4, 100, 7
ALLOWED_MS, ALLOWED_RATIO = 15.0, 1.5


def milliseconds(call: Callable[[], object]) -> list[float]:
    """Return the time of each of 15 calls."""
    times = []
    for _ in range(15):
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return times


def cold() -> None:
    """Print what computing and encoding takes; no answer is kept."""
    app = create_app(Settings(exchanges=("sim",), answer_bytes=0), clock=lambda: 1_760_000_000.0)
    client = app.test_client()
    grid = client.get(GRID).get_json()["grid"]
    columns, bins = len(grid["time"]), len(grid["edges"]) - 1
    for name, query in (("dense", GRID), ("segments", f"{GRID}&encoding=segments")):
        times = milliseconds(partial(client.get, query))
        size = len(client.get(query).data) / 1e6
        best, middle = min(times), statistics.median(times)
        print(f"cold, {columns} x {bins} {name}: best {best:.1f} ms, median {middle:.1f} ms, {size:.2f} MB", end="")
        print(f" (aim {ALLOWED_MS:g} ms)")
    refused = milliseconds(lambda: client.get("/v1/heatmap?exchange=sim&bins=0"))
    print(f"refused, bins=0: best {min(refused):.2f} ms, median {statistics.median(refused):.2f} ms")


@contextmanager
def served(target: str) -> Iterator[int]:
    """Run an application under gunicorn with the service's settings, one worker, and give its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--config", "python:service.ops.gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        *options,
        "--chdir",
        str(ROOT),
        "--pythonpath",
        str(ROOT / "bench"),
        target,
    ]
    environment = os.environ | {"LH_EXCHANGES": "sim"}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "Listening at" in line:
            break
    threading.Thread(target=process.stderr.read, daemon=True).start()
    try:
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


class Caller:
    """A client that keeps its connection and does little else, so that the server is what is timed."""

    def __init__(self, port: int, path: str, headers: str) -> None:
        """Connect; `headers` are whole lines."""
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()
        self.buffer = memoryview(bytearray(1 << 20))

    def ask(self) -> bytes:
        """Send the request, read the whole answer, and return its head."""
        self.socket.sendall(self.request)
        got = self.socket.recv_into(self.buffer)
        head, _, _ = bytes(self.buffer[: min(got, 2000)]).partition(b"\r\n\r\n")
        assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")), head
        length = re.search(rb"Content-Length: (\d+)", head)
        left = (int(length[1]) if length else 0) - (got - len(head) - 4)
        while left > 0:
            left -= self.socket.recv_into(self.buffer)
        return head


def rates(asked: dict[str, tuple[int, str, str]]) -> dict[str, float]:
    """Return milliseconds a request takes, by name; rounds take turns, so that all meet the same noise."""
    callers = {name: [Caller(*target) for _ in range(CLIENTS)] for name, target in asked.items()}
    best = dict.fromkeys(asked, float("inf"))
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(ROUNDS):
            for name, several in callers.items():
                start = time.perf_counter()
                list(pool.map(lambda caller: [caller.ask() for _ in range(REQUESTS)], several))
                best[name] = min(best[name], 1000 * (time.perf_counter() - start) / (CLIENTS * REQUESTS))
    return best


def warm() -> None:
    """Print what sending a finished answer takes, beside the empty route."""
    with served("empty_app:app") as idle, served("service.app:create_app_from_environment()") as port:
        head = Caller(port, GRID, "").ask()
        etag = re.search(rb"ETag: ([^\r]+)", head)
        assert etag is not None
        zipped = "Accept-Encoding: gzip\r\n"
        took = rates(
            {
                "empty Flask route": (idle, "/", ""),
                "warm, profile, gzip": (port, SMALL, zipped),
                "warm, default heatmap, gzip": (port, "/v1/heatmap?exchange=sim", zipped),
                "warm, heatmap 1000 x 500, gzip": (port, GRID, zipped),
                "warm, heatmap 1000 x 500, segments, gzip": (port, f"{GRID}&encoding=segments", zipped),
                "warm, heatmap 1000 x 500, 304": (port, GRID, f"If-None-Match: {etag[1].decode()}\r\n"),
            }
        )
    empty = took["empty Flask route"]
    for name, each in took.items():
        print(f"{name}: {each:.3f} ms a request, {each / empty:.2f} x the empty route (aim {ALLOWED_RATIO:g})")


if __name__ == "__main__":
    cold()
    warm()
