"""Requests that no well-made client sends are refused before anything looks at them."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from service.api.edge.refusals.request_shape import well_shaped


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "a-b.example", "10.0.0.1:1", "[::1]", "[fe80::1]:443"])
def test_hosts(host: str) -> None:
    """Names and addresses, with a port and without."""
    assert well_shaped({"REQUEST_METHOD": "GET", "HTTP_HOST": host}).told is None


@pytest.mark.parametrize(
    "host", ["", " ", "a b", "a/b", "a@b", "a,b", "[::1", "a:b", "a:123456", "é", "a\t", "x" * 300]
)
def test_junk_hosts(host: str) -> None:
    """Anything else is refused."""
    told = well_shaped({"REQUEST_METHOD": "GET", "HTTP_HOST": host}).told
    assert told is not None
    assert told.status == 400


@pytest.mark.parametrize(
    ("more", "fine"),
    [
        ({"REQUEST_METHOD": "GET", "CONTENT_LENGTH": "1"}, False),
        ({"REQUEST_METHOD": "HEAD", "CONTENT_LENGTH": "1"}, False),
        ({"REQUEST_METHOD": "OPTIONS", "HTTP_TRANSFER_ENCODING": "chunked"}, False),
        ({"REQUEST_METHOD": "GET", "CONTENT_LENGTH": "0"}, True),
        ({"REQUEST_METHOD": "GET", "CONTENT_LENGTH": ""}, True),
        ({"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "1"}, True),
    ],
)
def test_bodies(more: dict[str, Any], *, fine: bool) -> None:
    """Only what has a use for a body may have one."""
    assert (well_shaped({"HTTP_HOST": "x"} | more).told is None) == fine


def test_a_missing_host_is_one_of_old_clients_alone() -> None:
    """HTTP/1.0 had none."""
    assert well_shaped({"REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.0"}).told is None
    assert well_shaped({"REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1"}).told is not None


@pytest.mark.parametrize("path", ["/livez", "/v1/exchanges", "/v1/heatmap?exchange=sim", "/", "/docs", "/nothing"])
def test_a_refusal_is_a_problem_on_every_path(sim_client: FlaskClient, path: str) -> None:
    """Kept answers and pages too; the connection ends, for its body was not read."""
    sim_client.get(path)
    answer = sim_client.get(path, data=b"x")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.headers["Connection"] == "close"
    assert answer.json is not None
    assert answer.json["instance"] == path.partition("?")[0]


@pytest.mark.parametrize("path", ["/livez", "/v1/heatmap?exchange=sim", "/", "/docs", "/docs/start.js", "/no"])
def test_headers_of_every_answer(sim_client: FlaskClient, path: str) -> None:
    """Kept or new, page or data or error: no sniffing, no referrer, no foreign frame."""
    for _ in range(2):
        headers = sim_client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "frame-ancestors" in headers["Content-Security-Policy"]
        assert len(headers.getlist("Content-Security-Policy")) == 1
