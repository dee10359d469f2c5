"""Liquidation prices worked out by others: published examples and recorded positions, each with where it stands.

The figures are in tests/data/worked_liquidations.csv: `margin` is the position's own, or the wallet of a cross account
whose one other position is `other_case`, valued at that case's `mark`, or the other leg of a hedge. Coin-margined cases
are in USD (size) and in coin (margin, amount). `published` says where the figure, or what it follows from, was printed.
"""

import csv
from functools import cache
from pathlib import Path

CASES = Path(__file__).resolve().parents[1] / "data" / "worked_liquidations.csv"
Row = dict[str, str]


@cache
def rows() -> dict[str, Row]:
    """Return every case by its number."""
    with CASES.open(newline="") as file:
        return {row["case"]: row for row in csv.DictReader(file)}


def number(row: Row, column: str) -> float:
    """Return a column's value, 0 where it is empty."""
    return float(row[column] or 0)


def amount(row: Row, column: str) -> float | None:
    """Return a column's value, None where it is empty."""
    return float(row[column]) if row[column] else None


def half_a_digit(printed: str) -> float:
    """Return half of the last decimal place that a figure is printed with."""
    return 0.5 * 10.0 ** -len(printed.partition(".")[2])


def of_the_other(row: Row) -> tuple[float, float]:
    """Return the maintenance margin and the unrealised profit of the account's other position, 0 where it has none."""
    if not row["other_case"]:
        return 0.0, 0.0
    other = rows()[row["other_case"]]
    size, mark = number(other, "size"), number(other, "mark")
    maintenance = size * mark * number(other, "maintenance_rate") - number(other, "maintenance_amount")
    return maintenance, size * (mark - number(other, "entry"))
