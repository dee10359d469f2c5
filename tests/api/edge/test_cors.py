"""Pages of other origins: what a browser asks before it asks, and what it lets the page read."""

import pytest
from flask.testing import FlaskClient

ORIGIN = {"Origin": "https://charts.example"}


@pytest.mark.parametrize("path", ["/v1/heatmap?exchange=sim&symbol=BTC", "/v1/exchanges", "/openapi.yaml"])
def test_a_page_may_send_the_etag_it_has(client: FlaskClient, path: str) -> None:
    """The browser's question before it is answered without a body, and allows what it asks for."""
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    response = client.options(path, headers=ORIGIN | asked)
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST"
    assert "if-none-match" in response.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert int(response.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize("path", ["/v1/heatmap?exchange=sim&symbol=BTC", "/v1/heatmap?bins=0", "/v1/nope"])
def test_a_page_may_read_every_answer(client: FlaskClient, path: str) -> None:
    """Errors as well, and the headers that caching needs."""
    response = client.get(path, headers=ORIGIN)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert {"ETag", "Age", "Retry-After"} <= set(response.headers["Access-Control-Expose-Headers"].split(", "))


def test_a_page_may_send_positions(client: FlaskClient) -> None:
    """A JSON body is no simple request: its Content-Type has to be allowed, and the answer is readable."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    response = client.options("/v1/liquidation-price", headers=ORIGIN | asked)
    assert (response.status_code, response.data) == (204, b"")
    assert "content-type" in response.headers["Access-Control-Allow-Headers"].lower().split(", ")
    position = {"exchange": "sim", "side": "long", "entry": 60000, "leverage": 10}
    answer = client.post("/v1/liquidation-price", json={"positions": [position]}, headers=ORIGIN)
    assert (answer.status_code, answer.get_json()["answered"]) == (200, 1)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
