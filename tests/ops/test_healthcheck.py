"""The container's own health check, against a server on loopback."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from service.ops import healthcheck


class Answer(BaseHTTPRequestHandler):
    """Answer /livez with the status the test wants."""

    status = 200

    def do_GET(self) -> None:
        """Refuse every other path."""
        self.send_response(self.status if self.path == "/livez" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """Serve on a free port."""
    with HTTPServer(("127.0.0.1", 0), type("Own", (Answer,), {})) as serving:
        thread = Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, "/livez answered 503"), (404, "/livez answered 404")])
def test_exit_follows_the_answer(
    monkeypatch: pytest.MonkeyPatch, server: HTTPServer, status: int, code: int | str
) -> None:
    """200 is healthy; anything else is not, and says what it was."""
    server.RequestHandlerClass.status = status  # type: ignore[attr-defined]  # Answer above has it
    monkeypatch.setenv("LH_BIND", f"127.0.0.1:{server.server_port}")
    with pytest.raises(SystemExit) as stopped:
        healthcheck.main()
    assert stopped.value.code == code


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed port is unhealthy and says so in one line."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    monkeypatch.setenv("LH_BIND", f"127.0.0.1:{free}")
    with pytest.raises(SystemExit, match=r"/livez: .*refused"):
        healthcheck.main()


def test_address_without_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Unix socket has no port to ask, which is said instead of thrown."""
    monkeypatch.setenv("LH_BIND", "unix:/run/heatmap.sock")
    with pytest.raises(SystemExit, match=r"/run/heatmap\.sock"):
        healthcheck.main()


@pytest.mark.parametrize(
    ("bind", "port"), [("0.0.0.0:9000", 9000), ("[::]:81", 81), (":7", 7), ("127.0.0.1:1,0.0.0.0:2", 1)]
)
def test_port(bind: str, port: int) -> None:
    """The port is that of the first address bound."""
    assert healthcheck.port({"LH_BIND": bind}) == port


def test_default_port() -> None:
    """Without LH_BIND it is gunicorn's default here."""
    assert healthcheck.port({}) == 8080
