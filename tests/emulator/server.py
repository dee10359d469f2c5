"""The emulator: one loopback HTTP server for all venues, with faults and counters that tests control."""

import json
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.emulator.faults import HTML, LONGEST_DELAY_S, Fault, corrupt
from tests.emulator.truth import Truth
from tests.emulator.venue import Refusal, Request
from tests.emulator.venues import VENUES

Answer = tuple[int, str, bytes, dict[str, str]]


class Emulator:
    """Serve every venue from one truth; `now_ms` is a fixed epoch-ms time or a clock. Use as a context manager.

    `counts[exchange][path]` is how often each path was called; `fault()` and `heal()` switch failures.
    """

    def __init__(self, truth: Truth, now_ms: int | Callable[[], int], port: int = 0) -> None:
        """Bind the port (0: any free one) at once; serve from `start` or `with`."""
        self.truth, self._now = truth, now_ms
        self.venues = {name: venue(truth) for name, venue in VENUES.items()}
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in VENUES}
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        # What a venue says in the headers of its answers, such as how much of its limit is used.
        self.headers: dict[str, dict[str, str]] = {}
        self._faults: dict[str, Fault] = {}
        self._server = _Server(self, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="emulator")

    @property
    def now_ms(self) -> int:
        """Return the emulator's time, epoch ms; set it to move on."""
        return self._now() if callable(self._now) else self._now

    @now_ms.setter
    def now_ms(self, now: int) -> None:
        self._now = now

    @property
    def base(self) -> str:
        """Return the server's own URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def url(self, exchange: str) -> str:
        """Return the base URL to put in place of that venue's host."""
        return f"{self.base}/{self.venues[exchange].name}"

    def fault(self, exchange: str, kind: str | None = None, **details: Any) -> None:
        """Make that venue fail as `Fault` describes, in place of any earlier fault."""
        fault = Fault(kind, **details)
        with self.lock:
            self._faults[self.venues[exchange].name] = fault

    def heal(self, exchange: str | None = None) -> None:
        """Remove the fault of one venue, or all of them."""
        with self.lock:
            for name in [exchange] if exchange else list(self._faults):
                self._faults.pop(name, None)

    def calls(self, exchange: str, path: str = "") -> int:
        """Return how often paths that contain `path` were called on that venue."""
        with self.lock:
            return sum(count for called, count in self.counts[exchange].items() if path in called)

    def forget(self) -> None:
        """Set every counter to zero."""
        with self.lock:
            for counter in self.counts.values():
                counter.clear()

    def take(self, exchange: str, path: str) -> Fault:
        """Count a request and return the fault that meets it."""
        with self.lock:
            self.counts[exchange][path] += 1
            fault = self._faults.get(exchange)
            if fault is None or fault.path not in path:
                return Fault()
            if fault.after:
                self._faults[exchange] = replace(fault, after=fault.after - 1)
                return Fault()
            if fault.times is not None:
                self._faults[exchange] = replace(fault, times=fault.times - 1)
                if fault.times <= 1:
                    del self._faults[exchange]
            return fault

    def start(self) -> Self:
        """Serve in a thread of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving: end delays, close connections, wait for every thread."""
        self.stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        self.stop()


class _Server(ThreadingHTTPServer):
    """A server that remembers its connections, so that stopping does not wait for idle ones."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, emulator: Emulator, port: int) -> None:
        self.emulator = emulator
        self.open: set[socket.socket] = set()
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self.lock:
            self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self.lock:
            self.open.discard(request)
        if request.fileno() != -1 and request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == RESET:
            request.close()  # a plain shutdown first would end the connection politely
        else:
            super().shutdown_request(request)

    def hang_up(self) -> None:
        """End what clients keep open; each connection's own thread then closes it."""
        with self.lock:
            for request in self.open:
                # the client may be gone: a connection that it has reset can no longer be shut down
                with suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up, as impatient ones must; report anything else."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


RESET = struct.pack("ii", 1, 0)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or every answer waits 40 ms for the client's delayed acknowledgement
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: tests read counters."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        url = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        _, first, *rest = url.path.split("/", 2)
        path = "/" + "".join(rest)
        emulator = self.server.emulator
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            self._send(_json(400, {"error": "the body is not JSON"}))
            return
        if first in ("_faults", "_counts"):
            self._send(_control(emulator, self.command, first, path[1:], body))
        elif first in emulator.venues:
            self._meet(first, Request(self.command, path, dict(parse_qsl(url.query)), body, emulator.now_ms))
        else:
            self._send(_json(404, {"error": f"no exchange {first!r}", "known": sorted(emulator.venues)}))

    def _meet(self, exchange: str, request: Request) -> None:
        """Answer a venue's request, in the way its fault prescribes."""
        emulator = self.server.emulator
        fault = emulator.take(exchange, request.path)
        emulator.stopping.wait(min(fault.delay_s, LONGEST_DELAY_S))
        if fault.down:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.close_connection = True
            return
        self._send(_answer(emulator, exchange, request, fault), fault)

    def _send(self, answer: Answer, fault: Fault | None = None) -> None:
        status, kind, body, headers = answer
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if fault and fault.cut is not None:
            self.wfile.write(body[: fault.cut])
            self.close_connection = True
            return
        sent = self._drip(body, fault.drip, fault.drip_s) if fault and fault.drip else 0
        self.wfile.write(body[sent:])

    def _drip(self, body: bytes, pause: float, longest: float) -> int:
        """Send single bytes with pauses between them; return how many went out."""
        many = min(len(body), int(longest / pause))
        for position in range(many):
            self.wfile.write(body[position : position + 1])
            self.wfile.flush()
            self.server.emulator.stopping.wait(pause)
        return many


def _json(status: int, body: Any, **headers: str) -> Answer:
    return status, "application/json", json.dumps(body).encode(), headers


def _answer(emulator: Emulator, exchange: str, request: Request, fault: Fault) -> Answer:
    if fault.kind == "html200":
        return 200, "text/html; charset=utf-8", HTML, {}
    if fault.redirect is not None:
        return 302, "text/html; charset=utf-8", HTML, {"Location": fault.redirect}
    if fault.kind == "status":
        headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
        return fault.status, "application/json", b'{"error": "emulated fault"}', headers
    if fault.stuck_at is not None:
        request = replace(request, now=min(request.now, fault.stuck_at))
    try:
        reply = emulator.venues[exchange].answer(request)
    except Refusal as refusal:
        return _json(refusal.status, refusal.body)
    corrupt(fault.kind, reply)
    return _json(200, reply.body, **emulator.headers.get(exchange, {}))


def _control(emulator: Emulator, method: str, what: str, exchange: str, body: dict[str, Any]) -> Answer:
    if what == "_counts":
        if method == "DELETE":
            emulator.forget()
        with emulator.lock:
            return _json(200, {name: dict(counter) for name, counter in emulator.counts.items()})
    if exchange not in emulator.venues and (exchange or method != "DELETE"):
        return _json(404, {"error": f"no exchange {exchange!r}", "known": sorted(emulator.venues)})
    if method == "DELETE" or not body:
        emulator.heal(exchange or None)
        return _json(200, {"healed": exchange or "all"})
    try:
        emulator.fault(exchange, **Fault.from_json(body).__dict__)
    except (TypeError, ValueError) as error:
        return _json(400, {"error": str(error)})
    return _json(200, {"fault": body})
