"""Amounts in cells: each way of writing one number gives that number, and what may be two is refused."""

import math
import re

import pytest

from service.cli.table.errors import BadTable
from service.cli.table.numbers import decimal_mark, is_unknown, number


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("1234.5", ".", 1234.5),
        (" +1234.5 ", ".", 1234.5),
        ("1,234.5", ".", 1234.5),
        ("1.234,5", ",", 1234.5),
        ("1 234,5", ",", 1234.5),
        ("1\u00a0234\u202f567", ".", 1_234_567.0),
        ("1'234", ".", 1234.0),
        (".5", ".", 0.5),
        ("-2e-3", ".", -0.002),
        ("inf", ".", math.inf),
    ],
)
def test_one_number_in_many_ways(text: str, mark: str, expected: float) -> None:
    """Spaces, marks between thousands and either decimal mark do not change it."""
    assert number(text, mark) == expected


@pytest.mark.parametrize("text", ["", " ", "NaN", "null", "N/A", "-", "--", "#N/D"])
def test_a_cell_that_says_nothing(text: str) -> None:
    """Is no number, and no error."""
    assert is_unknown(text)
    assert math.isnan(number(text, "."))


@pytest.mark.parametrize("text", ["twelve", "1.2.3", "0x10", "1e", "١٢", "1_000", "$5"])
def test_anything_else_is_an_error(text: str) -> None:
    """Nothing is guessed."""
    assert not is_unknown(text)
    with pytest.raises(ValueError, match=re.escape(text)):
        number(text, ".")


@pytest.mark.parametrize(
    ("cells", "separator", "mark"),
    [
        (["1.5", "2.25"], ",", "."),
        (["1,5", "2,25"], ";", ","),
        (["1.234,5"], ";", ","),
        (["1,234.5"], ";", "."),
        (["1,234,567"], ",", "."),
        (["1234"], ",", "."),
        (["1,234"], ";", ","),
        (["12,5", "1,234"], ",", ","),
    ],
)
def test_the_mark_is_told_by_the_column(cells: list[str], separator: str, mark: str) -> None:
    """By the last of two marks, by a mark that stands twice, by how many digits follow, by what separates cells."""
    assert decimal_mark(cells, separator) == mark


def test_a_mark_that_may_be_either_is_refused() -> None:
    """Thousands or decimals: a thousandfold apart, so neither is taken."""
    with pytest.raises(BadTable, match="'1,234' may be a number with decimals or thousands"):
        decimal_mark(["1,234", "2,345"], ",")
