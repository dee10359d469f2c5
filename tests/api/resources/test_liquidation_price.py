"""The calculator: worked cases to the digit through HTTP, and what must hold of any position."""

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from service.api.query.liquidation_price import LiquidationPriceQuery
from service.api.schemas.liquidation_price import EXAMPLE
from service.heatmap.margin import RULES
from service.market.contract import Tiers
from tests.conftest import Problem
from tests.support.fake_apps import app_of, ask, named, refused
from tests.support.fake_exchange import Clock, FakeExchange

PATH = "/v1/liquidation-price"
FLAT = {"rule": "binance", "maintenance_rate": 0.01, "entry": 100}
LINEAR = sorted(rule for rule in RULES if not rule.endswith("-inverse"))


@cache
def fake_app() -> Flask:
    """Return an application on one fake exchange, whose second tier begins at a notional of a million."""
    return app_of(FakeExchange("fake"))


def test_the_whole_answer_on_paper() -> None:
    """Long at 100, 10x, 1 %: 90 / 0.99, bankrupt at 90, and every figure that leads there."""
    body = ask(fake_app(), PATH, **FLAT, side="long", leverage=10, size=2)
    price = 90 / 0.99
    assert body["price"] == pytest.approx(price)
    assert body["bankruptcy_price"] == pytest.approx(90.0)
    assert body["distance_pct"] == pytest.approx(100 - price)
    assert body["notional"] == pytest.approx(2 * price)
    assert body["equity"] == pytest.approx(body["required"]) == pytest.approx(0.02 * price)
    assert (body["margin"], body["tier"], body["tiers_source"]) == (20.0, 0, "caller")
    assert (body["exchange"], body["symbol"], body["warnings"]) == (None, None, [])
    assert body["formula"] == RULES["binance"].formula
    assert body["source"] == RULES["binance"].source


def test_the_tier_is_looked_up_at_the_liquidation_notional() -> None:
    """The fake's second tier begins at a million: what stands above it at entry and below it when liquidated is first.

    12,000 coin at 100, 5x: at the first tier's 0.4 % it liquidates at 80 / 0.996 = 80.3, worth 964,000. 14,000 are
    still worth over a million there, so the second tier's 1 % less 6,000 holds.
    """
    own = {"exchange": "fake", "symbol": "BTC", "side": "long", "entry": 100, "leverage": 5}
    low, high = (ask(fake_app(), PATH, **own, size=size) for size in (12_000, 14_000))
    assert (low["tier"], low["maintenance_rate"], low["maintenance_amount"]) == (0, 0.004, 0.0)
    assert low["price"] == pytest.approx(80 / 0.996)
    assert (high["tier"], high["maintenance_rate"], high["maintenance_amount"]) == (1, 0.01, 6000.0)
    assert high["price"] == pytest.approx((80 - 6000 / 14_000) / 0.99)
    assert high["notional"] > 1e6 > low["notional"]
    for body in (low, high):
        assert (body["exchange"], body["symbol"], body["tiers_source"]) == ("fake", "BTC/USDT:USDT", "exchange")
        assert body["taker_fee"] == 0.0005
        assert body["equity"] == pytest.approx(body["required"], rel=1e-9)


def test_sim_lists_its_own_tiers(sim_client: FlaskClient) -> None:
    """On the simulated exchange a larger position comes to a higher tier, and more maintenance nears the price."""
    found = []
    for size in (0.1, 500, 20_000):
        query = {"exchange": "sim", "symbol": "BTCUSDT", "side": "short", "entry": 70_000, "leverage": 3, "size": size}
        answer = sim_client.get(PATH, query_string=query)
        assert answer.status_code == 200, answer.text
        found.append(answer.get_json())
    tiers, prices = [body["tier"] for body in found], [body["price"] for body in found]
    assert tiers == sorted(set(tiers))
    assert prices == sorted(prices, reverse=True)
    assert all(body["symbol"] == "BTC/USDT:USDT" and body["tiers_source"] == "exchange" for body in found)


