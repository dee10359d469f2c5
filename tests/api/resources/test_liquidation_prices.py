"""POST /v1/liquidation-price: many positions in one request, each with its answer or its own error."""

from typing import Any

import pytest
from flask import Flask

from service.api.query.positions import MOST_POSITIONS
from service.app import MOST_BODY_BYTES
from service.market.contract import ExchangeUnavailable
from tests.support.fake_apps import app_of, ask, named
from tests.support.fake_exchange import FakeExchange

PATH = "/v1/liquidation-price"
GOOD: dict[str, Any] = {"rule": "binance", "maintenance_rate": 0.01, "side": "long", "entry": 100, "leverage": 10}
LISTED: dict[str, Any] = {"exchange": "fake", "symbol": "BTC", "side": "short", "entry": 100, "leverage": 5}


@pytest.fixture
def fake() -> FakeExchange:
    """Return the exchange."""
    return FakeExchange("fake")


@pytest.fixture
def app(fake: FakeExchange) -> Flask:
    """Return an application on it."""
    return app_of(fake)


def posted(app: Flask, positions: object, status: int = 200) -> dict[str, Any]:
    """Return the body of the answer to these positions."""
    answer = app.test_client().post(PATH, json={"positions": positions})
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.get_json(force=True)
    return body


def test_each_is_answered_as_it_would_be_alone(app: Flask) -> None:
    """Same figures, same answers as GET, in the order of the positions."""
    positions = [GOOD, LISTED, GOOD | {"side": "short", "size": 3}, GOOD | {"leverage": 125}]
    body = posted(app, positions)
    assert (body["answered"], body["failed"]) == (4, 0)
    assert [result["error"] for result in body["results"]] == [None] * 4
    assert [result["answer"] for result in body["results"]] == [ask(app, PATH, **position) for position in positions]


@pytest.mark.parametrize(
    ("position", "kind", "status", "fields"),
    [
        (GOOD | {"entry": -1}, "invalid-parameter", 422, ["entry"]),
        (GOOD | {"entry": True}, "invalid-parameter", 422, ["entry"]),
        (GOOD | {"entry": "much"}, "invalid-parameter", 422, ["entry"]),
        ({"side": "long"}, "invalid-parameter", 422, ["entry"]),
        (GOOD | {"leverege": 5}, "invalid-parameter", 422, ["leverege"]),
        (GOOD | {"mark": 50}, "invalid-parameter", 422, ["mark"]),
        (GOOD | {"rule": None}, "invalid-parameter", 422, ["rule"]),
        (LISTED | {"exchange": "nowhere"}, "unknown-exchange", 404, ["exchange"]),
        (LISTED | {"symbol": "XYZ"}, "unknown-symbol", 404, ["symbol"]),
    ],
)
def test_a_bad_one_costs_itself_alone(
    app: Flask, position: dict[str, Any], kind: str, status: int, fields: list[str]
) -> None:
    """It has a problem of its own that names its field; those before and after it are answered."""
    body = posted(app, [GOOD, position, LISTED])
    assert (body["answered"], body["failed"]) == (2, 1)
    first, second, third = body["results"]
    assert first["answer"]["price"] == pytest.approx(90 / 0.99)
    assert third["answer"]["exchange"] == "fake"
    assert second["answer"] is None
    assert (second["error"]["type"], second["error"]["status"]) == (f"/problems/{kind}", status)
    assert named(second["error"]) == fields


def test_an_exchange_that_is_down_costs_its_own(app: Flask, fake: FakeExchange) -> None:
    """Its positions have the exchange's error, asked for once; positions with terms of their own are answered."""
    fake.fail("markets", ExchangeUnavailable("fake", "down"))
    body = posted(app, [LISTED, GOOD, LISTED | {"size": 2}])
    errors = [result["error"] for result in body["results"]]
    assert [error and error["status"] for error in errors] == [503, None, 503]
    assert len(fake.asked("markets")) == 1


def test_tiers_are_read_once(app: Flask, fake: FakeExchange) -> None:
    """A thousand positions of one market ask the exchange for its tiers once."""
    body = posted(app, [LISTED | {"size": 1 + i} for i in range(MOST_POSITIONS)])
    assert (body["answered"], len(body["results"])) == (MOST_POSITIONS, MOST_POSITIONS)
    assert len(fake.asked("tiers")) == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"positions": []}, "positions"),
        ({"positions": [GOOD] * (MOST_POSITIONS + 1)}, "positions"),
        ({"positions": GOOD}, "positions"),
        ({"positions": [5]}, "positions"),
        ({}, "positions"),
        ({"positions": [GOOD], "more": 1}, "more"),
    ],
)
def test_a_body_that_is_no_list_of_positions(app: Flask, sent: dict[str, Any], field: str) -> None:
    """The whole request is refused where there is nothing to answer one by one, or too much of it."""
    answer = app.test_client().post(PATH, json=sent)
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert named(answer.get_json(force=True)) == [field]


@pytest.mark.parametrize(
    ("data", "kind"), [("{", "application/json"), ("side=long", "application/x-www-form-urlencoded")]
)
def test_a_body_that_is_no_json(app: Flask, data: str, kind: str) -> None:
    """It is a problem, not an internal error."""
    answer = app.test_client().post(PATH, data=data, content_type=kind)
    assert answer.status_code in {400, 422}
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{", "no JSON"),
        (b"\xff", "no JSON"),
        ("null", "no JSON object"),
        ("[1]", "no JSON object"),
        ("[" * 100_000, "too deeply"),
        ('{"positions":' * 20_000, "too deeply"),
    ],
    ids=["cut off", "no text", "null", "a list", "lists in lists", "objects in objects"],
)
def test_a_body_that_cannot_be_read_is_told_why(app: Flask, data: str | bytes, said: str) -> None:
    """400 with the reason, also for what is nested deeper than a parser goes, and never an internal error."""
    answer = app.test_client().post(PATH, data=data, content_type="application/json")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert said in answer.get_json(force=True)["detail"]


def test_what_stands_in_the_address_is_refused(app: Flask) -> None:
    """Whoever names the exchange there would have it ignored: it belongs to each position."""
    answer = app.test_client().post(f"{PATH}?exchange=fake", json={"positions": [GOOD]})
    assert answer.status_code == 422, answer.text
    assert named(answer.get_json(force=True)) == ["exchange"]


def test_pages_of_any_origin_may_post(app: Flask) -> None:
    """What browsers ask before a JSON request is answered with leave."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = app.test_client().options(PATH, headers=asked)
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


def test_a_body_of_any_size_is_not_read(app: Flask) -> None:
    """413 and a problem, before anything is parsed."""
    answer = app.test_client().post(PATH, data=b" " * (MOST_BODY_BYTES + 1), content_type="application/json")
    assert (answer.status_code, answer.content_type) == (413, "application/problem+json")
    assert answer.get_json(force=True)["type"] == "/problems/request-entity-too-large"


def test_a_thousand_positions_with_every_field_fit(app: Flask) -> None:
    """What is allowed by number is not refused by size."""
    whole = GOOD | {
        "size": 1234.56789012, "margin": 1234.56789012, "margin_mode": "cross", "other_maintenance": 123456.789012,
        "other_pnl": -123456.789012, "other_size": 0, "mark": 101.123456789, "maintenance_amount": 0.123456789012,
        "taker_fee": 0.000512345678, "as_of": "2026-01-31T12:00:00.000+00:00", "symbol": "1000PEPE/USDT:USDT",
    }  # fmt: skip
    body = posted(app, [whole] * MOST_POSITIONS)
    assert body["answered"] + body["failed"] == MOST_POSITIONS
