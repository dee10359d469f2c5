"""The way out: a forward proxy and other authorities, with real sockets, tunnels and certificates of this machine."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from service.market.adapter.egress import RULE, Egress, checked_ca_file, checked_proxy
from service.market.adapter.transport import BoundedSession
from service.market.contract import ExchangeUnavailable
from service.market.venues import build_venue

HOST = "api.bybit.com"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"

Talk = Callable[[socket.socket, threading.Event], None]


@contextmanager
def proxy(talk: Talk) -> Iterator[tuple[str, list[str]]]:
    """Serve each connection with `talk` after its head was read; yield the URL and the heads."""
    done, listener, heads = threading.Event(), socket.create_server(("127.0.0.1", 0)), list[str]()
    threads: list[threading.Thread] = []

    def converse(connection: socket.socket) -> None:
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536) or b"\r\n\r\n"
            heads.append(head.decode())
            try:
                talk(connection, done)
            except OSError:
                done.wait(0)  # the client hung up, which is what some of these tests want

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=converse, args=(connection,)))
            threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heads
    finally:
        done.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (acceptor, *threads):
            thread.join()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a PEM file with a certificate for HOST that is its own authority, and its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("authority")
    path = folder / "ca.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(pem)
    return path


def exchange_behind(authority: Path) -> Talk:
    """Return a talk that opens the tunnel and answers in it as the exchange, with a certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, authority.with_name("key.pem"))

    def talk(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(OPEN)
        with context.wrap_socket(connection, server_side=True) as tunnel:
            tunnel.recv(65536)
            tunnel.sendall(ANSWER)

    return talk


def test_calls_go_through_the_proxy(authority: Path) -> None:
    """Proves that an exchange is asked in a tunnel of the proxy, whose password is sent, under the given authority."""
    with proxy(exchange_behind(authority)) as (url, heads):
        way = Egress(url.replace("//", "//me:hunter2@"), str(authority))
        with BoundedSession(egress=way) as session:
            assert session.get(f"https://{HOST}/v5/market/time", timeout=20).json() == []
    assert heads[0].startswith(f"CONNECT {HOST}:443 HTTP/1.")
    assert "Proxy-Authorization: Basic bWU6aHVudGVyMg==" in heads[0]


def test_a_venue_takes_its_way_out(authority: Path) -> None:
    """Proves that the setting arrives at every call of ccxt: the listing is asked for in the tunnel."""
    with proxy(exchange_behind(authority)) as (url, heads):
        exchange = build_venue("bybit", timeout_s=20, throttle=False, egress=Egress(url, str(authority)))
        with pytest.raises(ExchangeUnavailable):
            exchange.markets()
        exchange.close()  # type: ignore[attr-defined] # adapters close, the protocol does not ask it
    assert heads[0].startswith(f"CONNECT {HOST}:443 ")


def test_other_authorities_are_not_trusted(authority: Path) -> None:
    """Proves that a tunnel to somebody else is not believed where no authority was given."""
    with (
        proxy(exchange_behind(authority)) as (url, _),
        BoundedSession(egress=Egress(url)) as session,
        pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        session.get(f"https://{HOST}/", timeout=20)


def test_a_base_url_is_reached_straight() -> None:
    """Proves that one's own mirror is asked without the proxy."""

    def answer(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(ANSWER)

    with proxy(answer) as (url, heads), BoundedSession(url, egress=Egress("http://127.0.0.1:9")) as session:
        assert session.get(f"{url}/v5/market/time", timeout=20).json() == []
        assert heads[0].startswith("GET /v5/market/time ")


def silence(_: socket.socket, done: threading.Event) -> None:
    """Never answer."""
    done.wait()


def drip(connection: socket.socket, done: threading.Event) -> None:
    """Answer one byte after another, each well within any socket timeout."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not done.wait(0.01):
        connection.sendall(b"x")


def silent_tunnel(connection: socket.socket, done: threading.Event) -> None:
    """Open the tunnel and say nothing in it."""
    connection.sendall(OPEN)
    done.wait()


@pytest.mark.parametrize("talk", [silence, drip, silent_tunnel])
def test_a_slow_proxy_ends_at_the_deadline(talk: Talk) -> None:
    """Proves that the total time holds for the proxy too: without it these would never end."""
    with proxy(talk) as (url, _):
        exchange = build_venue("bybit", timeout_s=0.3, throttle=False, egress=Egress(url))
        with pytest.raises(ExchangeUnavailable):
            exchange.markets()
        exchange.close()  # type: ignore[attr-defined] # as above


def test_a_refusal_says_so_and_keeps_the_password() -> None:
    """Proves that what the proxy answered can be read, and neither its host nor its password."""

    def refuse(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    with proxy(refuse) as (url, _):
        exchange = build_venue("bybit", timeout_s=20, throttle=False, egress=Egress(url.replace("//", "//me:hunter2@")))
        with pytest.raises(ExchangeUnavailable, match="the proxy answered 407") as raised:
            exchange.markets()
        exchange.close()  # type: ignore[attr-defined] # as above
    assert not [word for word in ("hunter2", "bWU6aHVudGVyMg", urlsplit(url).netloc) if word in str(raised.value)]


def test_a_proxy_that_is_not_there_is_named() -> None:
    """Proves that the operator learns that it was the way and not the exchange."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    exchange = build_venue("bybit", timeout_s=20, throttle=False, egress=Egress(f"http://127.0.0.1:{port}"))
    with pytest.raises(ExchangeUnavailable, match=r"\(the proxy: ConnectionRefusedError\)"):
        exchange.markets()
    exchange.close()  # type: ignore[attr-defined] # as above


def test_a_password_is_not_shown() -> None:
    """Proves that printing the way out leaves the proxy's URL away."""
    assert "hunter2" not in repr(Egress("http://me:hunter2@proxy:3128"))


@pytest.mark.parametrize(
    "url", ["http://proxy:3128", "https://proxy:443/", "http://me:hunter2@proxy:3128", "http://[::1]:1"]
)
def test_what_can_be_used(url: str) -> None:
    """Proves that host and port, and a password, stay."""
    assert checked_proxy(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "wrong",
    [
        "proxy:3128",
        "socks5://proxy:1080",
        "http://proxy",
        "http://proxy:0",
        "http://proxy:x",
        "http://a b:1",
        "http://:1",
        "http://me:hunter2@proxy:1/x",
        "http://me:hunter2@proxy:1?x",
        "http://proxy:1#x",
        "http://[:1",
    ],
)
def test_what_cannot_be_used(wrong: str) -> None:
    """Proves that anything else is refused without repeating it."""
    with pytest.raises(ValueError, match="want http") as raised:
        checked_proxy(wrong)
    assert str(raised.value) == RULE


def test_authorities_are_read_before_they_are_needed(authority: Path, tmp_path: Path) -> None:
    """Proves that a file with none, or no file, is refused with its path."""
    assert checked_ca_file(str(authority)) == str(authority)
    (tmp_path / "empty.pem").write_text("")
    for path in (tmp_path / "empty.pem", tmp_path / "missing.pem", authority.with_name("key.pem")):
        with pytest.raises(ValueError, match=path.name):
            checked_ca_file(str(path))