def test_the_contracts_example_is_the_answer(sim_client: FlaskClient) -> None:
    """The contract's example parameters, asked of the simulated exchange, are answered with the contract's example."""
    schema = LiquidationPriceQuery()
    query = {name: each.metadata["example"] for name, each in schema.fields.items() if "example" in each.metadata}
    body = sim_client.get(PATH, query_string=query).get_json()
    assert set(query) == {"exchange", "symbol", "side", "entry", "size", "leverage"}
    assert body == {name: pytest.approx(value) if name == "equity" else value for name, value in EXAMPLE.items()}


def test_the_tiers_tell_their_age() -> None:
    """`as_of` is when the exchange's tiers were read, not when they are used again; the caller's own have none."""
    clock = Clock()
    app = app_of(FakeExchange("fake"), clock=clock)
    own = {"exchange": "fake", "side": "long", "entry": 100, "leverage": 5}
    first = ask(app, PATH, **own)
    clock.now += 90
    later, given = ask(app, PATH, **own, size=2), ask(app, PATH, **own, maintenance_rate=0.01)
    assert (first["as_of"], first["age_seconds"]) == ("2025-06-01T00:00:05Z", 0.0)
    assert (later["as_of"], later["age_seconds"], later["simulated"]) == (first["as_of"], 90.0, False)
    assert (given["as_of"], given["age_seconds"]) == (None, None)
    clock.now += 6 * 3600
    assert ask(app, PATH, **own)["as_of"] == "2025-06-01T06:01:35Z"


def test_a_size_beyond_the_last_tier_is_warned_of() -> None:
    """Tiers that end at two million: a position of three is worked out, with a warning."""

    class Capped(FakeExchange):
        def tiers(self, symbol: str) -> Tiers:
            return replace(super().tiers(symbol), cap=2e6)

    own = {"exchange": "fake", "side": "long", "entry": 100, "leverage": 5}
    fits, beyond = (ask(app_of(Capped("fake")), PATH, **own, size=size) for size in (20_000, 30_000))
    assert fits["warnings"] == []
    assert beyond["warnings"] == ["a notional of 3000000 is beyond the last risk tier, which ends at 2000000"]


def test_figures_of_the_caller_stand_above_the_exchanges() -> None:
    """Rule, maintenance and fee that are given take the place of the exchange's own."""
    query = {"exchange": "fake", "side": "long", "entry": 100, "leverage": 10, "rule": "okx", "taker_fee": 0.002}
    body = ask(fake_app(), PATH, **query, maintenance_rate=0.03)
    assert body["price"] == pytest.approx(90 / (1 - 0.032))
    assert (body["rule"], body["taker_fee"], body["tiers_source"]) == ("okx", 0.002, "caller")


def test_leverage_above_the_tier_is_warned_of() -> None:
    """The fake allows 100x: 150x is worked out, with a warning."""
    body = ask(fake_app(), PATH, exchange="fake", side="long", entry=100, leverage=150)
    assert len(body["warnings"]) == 1
    assert "150" in body["warnings"][0]
    assert "100" in body["warnings"][0]


def test_one_that_is_never_liquidated_has_no_price() -> None:
    """A long without leverage and without maintenance is worth something at any price."""
    body = ask(fake_app(), PATH, **(FLAT | {"maintenance_rate": 0}), side="long", leverage=1)
    for name in (
        "price",
        "distance_pct",
        "notional",
        "tier",
        "tier_notional",
        "maintenance_rate",
        "maintenance_amount",
    ):
        assert body[name] is None, name


def test_distance_is_reckoned_from_the_mark() -> None:
    """With a mark the distance is from there, and the price stays."""
    plain, marked = (ask(fake_app(), PATH, **FLAT, side="long", leverage=10, **more) for more in ({}, {"mark": 120}))
    assert plain["price"] == marked["price"]
    assert marked["distance_pct"] == pytest.approx(100 * (1 - marked["price"] / 120))


sides, rates = st.sampled_from(["long", "short"]), st.floats(0.0, 0.05)


