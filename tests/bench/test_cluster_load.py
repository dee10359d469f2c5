"""The callers of a trial on a cluster: what they count as answered, asked again and lost."""

import http.server
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest

from bench.cluster_load import Caller
from bench.try_on_cluster import app_version, in_words, known, lost


class Moody(http.server.BaseHTTPRequestHandler):
    """Answers as its turn says, and hangs up where it says so."""

    protocol_version = "HTTP/1.1"
    turns: ClassVar[list[int]] = []

    def do_GET(self) -> None:
        """Answer with the next status; 0 ends the connection without one."""
        status = self.turns.pop(0)
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


@pytest.fixture
def host() -> Iterator[str]:
    """Return where a moody server listens."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Moody) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def told(host: str, turns: list[int], *, keeps: bool) -> dict[str, int]:
    """Return what a caller counts that asks until all turns are taken."""
    Moody.turns = list(turns)
    caller = Caller(host, keeps=keeps)
    while Moody.turns:
        caller.ask("/v1/exchanges")
    caller._close()
    return dict(caller.told)


def test_a_kept_connection_that_was_closed_is_asked_again_once(host: str) -> None:
    """Closed while it was idle: the question goes out anew, and counts as answered."""
    assert told(host, [200, 200, 0, 200], keeps=True) == {"200": 3, "asked again": 1}


def test_what_has_no_answer_on_a_new_connection_is_lost(host: str) -> None:
    """Nothing excuses it, nor a second failure of a kept one."""
    assert told(host, [200, 0], keeps=False) == {"200": 1, "lost: RemoteDisconnected": 1}
    assert told(host, [200, 0, 0], keeps=True) == {"200": 1, "asked again": 1, "lost: RemoteDisconnected": 1}


def test_an_error_is_as_good_as_lost(host: str) -> None:
    """What is not answered with 200 fails the trial."""
    kept = told(host, [200, 502, 200], keeps=True)
    all_told = {"kept": kept, "new": {"200": 4}, "longest": 1.25}
    assert lost(all_told) == 1
    assert in_words(all_told) == "6 answered, 1 lost, longest 1.25 s; 0 kept connections were closed"


@pytest.mark.parametrize(
    ("version", "kind", "there"),
    [
        ("v1", "Service", True),
        ("networking.k8s.io/v1", "Ingress", True),
        ("networking.k8s.io/v1", "NetworkPolicy", True),
        ("monitoring.coreos.com/v1", "ServiceMonitor", False),
        ("gateway.networking.k8s.io/v1", "HTTPRoute", False),
    ],
)
def test_kinds_that_a_cluster_has_not_are_left_out(version: str, kind: str, there: bool) -> None:
    """By the plural and the group that the cluster lists."""
    kinds = {"services", "ingresses.networking.k8s.io", "networkpolicies.networking.k8s.io"}
    assert known(f"\napiVersion: {version}\nkind: {kind}\n", kinds) is there


def test_the_image_has_the_tag_that_the_chart_gives_it() -> None:
    """Where none is named."""
    assert app_version().count(".") == 2
