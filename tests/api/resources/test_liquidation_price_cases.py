"""The calculator on worked cases: every published or recorded figure comes out to the digit through HTTP."""

from typing import Any

import pytest
from flask import Flask

from tests.support.fake_apps import app_of, ask
from tests.support.fake_exchange import FakeExchange
from tests.support.worked_liquidations import Row, half_a_digit, number, of_the_other, rows

PATH = "/v1/liquidation-price"


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return an application; the cases bring their own terms."""
    return app_of(FakeExchange("fake"))


def query_of(row: Row, extra_wallet: float = 0.0) -> dict[str, Any]:
    """Return the query that a case is; the other position of a cross wallet enters by its maintenance and profit."""
    query: dict[str, Any] = {
        "rule": row["exchange"],
        "side": row["side"],
        "margin_mode": row["mode"],
        "margin": number(row, "margin") + extra_wallet,
        "maintenance_rate": row["maintenance_rate"],
        "maintenance_amount": number(row, "maintenance_amount"),
        "taker_fee": number(row, "taker_fee"),
    } | {name: row[name] for name in ("entry", "size", "leverage") if row[name]}
    if row["other_case"]:
        query["other_maintenance"], query["other_pnl"] = of_the_other(row)
    return query


@pytest.mark.parametrize("case", [str(i) for i in range(1, 19)])
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


def test_all_cases_are_there() -> None:
    """The table holds the 18 cases that the test above asks for."""
    assert sorted(rows(), key=int) == [str(i) for i in range(1, 19)]
