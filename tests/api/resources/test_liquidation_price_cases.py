"""The calculator on worked cases: every published or recorded figure comes out to the digit through HTTP."""

import csv
from functools import cache
from typing import Any

import pytest
from flask import Flask

from tests.support.fake_apps import app_of, ask
from tests.support.fake_exchange import FakeExchange
from tests.support.shared_data import SHARED

PATH = "/v1/liquidation-price"
CASES = SHARED / "liquidation-cases.csv"
Row = dict[str, str]


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return an application; the cases bring their own terms."""
    return app_of(FakeExchange("fake"))


@cache
def rows() -> dict[str, Row]:
    """Read the published and recorded cases by id."""
    with CASES.open() as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def number(row: Row, column: str) -> float:
    """Return a column's value, 0 where it is empty."""
    return float(row[column] or 0)


def half_a_digit(printed: str) -> float:
    """Return half of the last decimal place that a figure is printed with."""
    return 0.5 * 10.0 ** -len(printed.partition(".")[2])


def query_of(row: Row, extra_wallet: float = 0.0) -> dict[str, Any]:
    """Return the query that a case is; the other position of a cross wallet enters by its maintenance and profit."""
    query: dict[str, Any] = {
        "rule": row["exchange"],
        "side": row["side"],
        "margin_mode": row["mode"],
        "margin": number(row, "wallet") + extra_wallet,
        "maintenance_rate": row["mmr"],
        "maintenance_amount": number(row, "maint_amount"),
        "taker_fee": number(row, "taker_fee"),
    } | {name: row[name] for name in ("entry", "size", "leverage") if row[name]}
    if row["other_position"]:
        other = rows()[row["other_position"]]
        size, mark = number(other, "size"), number(other, "mark")
        query["other_maintenance"] = size * mark * number(other, "mmr") - number(other, "maint_amount")
        query["other_pnl"] = size * (mark - number(other, "entry"))
    return query


@pytest.mark.skipif(not CASES.exists(), reason="needs the worked cases of ../shared")
@pytest.mark.parametrize("case", [str(i) for i in range(1, 19)])
def test_published_cases_through_http(app: Flask, case: str) -> None:
    """Every case comes out to its last printed digit, as far as its wallet is printed to the digit."""
    row = rows()[case]
    expected, slack = float(row["expected_price"]), half_a_digit(row["expected_price"])
    if case != "16":
        assert ask(app, PATH, **query_of(row))["price"] == pytest.approx(expected, abs=slack, rel=0)
        return
    # Recorded with a wallet of 6 decimals, which alone moves this price by 0.0005.
    last = half_a_digit(row["wallet"])
    low, high = sorted(ask(app, PATH, **query_of(row, sign * last))["price"] for sign in (-1, 1))
    assert low - slack <= expected <= high + slack
    assert high - low < 0.0011


@pytest.mark.skipif(not CASES.exists(), reason="needs the worked cases of ../shared")
def test_all_cases_are_there() -> None:
    """The table holds the 18 cases that the test above asks for."""
    assert sorted(rows(), key=int) == [str(i) for i in range(1, 19)]