@settings(max_examples=settings().max_examples, deadline=None)
@given(
    rule=st.sampled_from(sorted(RULES)),
    side=sides,
    entry=st.floats(0.01, 1e5),
    size=st.floats(0.001, 1e4),
    rate=rates,
    leverage=st.tuples(st.floats(1.5, 9.0), st.floats(1.05, 2.0)),
)
def test_more_leverage_is_nearer_and_each_side_is_where_it_belongs(
    rule: str, side: str, entry: float, size: float, rate: float, leverage: tuple[float, float]
) -> None:
    """Through HTTP, for every rule: long below and short above the entry, and higher leverage strictly nearer."""
    common = {"rule": rule, "side": side, "entry": entry, "size": size, "maintenance_rate": rate}
    low, high = (ask(fake_app(), PATH, **common, leverage=value) for value in (leverage[0], leverage[0] * leverage[1]))
    if high["price"] is None:
        assert low["price"] is None
        assert rule.endswith("-inverse")
        return
    assert high["price"] < entry if side == "long" else high["price"] > entry
    if low["price"] is not None:
        assert abs(low["price"] - entry) > abs(high["price"] - entry)
        assert low["distance_pct"] > high["distance_pct"] > 0


@settings(max_examples=settings().max_examples, deadline=None)
@given(
    rule=st.sampled_from(sorted(RULES)),
    side=sides,
    entry=st.floats(0.01, 1e5),
    size=st.floats(0.001, 1e4),
    rate=rates,
    fee=st.floats(0.0, 0.002),
    leverage=st.floats(1.5, 15.0),
)
def test_equity_is_the_requirement_at_that_price(
    rule: str, side: str, entry: float, size: float, rate: float, fee: float, leverage: float
) -> None:
    """Reckoned anew from the answer: margin plus profit at the price is what the answer says, and what is required."""
    query = {"rule": rule, "side": side, "entry": entry, "size": size, "leverage": leverage}
    body = ask(fake_app(), PATH, **query, maintenance_rate=rate, taker_fee=fee)
    if body["price"] is None:
        return
    sign = 1 if side == "long" else -1
    inverse = rule.endswith("-inverse")
    gain = size * (1 / entry - 1 / body["price"]) if inverse else size * (body["price"] - entry)
    scale = body["margin"]
    assert body["equity"] == pytest.approx(body["margin"] + sign * gain, abs=1e-9 * scale)
    assert body["equity"] == pytest.approx(body["required"], abs=1e-9 * scale)


@settings(max_examples=settings().max_examples, deadline=None)
@given(side=sides, pnl=st.floats(-50.0, 200.0), other=st.floats(0.0, 50.0), rule=st.sampled_from(LINEAR))
def test_a_cross_wallet_shares_its_other_positions(side: str, pnl: float, other: float, rule: str) -> None:
    """Profit elsewhere moves the price away by profit / size, maintenance elsewhere nears it as a loss does."""
    common = {"rule": rule, "side": side, "entry": 1000, "size": 1, "maintenance_rate": 0, "taker_fee": 0}
    cross = common | {"margin_mode": "cross", "margin": 400}
    plain = ask(fake_app(), PATH, **cross)["price"]
    moved = ask(fake_app(), PATH, **cross, other_pnl=pnl, other_maintenance=other)["price"]
    away = -1 if side == "long" else 1
    assert moved == pytest.approx(plain + away * (pnl - other), abs=1e-6)


