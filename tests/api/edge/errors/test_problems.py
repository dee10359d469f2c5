"""Every error is a problem: one content type, a stable kind, no stack, and what to do next."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.edge.errors.problems import messages_of
from service.app import create_app
from service.market.contract import BadData, ExchangeUnavailable, UnknownSymbol, Unsupported
from service.market.feed.exchange_health.back_off import FIRST_WAIT
from service.settings import Settings
from tests.conftest import Problem
from tests.support.crowd import crowd
from tests.support.fake_apps import Publishing, app_of
from tests.support.fake_exchange import HOUR, T0, Clock, FakeExchange

PATHS = ["/v1/heatmap", "/v1/profile", "/v1/markets"]


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/v1",
        "/v1/",
        "/v1/nope",
        "/v1/heatmap/x",
        "/%ff",
        "/%00",
        "/v1/heatmap%0a",
        "/docs/x",
        "/" + "a" * 3000,
    ],
)
def test_unknown_path(steady_client: FlaskClient, problem: Problem, path: str) -> None:
    """404, whatever the path is made of."""
    response = steady_client.get(path)
    assert response.status_code == 404
    assert problem(response)["type"] == "/problems/not-found"


@pytest.mark.parametrize("path", [*PATHS, "/v1/exchanges", "/livez", "/readyz", "/openapi.yaml", "/docs", "/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_only_reading_is_allowed(steady_client: FlaskClient, problem: Problem, path: str, method: str) -> None:
    """405 that says what is."""
    response = steady_client.open(path, method=method)
    assert response.status_code == 405
    assert problem(response)["type"] == "/problems/method-not-allowed"
    assert {name.strip() for name in response.headers["Allow"].split(",")} == {"GET", "HEAD"}


@pytest.mark.parametrize("path", [*PATHS, "/v1/exchanges", "/livez", "/docs", "/v1/nope", "/v1/heatmap?bins=0"])
def test_head_is_get_without_a_body(steady_client: FlaskClient, path: str) -> None:
    """Same status and headers, nothing else."""
    head, get = steady_client.head(path), steady_client.get(path)
    assert (head.status_code, head.content_type, head.headers.get("ETag")) == (
        get.status_code,
        get.content_type,
        get.headers.get("ETag"),
    )
    assert head.data == b""
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize("path", PATHS)
def test_unknown_exchange(client: FlaskClient, problem: Problem, path: str) -> None:
    """404 that names the parameter and lists what is served."""
    response = client.get(f"{path}?exchange=mtgox")
    assert response.status_code == 404
    body = problem(response)
    assert body["type"] == "/problems/unknown-exchange"
    assert body["errors"][0]["field"] == "exchange"
    assert "sim" in body["errors"][0]["message"]


@pytest.mark.parametrize(
    "symbol", ["NOPE", "BTC/USD:BTC", "%ff%fe", "%00", "%ed%a0%80", "<script>", "'; drop", "../../etc"]
)
def test_unknown_symbol(client: FlaskClient, problem: Problem, symbol: str) -> None:
    """404 that names the parameter and says where the list is."""
    response = client.get(f"/v1/heatmap?symbol={symbol}")
    assert response.status_code == 404
    body = problem(response)
    assert body["type"] == "/problems/unknown-symbol"
    assert body["exchange"] == "sim"
    assert body["errors"][0]["field"] == "symbol"
    assert "/v1/markets?exchange=sim" in body["errors"][0]["message"]


@pytest.mark.parametrize(
    "path", ["/v1/heatmap", "/v1/profile", "/v1/zones", "/v1/touches", "/v1/cascade?sell_usd=1e6", "/v1/skill"]
)
@pytest.mark.parametrize("method", ["markets", "ohlcv", "open_interest"])
@pytest.mark.parametrize(
    "error", [ExchangeUnavailable("sim", "timed out", 17.2), BadData("sim", "<html>", 17.2)], ids=["down", "bad data"]
)
def test_exchange_unavailable(
    client: FlaskClient, fake: FakeExchange, problem: Problem, path: str, method: str, error: ExchangeUnavailable
) -> None:
    """503 that names the exchange and when to come back; the next request finds it well again."""
    fake.lacks(liquidations=True)
    fake.fail(method, error)
    response = client.get(path)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "18"
    body = problem(response)
    assert body["type"] == "/problems/exchange-unavailable"
    assert body["exchange"] == "sim"
    assert error.reason in body["detail"]
    assert response.headers.get("ETag") is None
    assert "max-age" not in response.headers.get("Cache-Control", "")


@pytest.mark.parametrize("path", ["/v1/heatmap", "/v1/profile", "/v1/zones", "/v1/cascade?sell_usd=1e6"])
def test_tiers_that_cannot_be_read_are_no_error(client: FlaskClient, fake: FakeExchange, path: str) -> None:
    """Tiers move a map a little: others stand in for them, and the answer says that and why."""
    fake.fail("tiers", ExchangeUnavailable("sim", "timed out", 17.2))
    response = client.get(path)
    assert response.status_code == 200
    body = response.get_json()
    assert body["sources"][0]["tiers"] == "assumed"
    assert "timed out" in body["sources"][0]["missing"]["tiers"]
    assert [text for text in body["warnings"] if "could not be read" in text and "timed out" in text]


@pytest.mark.parametrize("wait", [0.0, -5.0, 0.2])
def test_retry_after_is_at_least_a_second(
    client: FlaskClient, fake: FakeExchange, problem: Problem, wait: float
) -> None:
    """The header takes whole seconds, and 0 would be a stampede."""
    fake.fail("ohlcv", ExchangeUnavailable("sim", "busy", wait))
    response = client.get("/v1/heatmap")
    assert problem(response)["status"] == 503
    assert response.headers["Retry-After"] == "1"


def test_a_recovered_exchange_is_served_again(client: FlaskClient, fake: FakeExchange, clock: Clock) -> None:
    """An error is kept for a second and no longer."""
    fake.fail("ohlcv", ExchangeUnavailable("sim", "down"))
    assert client.get("/v1/heatmap").status_code == 503
    del fake.before["ohlcv"]
    clock.now += FIRST_WAIT
    assert client.get("/v1/heatmap").status_code == 200


def test_a_leader_that_hangs(fake: FakeExchange, problem: Problem) -> None:
    """Neither it nor those who wait for its fetch are held for ever: 504 naming the exchange."""
    app = app_of(fake, seconds=0.1)
    held = fake.hold("ohlcv")
    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(lambda: app.test_client().get("/v1/heatmap"))
        assert held.entered.wait(30)
        for response in crowd(8, lambda: app.test_client().get("/v1/heatmap")):
            assert not isinstance(response, BaseException)
            assert response.status_code == 504
            assert int(response.headers["Retry-After"]) >= 1
            assert problem(response)["exchange"] == "sim"
        assert leader.result(30).status_code == 504
        held.release.set()


def test_a_crowd_shares_one_failure(app: Flask, fake: FakeExchange) -> None:
    """However many ask while it fails, each gets its 503, and no more calls are made than one a round."""
    fake.fail("ohlcv", BadData("sim", "html"))
    statuses = [
        getattr(answer, "status_code", answer) for answer in crowd(8, lambda: app.test_client().get("/v1/heatmap"))
    ]
    assert statuses == [503] * 8
    assert 1 <= len(fake.asked("ohlcv")) <= 8


@pytest.mark.parametrize("method", ["ohlcv", "order_book", "tiers"])
@pytest.mark.parametrize("error", [ZeroDivisionError("secret 42"), KeyError("secret 42"), TypeError("secret 42")])
def test_what_an_adapter_cannot_read_is_no_500(
    client: FlaskClient, fake: FakeExchange, caplog: pytest.LogCaptureFixture, method: str, error: Exception
) -> None:
    """Bars are missed and the answer is a 503; without what else is missed there is one. The log has the stack."""
    fake.fail(method, error)
    response = client.get("/v1/heatmap")
    assert response.status_code == (503 if method == "ohlcv" else 200)
    assert "secret" not in response.text
    assert any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("method", ["ohlcv", "order_book", "tiers"])
def test_a_bug_is_a_500_without_details(
    client: FlaskClient, fake: FakeExchange, problem: Problem, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    """The caller learns nothing of the inside; the log has all of it, once."""
    fake.fail(method, RuntimeError("secret 42"))
    response = client.get("/v1/heatmap")
    assert response.status_code == 500
    body = problem(response)
    assert body["type"] == "/problems/internal"
    assert "secret" not in response.text
    assert body["detail"] == "The request failed; it has been logged under the id."
    assert [record.exc_info is not None for record in caplog.records] == [True]


@pytest.mark.parametrize(("method", "name"), [("mark_ohlcv", "mark_price"), ("order_book", "order_book")])
def test_optional_parts_are_named_when_missing(client: FlaskClient, fake: FakeExchange, method: str, name: str) -> None:
    """200 all the same, saying what is not there and why."""
    fake.fail(method, Unsupported("sim has none today"))
    response = client.get("/v1/heatmap")
    assert response.status_code == 200
    assert response.get_json()["sources"][0]["missing"] == {name: "sim has none today"}


def test_what_an_exchange_does_not_offer(client: FlaskClient, fake: FakeExchange, problem: Problem) -> None:
    """422, for waiting would not help."""
    fake.lacks(open_interest_history=False)
    response = client.get(f"/v1/heatmap?as_of={T0 - 10 * HOUR}")
    assert response.status_code == 422
    assert problem(response)["type"] == "/problems/unsupported"


def test_before_a_market_was_listed(client: FlaskClient, fake: FakeExchange, problem: Problem) -> None:
    """A past without data is no outage."""
    fake.listed = T0 - 100 * HOUR
    response = client.get(f"/v1/heatmap?as_of={T0 - 2000 * HOUR}")
    assert response.status_code == 422
    assert "later as_of" in problem(response)["detail"]


def test_a_symbol_that_vanishes_while_it_is_read(client: FlaskClient, fake: FakeExchange, problem: Problem) -> None:
    """A delisting between two calls is a 404, not a 500."""
    fake.fail("ohlcv", UnknownSymbol("sim", "BTC/USDT:USDT"))
    response = client.get("/v1/heatmap")
    assert response.status_code == 404
    assert problem(response)["type"] == "/problems/unknown-symbol"


def test_problems_carry_the_headers_of_all_answers(client: FlaskClient) -> None:
    """A page of another origin can read an error too."""
    response = client.get("/v1/heatmap?bins=0")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_no_exchange_at_all(problem: Problem) -> None:
    """An application without exchanges answers like any other."""
    client = create_app(Settings(), exchanges={}, clock=Clock()).test_client()
    assert problem(client.get("/v1/heatmap?exchange=sim"))["status"] == 404
    assert client.get("/v1/exchanges").json == {"exchanges": []}


@pytest.mark.parametrize("path", ["heatmap", "profile", "zones", "touches", "cascade?move_pct=-3", "skill"])
def test_a_mistake_in_the_model_is_not_the_callers(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ValueError that is not about an input is a 500 that was logged, and numpy's words stay inside."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError("operands could not be broadcast together with shapes (3,) (4,)")

    monkeypatch.setattr("service.heatmap.inventory.inventory.flows_of", broken)
    client = app_of(Publishing("sim")).test_client()
    answer = client.get(f"/v1/{path}")
    assert (answer.status_code, answer.get_json(force=True)["type"]) == (500, "/problems/internal")
    assert "broadcast" not in answer.text


def test_wrong_parameters_are_told_by_name() -> None:
    """Whatever order they were found in: every process writes the same bytes."""
    found = ["b", "a", "c"]
    for order in (found, found[::-1]):
        told = messages_of({name: ["Unknown parameter."] for name in order})
        assert [each["field"] for each in told] == ["a", "b", "c"]
