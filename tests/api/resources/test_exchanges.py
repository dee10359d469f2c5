"""GET /v1/exchanges: what is served and how it is doing, without a call to any of it."""

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.market.contract import ExchangeUnavailable
from service.settings import EXCHANGES, Settings
from tests.support.fake_exchange import NOW, Clock, FakeExchange


def test_every_exchange_of_the_settings_is_listed() -> None:
    """In their order, with what each can do; nothing has been tried yet."""
    rows = create_app(Settings(), clock=Clock()).test_client().get("/v1/exchanges").get_json()["exchanges"]
    assert [row["id"] for row in rows] == list(EXCHANGES)
    assert [row["simulated"] for row in rows] == [row["id"].startswith("sim") for row in rows]
    assert {row["health"]["state"] for row in rows} == {"untried"}
    assert all(row["capabilities"]["timeframes"] for row in rows)


def test_listing_calls_nobody(client: FlaskClient, fake: FakeExchange) -> None:
    """However often it is asked."""
    for _ in range(3):
        assert client.get("/v1/exchanges").status_code == 200
    assert fake.calls == []


@pytest.mark.parametrize(("fails", "state"), [(False, "ok"), (True, "failing")])
def test_health_follows_the_calls(
    client: FlaskClient, fake: FakeExchange, clock: Clock, fails: bool, state: str
) -> None:
    """The last success, the last failure and its reason."""
    if fails:
        fake.fail("ohlcv", ExchangeUnavailable("sim", "timed out"))
    client.get("/v1/heatmap")
    clock.now += 100
    health = client.get("/v1/exchanges").get_json()["exchanges"][0]["health"]
    assert health["state"] == state
    assert health["last_error"] == ("timed out" if fails else None)
    assert health["last_failure"] == ("2025-06-01T00:00:05Z" if fails else None)
    assert health["last_success"] == "2025-06-01T00:00:05Z"
    assert clock.now == NOW + 100


def test_health_is_never_kept_by_a_proxy(client: FlaskClient) -> None:
    """What changes with every call must not be cached."""
    assert client.get("/v1/exchanges").headers["Cache-Control"] == "no-store"


def test_one_that_asks_for_a_pause_gets_it(client: FlaskClient, fake: FakeExchange, clock: Clock) -> None:
    """It is not called until then: 503 at once, with the reason and what is left; the first request after it is 200."""
    fake.fail("ohlcv", ExchangeUnavailable("sim", "refuses for now", 30, rest=True))
    assert client.get("/v1/heatmap").headers["Retry-After"] == "30"
    del fake.before["ohlcv"]
    calls, clock.now = list(fake.calls), clock.now + 20
    answer = client.get("/v1/heatmap?timeframe=4h")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.get_json(force=True)["detail"] == "sim: left alone for a while after: refuses for now"
    assert fake.calls == calls
    assert client.get("/v1/exchanges").get_json()["exchanges"][0]["health"]["resting_until"] == "2025-06-01T00:00:35Z"
    clock.now += 10
    assert client.get("/v1/heatmap?timeframe=4h").status_code == 200
    health = client.get("/v1/exchanges").get_json()["exchanges"][0]["health"]
    assert (health["state"], health["resting_until"]) == ("ok", None)
