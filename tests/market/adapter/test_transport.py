"""The session's bounds, on real sockets of this machine."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic

import pytest
import requests

from service.market.adapter import transport
from service.market.adapter.transport import BoundedSession, UnusableBody
from service.market.contract import BadData, ExchangeUnavailable
from service.market.venues import build_venue

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def server(talk: Callable[[socket.socket, threading.Event], None], host: str = "127.0.0.1") -> Iterator[str]:
    """Serve every connection with `talk`, which must leave when the event is set; yield the base URL."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    done, listener = threading.Event(), socket.create_server((host, 0), family=family)
    threads: list[threading.Thread] = []

    def converse(connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            try:
                talk(connection, done)
            except OSError:
                done.wait(0)  # the client hung up, which is what these tests want

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=converse, args=(connection,))
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
    finally:
        done.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for thread in threads:
            thread.join()


def drip(connection: socket.socket, done: threading.Event, byte: bytes) -> None:
    """Send one byte after another, each well within any socket timeout, for ever."""
    while not done.wait(0.01):
        connection.sendall(byte)


def dripping_body(connection: socket.socket, done: threading.Event) -> None:
    """Drip a body of a stated length."""
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n[")
    drip(connection, done, b" ")


def dripping_chunks(connection: socket.socket, done: threading.Event) -> None:
    """Drip a chunked body."""
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    drip(connection, done, b"1\r\n \r\n")


def dripping_headers(connection: socket.socket, done: threading.Event) -> None:
    """Drip one endless header."""
    connection.sendall(HEAD + b"X-Slow: ")
    drip(connection, done, b"x")


def dripping_zip(connection: socket.socket, done: threading.Event) -> None:
    """Drip a compressed body."""
    connection.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n")
    connection.sendall(gzip.compress(b"[" + b" " * 1000)[:20])
    while not done.wait(0.01):
        connection.sendall(b"\x00\x00")


def silence(connection: socket.socket, done: threading.Event) -> None:
    """Say nothing."""
    connection.sendall(b"")
    done.wait()


@pytest.mark.parametrize("talk", [dripping_body, dripping_chunks, dripping_headers, dripping_zip, silence])
def test_a_slow_answer_ends_at_the_deadline(talk: Callable[[socket.socket, threading.Event], None]) -> None:
    """Proves that no way of answering slowly holds a caller: without the deadline these would never end."""
    with server(talk) as base:
        exchange = build_venue("bybit", base_url=base, timeout_s=0.3, throttle=False)
        with pytest.raises(ExchangeUnavailable):
            exchange.markets()
        exchange.close()  # type: ignore[attr-defined] # adapters close, the protocol does not ask it


def test_waiting_for_a_turn_counts() -> None:
    """Proves that the wall clock of a call holds behind a stuck exchange too, for everyone who waits in line."""
    seconds, callers = 0.5, 4
    with server(silence) as base:
        exchange = build_venue("bybit", base_url=base, timeout_s=seconds, throttle=False)

        def ask() -> float:
            began = monotonic()
            with pytest.raises(ExchangeUnavailable):
                exchange.markets()
            return monotonic() - began

        with ThreadPoolExecutor(callers) as pool:
            took = [future.result() for future in [pool.submit(ask) for _ in range(callers)]]
        exchange.close()  # type: ignore[attr-defined] # as above
    assert max(took) < 1.6 * seconds


def test_addresses_that_do_not_answer_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a host with several addresses, none of which answers, is given up in the time of one."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as taken:
        # with its one place in the queue taken, the kernel leaves any further attempt without an answer
        taken.connect(full.getsockname())
        address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", full.getsockname())
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [address] * 4)
        monkeypatch.setattr(transport, "getaddrinfo", socket.getaddrinfo)
        began = monotonic()
        with BoundedSession() as session, pytest.raises(requests.ConnectTimeout):
            session.get(f"http://many.test:{full.getsockname()[1]}/", timeout=0.6)
        assert 0.3 < monotonic() - began < 1.0


def test_several_requests_share_one_deadline() -> None:
    """Proves that a call which needs several requests has one wall clock for all, and none is begun after it."""
    with server(silence) as base, BoundedSession() as session:
        session.deadline = monotonic() + 0.3
        for _ in range(3):
            with pytest.raises(requests.Timeout):
                session.get(base, timeout=20)
        assert monotonic() < session.deadline + 0.3