GOOD: dict[str, Any] = {"side": "long", "entry": 100, "leverage": 10, "rule": "binance", "maintenance_rate": 0.01}


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"side": None}, "side", "required"),
        ({"side": "up"}, "side", "long, short"),
        ({"entry": None}, "entry", "required"),
        ({"entry": 0}, "entry", "1e-12"),
        ({"entry": -5}, "entry", "1e-12"),
        ({"entry": "nan"}, "entry", "number"),
        ({"entry": "1e16"}, "entry", "10{15}"),
        ({"size": 0}, "size", "1e-12"),
        ({"leverage": 0.5}, "leverage", "1 and less"),
        ({"leverage": 1001}, "leverage", "1000"),
        ({"leverage": None}, "margin", "Must be given"),
        ({"margin": 0}, "margin", "1e-12"),
        ({"margin_mode": "portfolio"}, "margin_mode", "isolated, cross"),
        ({"margin_mode": "cross"}, "margin", "wallet balance"),
        ({"other_pnl": 5}, "other_pnl", "isolated"),
        ({"other_maintenance": 5}, "other_maintenance", "isolated"),
        ({"other_maintenance": -1}, "other_maintenance", "0"),
        ({"maintenance_rate": 0.95}, "maintenance_rate", "0.9"),
        ({"maintenance_rate": None}, "maintenance_rate", "0 to 0.9"),
        ({"maintenance_rate": None, "maintenance_amount": 5}, "maintenance_amount", "both or neither"),
        ({"taker_fee": 0.5}, "taker_fee", "0.1"),
        ({"rule": "mtgox"}, "rule", "binance"),
        ({"rule": None}, "rule", "okx"),
        ({"mark": -1}, "mark", "1e-12"),
        ({"mark": 90}, "mark", "raise it"),
        ({"other_size": 1}, "other_size", "isolated"),
        ({"other_entry": 90}, "other_entry", "both or neither"),
        ({"other_size": 1, "margin_mode": "cross", "margin": 50}, "mark", "other_entry"),
        (
            {"other_size": 1, "margin_mode": "cross", "margin": 50, "mark": 100, "other_pnl": -500},
            "other_pnl",
            "can have made",
        ),
        ({"as_of": "yesterday"}, "as_of", "RFC 3339"),
        ({"maintenance_amount": 5}, "maintenance_amount", "more than the 0.85"),
        ({"leverege": 5}, "leverege", "allowed: .*leverage"),
    ],
)
def test_bad_input_names_the_field(problem: Problem, change: dict[str, Any], field: str, words: str) -> None:
    """What is missing, out of range or contradictory is named, with what would be allowed."""
    query = {name: value for name, value in (GOOD | change).items() if value is not None}
    answer = fake_app().test_client().get(PATH, query_string=query)
    assert answer.status_code == 422
    body = problem(answer)
    assert field in named(body)
    message = next(error["message"] for error in body["errors"] if error["field"] == field)
    assert re.search(words, message), message


def test_a_parameter_given_twice_is_refused(problem: Problem) -> None:
    """Of two entries neither is taken."""
    answer = fake_app().test_client().get(f"{PATH}?side=long&entry=1&entry=2&leverage=2&rule=okx&maintenance_rate=0")
    assert answer.status_code == 422
    assert named(problem(answer)) == ["entry"]


@pytest.mark.parametrize(
    ("query", "kind"),
    [({"exchange": "nope"}, "unknown-exchange"), ({"exchange": "fake", "symbol": "XYZ"}, "unknown-symbol")],
)
def test_unknown_markets(problem: Problem, query: dict[str, str], kind: str) -> None:
    """An exchange or symbol that is not served is a 404 that says which."""
    answer = fake_app().test_client().get(PATH, query_string=GOOD | query)
    assert answer.status_code == 404
    assert problem(answer)["type"] == f"/problems/{kind}"


def test_the_same_question_has_the_same_answer() -> None:
    """Equal queries give equal bytes and one ETag; another entry gives another."""
    client = app_of(FakeExchange("fake")).test_client()
    one, other, third = (client.get(PATH, query_string=GOOD | {"entry": entry}) for entry in (100, 100, 101))
    assert one.data == other.data
    assert one.headers["ETag"] == other.headers["ETag"] != third.headers["ETag"]
    again = client.get(PATH, query_string=GOOD, headers={"If-None-Match": one.headers["ETag"]})
    assert again.status_code == 304


def test_a_rule_of_another_unit_is_refused() -> None:
    """A coin-margined rule for a linear market would read its size as USD: refused by name, not worked out wrongly."""
    query = {"exchange": "fake", "symbol": "BTC", "side": "long", "entry": 100, "leverage": 5}
    assert named(refused(fake_app(), PATH, 422, **query, rule="binance-inverse")) == ["rule"]
    assert ask(fake_app(), PATH, **query, rule="okx")["rule"] == "okx"
