"""The worker under real gunicorn, with two threads: whoever is slow, the next caller is answered.

Each test has many more slow callers than threads, and one that must be answered while they are still there.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.ops import buffered_worker
from tests.ops.hasty_worker import SEND_SECONDS
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SLOW = 60
PATIENCE = 60.0
MANY = 20 * 1024**2
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
WHOLE = HEAD + b"Content-Length: 1\r\n\r\na"


@dataclass(frozen=True)
class Running:
    """A server, and how to speak to it."""

    process: "subprocess.Popen[bytes]"
    port: int

    def connect(self, sent: bytes = b"") -> socket.socket:
        """Return a connection on which that was sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall(sent)
        return connection

    def ask(self) -> bytes:
        """Return the answer to one more caller."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("POST", "/", body=b"hello")
        with connection.getresponse() as answer:
            body = answer.read()
        connection.close()
        return body


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[Running]:
    with _running() as running:
        yield running


class _running:  # noqa: N801 - a context manager
    """Serve the echoing application with one worker of two threads until the block ends."""

    def __init__(self, *options: str) -> None:
        port = free_port()
        worker = "service.api.edge.errors.server_errors.ProblemWorker"
        command = [sys.executable, "-m", "gunicorn", "-k", worker, "--threads", "2", "-b", f"127.0.0.1:{port}"]
        command += ["--no-control-socket", "--no-sendfile", *options, "tests.ops.echoing_app:app"]
        self._running = Running(subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL), port)

    def __enter__(self) -> Running:
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                assert self._running.ask() == b"sent hello"
            except OSError:
                assert time.monotonic() < ends
                time.sleep(0.02)
            else:
                return self._running

    def __exit__(self, *_: object) -> None:
        self._running.process.terminate()
        self._running.process.wait(PATIENCE)


HELD = {
    "silent": b"",
    "half of a line": b"GET /ma",
    "half of a head": HEAD + b"X-A: ",
    "half of a body": HEAD + b"Content-Length: 10\r\n\r\nhello",
    "half of a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe",
    "readers of nothing": b"GET /many HTTP/1.1\r\nHost: x\r\n\r\n",
    "told off and still there": b"nonsense\r\n\r\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HELD)
def test_whoever_is_slow_the_next_is_answered(server: Running, kind: str) -> None:
    """Several times, while all of them are still there."""
    with ExitStack() as stack:
        for _ in range(SLOW if kind != "readers of nothing" else 8):
            stack.enter_context(server.connect(HELD[kind]))
        began = time.monotonic()
        for _ in range(6):
            assert server.ask() == b"sent hello"
        # Far less than any of them is given; gunicorn's own takes minutes, or for ever.
        assert time.monotonic() - began < buffered_worker.ARRIVE_SECONDS


@pytest.mark.slow
def test_slow_callers_are_served_in_the_end(server: Running) -> None:
    """Bodies in pieces, a body that waits to be told, a reader that begins late, two requests in one piece."""
    with server.connect(HEAD + b"Content-Length: 10\r\n\r\nhello") as late, server.connect(HEAD) as waits:
        waits.sendall(b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        assert waits.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert server.ask() == b"sent hello"
        waits.sendall(b"after")
        assert _until(waits, b"sent after").startswith(b"HTTP/1.1 200 OK\r\n")
        late.sendall(b"world")
        _until(late, b"sent helloworld")
        late.sendall(HEAD + b"Content-Length: 1\r\n\r\na" + HEAD + b"Content-Length: 1\r\n\r\nb" + HEAD)
        assert _until(late, b"sent b").count(b"sent a") == 1
        late.sendall(b"Transfer-Encoding: chunked\r\n\r\n3\r\nend\r\n0\r\n\r\n")
        _until(late, b"sent end")
    with server.connect(HELD["readers of nothing"]) as reader:
        assert server.ask() == b"sent hello"
        answer = http.client.HTTPResponse(reader)
        answer.begin()
        assert len(answer.read()) == MANY


@pytest.mark.slow
def test_a_body_that_nobody_reads_is_no_request(server: Running) -> None:
    """Of one that is too long to be waited for, nothing is taken for the next request."""
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    with server.connect(HEAD + b"Content-Length: 999999999\r\n\r\n" + smuggled) as caller:
        answers = _until(caller, b"", to_the_end=True)
    assert answers.count(b"HTTP/1.1 ") == 1


@pytest.mark.slow
@pytest.mark.parametrize("length", [b"%020d", b"%d, 0", b"99999999999999999999"])
def test_a_length_written_in_another_way_smuggles_nothing(server: Running, length: bytes) -> None:
    """Zeros before it are no other number, and what is no length ends the connection."""
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    head = HEAD + b"Content-Length: " + (length % len(smuggled) if b"%" in length else length)
    with server.connect(head + b"\r\n\r\n" + smuggled) as caller:
        caller.shutdown(socket.SHUT_WR)
        answers = _until(caller, b"", to_the_end=True)
    assert answers.count(b"HTTP/1.1 ") == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["half of a head", "silent"])
def test_who_makes_room_may_just_have_sent_something(kind: str) -> None:
    """What was told of a connection in the same wait is forgotten with it: the worker goes on, and so do the others."""
    # One more than are held, and the last caller's of the start may not be gone yet.
    with _running("--worker-connections", "21") as server, ExitStack() as stack:
        (worker,) = children(server.process.pid)
        held = [stack.enter_context(server.connect()) for _ in range(19)]
        for caller in held:
            caller.sendall(WHOLE)
            _until(caller, b"sent a")
            caller.sendall(HELD[kind])
        # So that the worker has it, though nothing depends on that.
        time.sleep(0.2)
        os.kill(worker, signal.SIGSTOP)
        # Who has sent nothing yet when the next one comes makes room for that one.
        more = [stack.enter_context(server.connect(sent)) for sent in (b"", WHOLE, WHOLE)]
        for caller in held[:6]:
            caller.sendall(b"x")
        os.kill(worker, signal.SIGCONT)
        for caller in more[1:]:
            _until(caller, b"sent a")
        assert server.ask() == b"sent hello"
        assert children(server.process.pid) == [worker]


@pytest.mark.slow
def test_more_readers_of_nothing_than_connections() -> None:
    """Where nobody else can be missed, the one that has been sent to for longest is; so too if all came at once."""
    with _running("--worker-connections", "10") as server, ExitStack() as stack:
        (worker,) = children(server.process.pid)
        os.kill(worker, signal.SIGSTOP)
        readers = [stack.enter_context(server.connect(HELD["readers of nothing"])) for _ in range(12)]
        os.kill(worker, signal.SIGCONT)
        for _ in range(3):
            assert server.ask() == b"sent hello"
        answer = http.client.HTTPResponse(readers[-1])
        answer.begin()
        assert len(answer.read()) == MANY


@pytest.mark.slow
def test_a_slow_reader_that_goes_on_reading_gets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes altogether: only who takes nothing is given up."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with _running("-k", "tests.ops.hasty_worker.HastyWorker") as server:
        received, began = 0, time.monotonic()
        with server.connect(HELD["readers of nothing"]) as reader:
            while received < MANY and (piece := reader.recv(512 * 1024)):
                received += len(piece)
                time.sleep(0.1)
        assert received >= MANY
        assert time.monotonic() - began > 1.5 * SEND_SECONDS


@pytest.mark.slow
def test_more_silent_callers_than_connections() -> None:
    """Those that have been silent for longest make room."""
    with _running("--worker-connections", "20") as server, ExitStack() as stack:
        silent = [stack.enter_context(server.connect()) for _ in range(50)]
        for _ in range(6):
            assert server.ask() == b"sent hello"
        assert silent[0].recv(10) == b""


@pytest.mark.slow
def test_what_is_late_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a request is answered with 408 as a problem, silence by hanging up."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with _running("-k", "tests.ops.hasty_worker.HastyWorker") as server, server.connect() as silent:
        with server.connect(HELD["half of a body"]) as half:
            answer = http.client.HTTPResponse(half)
            answer.begin()
            assert (answer.status, json.loads(answer.read())["title"]) == (408, "Request Timeout")
        assert silent.recv(10) == b""


@pytest.mark.slow
@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000, b"x" * 200_000])
def test_a_head_without_an_end_is_refused(server: Running, sent: bytes) -> None:
    """Before it has filled the memory."""
    with server.connect() as caller:
        caller.sendall(sent)
        assert _until(caller, b"}").split(b" ", 2)[1] == b"431"


@pytest.mark.slow
def test_the_end_waits_for_no_silent_caller() -> None:
    """On SIGTERM, what is whole is answered, who reads gets all, and nobody else holds it up."""
    with _running() as server, ExitStack() as stack:
        for kind in ("silent", "half of a body"):
            for _ in range(SLOW):
                stack.enter_context(server.connect(HELD[kind]))
        reader = stack.enter_context(server.connect(HELD["readers of nothing"]))
        assert reader.recv(15) == b"HTTP/1.1 200 OK"
        server.process.send_signal(signal.SIGTERM)
        received = 0
        while piece := reader.recv(1024**2):
            received += len(piece)
        assert received > MANY
        assert server.process.wait(PATIENCE) == 0


@pytest.mark.slow
def test_who_comes_after_the_end_has_begun_is_refused_at_once() -> None:
    """Though a slow reader is still being sent to: a connection that nobody answers would be a request lost."""
    with _running() as server, server.connect(HELD["readers of nothing"]) as reader:
        assert reader.recv(15) == b"HTTP/1.1 200 OK"
        server.process.send_signal(signal.SIGTERM)
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                server.connect().close()
            except ConnectionError:
                break
            assert time.monotonic() < ends
            time.sleep(0.02)
        assert server.process.poll() is None
        received = 0
        while piece := reader.recv(1024**2):
            received += len(piece)
        assert received > MANY
        assert server.process.wait(PATIENCE) == 0


@pytest.mark.slow
def test_workers_that_are_replaced_lose_nothing() -> None:
    """Every few requests one ends, under callers that keep their connections."""
    with _running("--max-requests", "25", "--max-requests-jitter", "5", "--workers", "2") as server:

        def ask(_: int) -> list[bytes]:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
            told = []
            for _ in range(40):
                connection.request("GET", "/")
                with connection.getresponse() as answer:
                    told.append(answer.read())
            connection.close()
            return told

        with ThreadPoolExecutor(4) as pool:
            assert [len(told) for told in pool.map(ask, range(4)) if set(told) == {b"sent "}] == [40] * 4


def children(pid: int) -> list[int]:
    """Return the processes that a process has begun."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _until(caller: socket.socket, last: bytes, *, to_the_end: bool = False) -> bytes:
    """Return what came until it ended with that, or until the server hung up."""
    received = b""
    while to_the_end or not received.endswith(last):
        piece = caller.recv(65536)
        if not piece:
            assert to_the_end, received
            break
        received += piece
    return received
