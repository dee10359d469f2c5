import csv
from functools import cache
from pathlib import Path

import pytest

from service.heatmap.margin.price import Position, liquidation_price
from service.heatmap.margin.tiers import flat_tiers

CASES = Path(__file__).resolve().parents[3].parent / "shared" / "liquidation-cases.csv"
Row = dict[str, str]


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


def price(row: Row, extra_wallet: float = 0.0) -> float:
    """Work out a case: `other_position` is the row of the account's one other position, valued at its own mark."""
    maintenance = profit = 0.0
    if row["other_position"]:
        other = rows()[row["other_position"]]
        size, mark = number(other, "size"), number(other, "mark")
        maintenance = size * mark * number(other, "mmr") - number(other, "maint_amount")
        profit = size * (mark - number(other, "entry"))
    position = Position(
        side="long" if row["side"] == "long" else "short",
        entry=number(row, "entry"),
        size=number(row, "size"),
        leverage=number(row, "leverage") or None,
        margin=number(row, "wallet") + extra_wallet,
        mode="cross" if row["mode"] == "cross" else "isolated",
        other_maintenance=maintenance,
        other_pnl=profit,
        taker_fee=number(row, "taker_fee"),
    )
    tiers = flat_tiers(number(row, "mmr"), number(row, "maint_amount"))
    found = liquidation_price(position, tiers, row["exchange"]).price
    assert found is not None
    return found


@pytest.mark.skipif(not CASES.exists(), reason="the worked cases are not on this machine")
@pytest.mark.parametrize("case", [str(i) for i in range(1, 19)])
def test_published_case(case: str) -> None:
    """Every case comes out to its last printed digit, as far as its wallet is printed to the digit."""
    row = rows()[case]
    expected, slack = float(row["expected_price"]), half_a_digit(row["expected_price"])
    if case == "16":
        # Recorded with a wallet of 6 decimals, which alone moves this price by 0.0005; it comes out 0.0004 off.
        low, high = sorted(price(row, sign * half_a_digit(row["wallet"])) for sign in (-1, 1))
        assert low - slack <= expected <= high + slack
        assert high - low < 0.0011
    else:
        assert price(row) == pytest.approx(expected, abs=slack, rel=0)


@pytest.mark.skipif(not CASES.exists(), reason="the worked cases are not on this machine")
def test_every_case_is_tested() -> None:
    """The table holds the 18 cases that the test above runs."""
    assert sorted(rows(), key=int) == [str(i) for i in range(1, 19)]
