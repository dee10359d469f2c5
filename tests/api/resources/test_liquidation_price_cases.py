"""The calculator on worked cases: every published or recorded figure comes out to the digit through HTTP."""

from typing import Any

import pytest
from flask import Flask

from tests.support.fake_apps import app_of, ask
from tests.support.fake_exchange import Clock, FakeExchange
from tests.support.worked_liquidations import Row, half_a_digit, number, of_the_other, rows

PATH = "/v1/liquidation-price"
# After the newest case, epoch seconds: 2026-07-01.
NEWER_THAN_ALL = 1_782_864_000


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return an application; the cases bring their own terms."""
    return app_of(FakeExchange("fake"), clock=Clock(NEWER_THAN_ALL))


def query_of(row: Row, extra_wallet: float = 0.0) -> dict[str, Any]:
    """Return the query that a case is; the other position of a cross wallet enters by its maintenance and profit."""
    query: dict[str, Any] = {
        "rule": row["rule"],
        "as_of": "2026-06-01T00:00:00Z",
        "side": row["side"],
        "margin_mode": row["mode"],
        "maintenance_rate": row["maintenance_rate"],
        "maintenance_amount": number(row, "maintenance_amount"),
        "taker_fee": number(row, "taker_fee"),
    } | {name: row[name] for name in ("entry", "size", "leverage") if row[name]}
    if row["margin"]:
        query["margin"] = number(row, "margin") + extra_wallet
    if row["hedge_size"]:
        query |= {"other_size": row["hedge_size"], "other_entry": row["hedge_entry"]}
    if row["other_case"]:
        query["other_maintenance"], query["other_pnl"] = of_the_other(row)
    return query


@pytest.mark.parametrize("case", list(rows()))
def test_published_cases_through_http(app: Flask, case: str) -> None:
    """Every case comes out to its last printed digit, as far as its wallet is printed to the digit."""
    row = rows()[case]
    expected, slack = float(row["liquidation_price"]), half_a_digit(row["liquidation_price"])
    if case != "16":
        assert ask(app, PATH, **query_of(row))["price"] == pytest.approx(expected, abs=slack, rel=0)
        return
    # Recorded with a wallet of 6 decimals, which alone moves this price by 0.0005.
    last = half_a_digit(row["margin"])
    low, high = sorted(ask(app, PATH, **query_of(row, sign * last))["price"] for sign in (-1, 1))
    assert low - slack <= expected <= high + slack
    assert high - low < 0.0011


@pytest.mark.parametrize("case", ["1", "2"])
def test_a_mark_moves_no_figure_of_other_markets(app: Flask, case: str) -> None:
    """Two markets in one wallet, each case with its mark: the other position's figures are the same at any price."""
    row = rows()[case]
    body = ask(app, PATH, **query_of(row), mark=row["mark"])
    slack = half_a_digit(row["liquidation_price"])
    assert body["price"] == pytest.approx(float(row["liquidation_price"]), abs=slack, rel=0)


@pytest.mark.parametrize("case", ["10", "13", "24"])
def test_a_moment_chooses_the_rule_in_force(app: Flask, case: str) -> None:
    """A rule of today asked for as of a moment before it is the one of that moment: the older text, the older price."""
    row = rows()[case]
    rule, _, ended = row["rule"].partition("-until-")
    today = rule + ("-inverse" if ended.endswith("-inverse") else "")
    then = ask(app, PATH, **query_of(row) | {"rule": today, "as_of": "2025-01-01T00:00:00Z"})
    expected, slack = float(row["liquidation_price"]), half_a_digit(row["liquidation_price"])
    assert (then["rule"], then["price"]) == (row["rule"], pytest.approx(expected, abs=slack, rel=0))
    assert then["text"]["until"][:10] == ended[:10]
    now = ask(app, PATH, **query_of(row) | {"rule": today, "as_of": "2026-01-01T00:00:00Z"})
    assert now["rule"] == today
    assert now["price"] != then["price"]
    assert now["text"]["since"] == then["text"]["until"]
