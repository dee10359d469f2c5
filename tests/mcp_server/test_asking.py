"""A path of the service asked, in this process and over HTTP."""

import pytest
import requests
from flask import Flask, request
from mcp.server.mcpserver.exceptions import ToolError
from requests_mock import Mocker

from service.mcp_server.asking import asking_in_process, asking_over_http

URL = "http://127.0.0.1:8080"
GIVEN = {"exchange": "sim", "symbols": ["BTC", "ETH"], "range_pct": 2.5, "as_of": None}
SENT = {"exchange": "sim", "symbols": "BTC,ETH", "range_pct": "2.5"}


def test_parameters_are_written_as_the_service_reads_them() -> None:
    """Lists with commas; what is None is left out."""
    app = Flask("test")
    app.add_url_rule("/v1/echo", "echo", lambda: dict(request.args))
    assert asking_in_process(app)("echo", GIVEN) == SENT


def test_a_running_service_is_asked_the_same_with_its_key(requests_mock: Mocker) -> None:
    """The path under the address, and the key in its header alone."""
    requests_mock.get(f"{URL}/v1/zones", json={"hot": []})
    assert asking_over_http(f"{URL}/", "secret")("zones", GIVEN) == {"hot": []}
    sent = requests_mock.request_history[0]
    assert sent.qs == {name: [value.lower()] for name, value in SENT.items()}
    assert sent.headers["X-API-Key"] == "secret"
    asking_over_http(URL)("zones", {})
    assert "X-API-Key" not in requests_mock.request_history[1].headers


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (422, {"errors": [{"field": "top", "message": "Must be 1 to 9."}], "detail": "no"}, "top: Must be 1 to 9."),
        (503, {"title": "Busy", "detail": "binance does not answer"}, "binance does not answer"),
        (404, {"title": "Not found"}, "Not found"),
    ],
)
def test_a_problem_is_said_in_the_services_words(
    requests_mock: Mocker, status: int, body: dict[str, object], said: str
) -> None:
    """Fields first, then the detail, then the title."""
    requests_mock.get(f"{URL}/v1/zones", status_code=status, json=body)
    with pytest.raises(ToolError) as caught:
        asking_over_http(URL)("zones", {})
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("error", "said"), [(requests.ConnectionError, "cannot be reached"), (requests.Timeout, "did not answer in time")]
)
def test_a_service_that_is_not_there_is_named(
    requests_mock: Mocker, error: type[requests.RequestException], said: str
) -> None:
    """With its address."""
    requests_mock.get(f"{URL}/v1/zones", exc=error)
    with pytest.raises(ToolError, match=f"the service at {URL} {said}"):
        asking_over_http(URL)("zones", {})


def test_another_programs_answer_is_not_taken_for_one(requests_mock: Mocker) -> None:
    """A page of HTML at the address given."""
    requests_mock.get(f"{URL}/v1/zones", text="<html>")
    with pytest.raises(ToolError, match="is this the address of a liquidation heatmap"):
        asking_over_http(URL)("zones", {})