def test_an_endless_body_ends_at_the_size_limit() -> None:
    """Proves that a body over the limit is refused while it comes, compressed or not."""
    small = gzip.compress(b"[" + b" " * 5_000_000 + b"]")

    def plain(connection: socket.socket, done: threading.Event) -> None:
        connection.sendall(HEAD + b"Connection: close\r\n\r\n[")
        while not done.is_set():
            connection.sendall(b" " * 65536)

    def zipped(connection: socket.socket, _: threading.Event) -> None:
        head = b"Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(small)
        connection.sendall(HEAD + head + small)

    for talk in (plain, zipped):
        with (
            server(talk) as base,
            BoundedSession(max_body_bytes=1_000_000) as session,
            pytest.raises(UnusableBody, match="1000000 bytes"),
        ):
            session.get(base, timeout=20)


def test_a_good_answer_passes_and_the_connection_is_kept() -> None:
    """Proves that two calls share one connection: the deadline's reader gives the socket back whole."""
    connections: list[socket.socket] = []

    def twice(connection: socket.socket, _: threading.Event) -> None:
        connections.append(connection)
        for body in (b'[{"a": 1}]', b'{"b": 2}'):
            connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            connection.recv(65536)

    with server(twice) as base, BoundedSession() as session:
        assert session.get(base, timeout=20).json() == [{"a": 1}]
        assert session.get(base, timeout=20).json() == {"b": 2}
    assert len(connections) == 1


def fine(connection: socket.socket, _: threading.Event) -> None:
    """Answer with an empty list."""
    connection.sendall(HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\n[]")


def test_an_address_in_brackets_is_one() -> None:
    """Proves that a mirror may be named by its IPv6 address."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with server(fine, "::1") as base, BoundedSession() as session:
        assert session.get(base, timeout=5).json() == []


def test_a_name_that_nobody_has_is_a_connection_error() -> None:
    """Proves that a failed look-up stays an error of requests', which ccxt knows."""
    with BoundedSession() as session, pytest.raises(requests.ConnectionError):
        session.get("http://nobody.invalid", timeout=5)


def test_redirects_are_not_followed() -> None:
    """Proves that a venue cannot send the service elsewhere."""

    def away(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")

    with server(away) as base:
        exchange = build_venue("okx", base_url=base, timeout_s=20, throttle=False)
        with pytest.raises(BadData, match="HTTP 302"):
            exchange.markets()
        exchange.close()  # type: ignore[attr-defined] # as above


def test_nobody_listening_is_unavailable() -> None:
    """Proves that a refused connection is an ExchangeUnavailable naming the exchange."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    exchange = build_venue("gate", base_url=f"http://127.0.0.1:{port}", timeout_s=5, throttle=False)
    with pytest.raises(ExchangeUnavailable, match=r"^gate: "):
        exchange.markets()


def test_the_environments_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a proxy in the environment does not see exchange traffic."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    with server(fine) as base, BoundedSession() as session:
        assert session.get(base, timeout=20).json() == []


@pytest.mark.parametrize("filler", ["a.", "x", "http", "a://", "é ", "\n"], ids=ascii)
def test_a_long_error_is_read_and_told_in_part(filler: str) -> None:
    """Proves that of an error of megabytes 64 kB are read, and less is looked through."""
    told = (filler * 4_000_000)[:4_000_000].encode()

    def talk(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 503 Gone\r\nContent-Length: %d\r\n\r\n" % len(told) + told)

    with server(talk) as base, BoundedSession() as session:
        answer = session.get(base, timeout=20)
        assert len(answer.content) == transport.MAX_ERROR_BYTES
        assert len(session.published(answer.text)) <= transport.MAX_TEXT


def test_what_is_cut_tells_no_part_of_a_host() -> None:
    """Proves that a text cut inside a host ends before it."""
    with BoundedSession("http://secret.example:9443") as session:
        for lead in range(transport.MAX_TEXT - 30, transport.MAX_TEXT + 1):
            told = session.published(" " * lead + "secret.example:9443 and more" + " x" * 50)
            assert "secret" not in told
            assert "example" not in told
