"""Answered first: what is sent before routing is what the application would have sent."""

import pytest
from flask import Flask

from service.app import create_app
from service.settings import Settings

PATH = "/v1/heatmap?exchange=sim&lookback=12h&bins=10"
ASKED = [{}, {"Accept-Encoding": "gzip"}, {"If-None-Match": "*"}, {"Origin": "https://example.org"}]


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return an application at a fixed time."""
    return create_app(Settings(exchanges=("sim",)), clock=lambda: 1_760_000_000.0)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers", ASKED, ids=str)
def test_the_same_answer_twice(app: Flask, method: str, headers: dict[str, str]) -> None:
    """Status, headers and body are equal, whether the application made it or it was kept."""
    client = app.test_client()
    url = f"{PATH}&range_pct={5 + len(str(headers))}"  # each case is asked for the first time
    first = client.open(url, method=method, headers=headers)
    client.get(url)
    kept = client.open(url, method=method, headers=headers)
    assert kept.status_code == first.status_code
    # The two are different requests, of which one took longer.
    of_each = {"X-Request-Id", "Server-Timing"}
    assert {name for name, _ in kept.headers} == {name for name, _ in first.headers}
    same = [sorted(each for each in answer.headers if each[0] not in of_each) for answer in (kept, first)]
    assert same[0] == same[1]
    assert kept.data == first.data


def test_routing_is_not_reached(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept answer costs no look at the application's rules."""
    client = app.test_client()
    body = client.get(PATH).data
    monkeypatch.setattr(app, "full_dispatch_request", None)
    assert client.get(PATH).data == body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_what_reads_is_answered_from_hand(app: Flask, method: str) -> None:
    """Any other method goes to the application."""
    client = app.test_client()
    client.get(PATH)
    assert client.open(PATH, method=method).status_code == 405
