"""Malformed and smuggling requests against the real server: all are refused, as problems, and it goes on answering."""

import json
import re
import signal
import socket
from collections.abc import Iterator

import pytest

from tests.support.serving import Server, start

pytestmark = pytest.mark.slow

HOST = b"Host: x\r\n"
GET = b"GET /livez HTTP/1.1\r\n"
POST = b"POST /v1/liquidation-price HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
SECOND = b"GET /v1/exchanges HTTP/1.1\r\nHost: x\r\n\r\n"
BAD = {
    "no host": GET + b"\r\n",
    "empty host": GET + b"Host: \r\n\r\n",
    "junk host": GET + b"Host: a b\r\n\r\n",
    "host with a path": GET + b"Host: x/../y\r\n\r\n",
    "host with a user": GET + b"Host: a@b\r\n\r\n",
    "two hosts": GET + HOST + b"Host: y\r\n\r\n",
    "host of 10 kB": GET + b"Host: " + b"a" * 10_000 + b"\r\n\r\n",
    "body on GET": GET + HOST + b"Content-Length: 5\r\n\r\nhello",
    "chunked body on GET": GET + HOST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "body on HEAD": b"HEAD /livez HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\nabc",
    "both lengths": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "both lengths, turned": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + SECOND,
    "two lengths": POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "two lengths in one": POST + b"Content-Length: 4, 5\r\n\r\nabcde",
    "negative length": POST + b"Content-Length: -1\r\n\r\n",
    "signed length": POST + b"Content-Length: +4\r\n\r\nabcd",
    "length that is no number": POST + b"Content-Length: 0x4\r\n\r\nabcd",
    "unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "coding twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "coding with a tab in it": POST + b"Transfer-Encoding: chun\tked\r\n\r\n0\r\n\r\n",
    "chunk size that is no number": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "negative chunk size": POST + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
    "chunk without its end": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
    "space before the colon": GET + b"Host : x\r\n\r\n",
    "header without a colon": GET + HOST + b"nonsense\r\n\r\n",
    "header without a name": GET + HOST + b": value\r\n\r\n",
    "folded header": GET + HOST + b"X-A: 1\r\n 2\r\n\r\n",
    "bare CR in a value": GET + HOST + b"X-A: 1\rX-B: 2\r\n\r\n",
    "bare LF in a value": GET + HOST + b"X-A: 1\nX-B: 2\x00\r\n\r\n",
    "NUL in a value": GET + HOST + b"X-A: a\x00b\r\n\r\n",
    "control character in a name": GET + HOST + b"X\x01A: 1\r\n\r\n",
    "line too long": b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "field too long": GET + HOST + b"X-A: " + b"a" * 20_000 + b"\r\n\r\n",
    "too many fields": GET + HOST + b"".join(b"X-%d: 1\r\n" % n for n in range(200)) + b"\r\n",
    "no version": b"GET /livez\r\n\r\n",
    "unknown version": b"GET /livez HTTP/9.9\r\n" + HOST + b"\r\n",
    "method with a space": b"GE T /livez HTTP/1.1\r\n" + HOST + b"\r\n",
    "lower-case method": b"get /livez HTTP/1.1\r\n" + HOST + b"\r\n",
    "control character in the line": b"GET /li\x00vez HTTP/1.1\r\n" + HOST + b"\r\n",
    "what is not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a running server, which must end well."""
    running = start()
    yield running
    running.process.send_signal(signal.SIGTERM)
    assert running.end() == 0
    assert "Traceback" not in "".join(running.said)


def sent(server: Server, raw: bytes) -> bytes:
    """Return all that comes back on one connection until the server closes it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


@pytest.mark.parametrize("name", BAD)
def test_each_is_refused_as_a_problem(server: Server, name: str) -> None:
    """One answer of 4xx or 501 comes, nothing that was smuggled behind it is answered, and it tells nothing of ours."""
    answer = sent(server, BAD[name])
    assert len(re.findall(rb"HTTP/1\.[01] \d{3} ", answer)) <= 1
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    assert 400 <= status < 500 or status == 501, answer
    assert b"application/problem+json" in head
    assert b"nosniff" in head
    assert b"gunicorn" not in body
    if body:
        assert json.loads(body)["status"] == status
    assert server.ask("/livez").status == 200


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO", "Script-Name", "X-Script-Name", "REMOTE_ADDR"])
def test_no_header_moves_the_application(server: Server, name: str) -> None:
    """A header named as a WSGI variable changes nothing."""
    head = sent(server, GET + HOST + f"{name}: /elsewhere\r\nConnection: close\r\n\r\n".encode())
    assert head.startswith(b"HTTP/1.1 200 ")


def test_old_clients_need_no_host(server: Server) -> None:
    """HTTP/1.0 had none."""
    assert sent(server, b"GET /livez HTTP/1.0\r\n\r\n").split()[1] == b"200"
