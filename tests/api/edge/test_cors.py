"""Pages of other origins: what a browser asks before it asks, and what it lets the page read."""

import pytest
from flask.testing import FlaskClient

from service.settings import Settings
from tests.support.fake_apps import without_contract
from tests.support.fake_exchange import Clock, FakeExchange

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
    wanted = {"ETag", "Age", "Retry-After", "RateLimit", "X-Request-Id", "Server-Timing", "Link"}
    assert wanted <= set(response.headers["Access-Control-Expose-Headers"].split(", "))


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


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key", "CG-API-KEY", "Content-Type", "X-Request-Id"])
def test_a_page_may_send_a_key(client: FlaskClient, header: str) -> None:
    """Whichever header a deployment asks for."""
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": header.lower()}
    allowed = client.options("/v1/zones", headers=ORIGIN | asked).headers["Access-Control-Allow-Headers"]
    assert header.lower() in allowed.lower().split(", ")


def test_origins_are_a_setting(fake: FakeExchange, clock: Clock) -> None:
    """One that is listed is named in the answer, another is not allowed, and caches keep them apart."""
    app = without_contract(Settings(cors_origins=("https://charts.example",)), {"sim": fake}, clock)
    client, asked = app.test_client(), {"Access-Control-Request-Method": "GET"}
    for _ in range(2):  # made, and then kept
        for path in ("/v1/heatmap?exchange=sim", "/v1/nope"):
            listed, other = (
                client.get(path, headers={"Origin": f"https://{name}.example"}) for name in ("charts", "x")
            )
            assert listed.headers["Access-Control-Allow-Origin"] == "https://charts.example"
            assert "Access-Control-Allow-Origin" not in other.headers
            assert "Access-Control-Allow-Origin" not in client.get(path).headers
            assert "Origin" in listed.headers["Vary"].split(", ")
            assert "Origin" in other.headers["Vary"].split(", ")
    preflight = client.options("/v1/heatmap", headers={"Origin": "https://x.example"} | asked)
    assert preflight.status_code == 204
    assert not {name for name, _ in preflight.headers if name.startswith("Access-Control")}
