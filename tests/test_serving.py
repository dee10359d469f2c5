"""The real server: started as a user starts it, asked over HTTP, and stopped while it works."""

import gzip
import http.client
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest

from tests.support.serving import Server, start

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a running server; it must end well and must not have said anything of a failure."""
    running = start()
    yield running
    running.process.send_signal(signal.SIGTERM)
    assert running.end() == 0
    said = "".join(running.said)
    assert "Traceback" not in said
    assert "[ERROR]" not in said
    assert "Worker exiting" in said


@pytest.mark.parametrize(
    ("path", "kind", "part"),
    [
        ("/livez", "application/json", b"alive"),
        ("/readyz", "application/json", b"ready"),
        ("/v1/exchanges", "application/json", b'"sim2"'),
        ("/v1/markets?exchange=sim", "application/json", b"BTC/USDT:USDT"),
        ("/v1/heatmap?exchange=sim&symbol=BTC", "application/json", b'"grid"'),
        ("/v1/profile?exchange=sim&symbol=BTC", "application/json", b'"imbalance"'),
        ("/docs", "text/html; charset=utf-8", b"swagger-ui"),
        ("/docs/swagger-ui.css", "text/css; charset=utf-8", b".swagger-ui"),
        ("/openapi.yaml", "application/yaml", b"openapi:"),
    ],
)
def test_it_answers(server: Server, path: str, kind: str, part: bytes) -> None:
    """Every kind of page through the real server."""
    response = server.ask(path)
    assert (response.status, response.headers["Content-Type"]) == (200, kind)
    assert part in response.body
    assert int(response.headers["Content-Length"]) == len(response.body)


def test_what_it_says_to_try_answers(server: Server) -> None:
    """Once it says that it serves it does, and each address that it names answers."""
    text = "".join(server.said)
    assert f"Serving on http://127.0.0.1:{server.port} " in text
    tried = re.findall(rf"curl 'http://127.0.0.1:{server.port}(/v1/[^']+)'", text)
    assert len(tried) == 3
    assert [server.ask(path).status for path in tried] == [200, 200, 200]


def test_conditional_and_compressed(server: Server) -> None:
    """ETag, 304 and gzip survive the server."""
    path = "/v1/heatmap?exchange=sim&as_of=2025-09-01T00:00:00Z&lookback=2d"
    plain, zipped = server.ask(path), server.ask(path, Accept_Encoding="gzip")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.body).startswith(b"{")
    again = server.ask(path, If_None_Match=plain.headers["ETag"])
    assert (again.status, again.body) == (304, b"")


def test_workers_agree(server: Server) -> None:
    """Whichever process answers, the past is the same to the last byte but for its age."""
    path = "/v1/heatmap?exchange=sim&as_of=2025-09-02T00:00:00Z&lookback=2d&bins=50"
    with ThreadPoolExecutor(8) as pool:
        bodies = [orjson.loads(r.body) for r in pool.map(lambda _: server.ask(path), range(24))]
    for body in bodies:
        del body["age_seconds"]
        assert body == bodies[0]


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/heatmap?bins=0", 422), ("/v1/nope", 404), ("/v1/heatmap?exchange=x", 404)]
)
def test_problems(server: Server, path: str, status: int) -> None:
    """Errors come as problems through the real server too."""
    response = server.ask(path)
    assert (response.status, response.headers["Content-Type"]) == (status, "application/problem+json")


def test_none_is_lost_when_it_is_stopped() -> None:
    """Requests that are being worked on at SIGTERM get their whole answer, and the server ends by itself."""
    # Threads for all to wait for one market's first load, which takes its time where the machine is busy.
    server = start(LH_WORKERS="1", LH_THREADS="12")
    asked = []
    for n in range(6):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", f"/v1/heatmap?exchange=sim&symbol=ETH&lookback=1M&bins={200 + n}")
        asked.append(connection)
    # Connections are taken in order: once this one has its answer, those before it are in hand.
    assert server.ask("/livez").status == 200
    server.process.send_signal(signal.SIGTERM)
    for connection in asked:
        response = connection.getresponse()
        body = orjson.loads(response.read())
        assert response.status == 200
        assert len(body["grid"]["time"]) == 720
        connection.close()
    assert server.end() == 0
    assert "Traceback" not in "".join(server.said)
    with pytest.raises(ConnectionRefusedError):
        server.ask("/livez")
