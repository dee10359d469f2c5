"""What each row must hold: numbers by role, put right where there is one reading, refused by row and column."""

import numpy as np
import pytest

from service.cli.table.columns import columns_of
from service.cli.table.errors import BadTable
from service.cli.table.rows import Cells, read_cells, usable
from service.cli.table.sheet import read_sheet

GOOD = "2025-06-01T00:00:00Z,100,110,90,105,10,1000"


def read(*lines: str) -> tuple[Cells, list[str]]:
    """Return the usable rows of a table with the usual header, and what is said of them."""
    sheet = read_sheet("\n".join(("ts,o,h,l,c,v,oi", *lines)))
    columns, notes = columns_of(sheet), list[str]()
    amounts = {role: name for role, name in columns.names.items() if role != "ts"}
    return usable(read_cells(sheet, list(sheet.rows), amounts), columns, notes), notes


def test_numbers_go_where_their_role_is() -> None:
    """Each column by its role, each row with its line."""
    cells, notes = read(GOOD, "2025-06-01T01:00:00Z,105,108,100,101,5,1001")
    assert {name: values.tolist() for name, values in cells.values.items()} == {
        "o": [100, 105], "h": [110, 108], "l": [90, 100], "c": [105, 101], "v": [10, 5], "oi": [1000, 1001],
    }  # fmt: skip
    assert (cells.lines, notes) == ([2, 3], [])
    assert cells.only(np.array([False, True])).lines == [3]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("t,100,110,90,x,10,1000", "row 3, column c: 'x' is not a number"),
        ("t,100,110,90,105,-1,1000", "row 3, column v: is below 0"),
        ("t,100,110,90,105,inf,1000", "row 3, column v: is not a finite number"),
        ("t,100,110,90,,10,1000", "row 3, column c: is not known, while other prices of the row are"),
        ("t,100,110,0,105,10,1000", "row 3, column l: a price must be above 0"),
        ("t,100,110,90,105,,1000", "row 3, column v: is not a number; write 0"),
        ("t,100,90,110,105,10,1000", "row 3, column h: high is below low"),
        ("t,80,110,90,105,10,1000", "row 3, column o: is below low"),
        ("t,100,110,90,120,10,1000", "row 3, column c: is above high"),
    ],
)
def test_a_row_that_is_no_bar_is_named(row: str, said: str) -> None:
    """With its line, its column and the reason."""
    with pytest.raises(BadTable, match=said):
        read(GOOD, row.replace("t", "2025-06-01T01:00:00Z"))


def test_a_row_without_any_price_is_a_missing_bar() -> None:
    """As a halt of trading leaves it: it goes, and is told."""
    cells, notes = read(GOOD, "2025-06-01T01:00:00Z,,,,,,")
    assert cells.lines == [2]
    assert notes == ["bars are missing where no price is given, in 1 row: first row 3"]


def test_a_range_is_widened_by_a_hair() -> None:
    """To the open that lies just outside, and told."""
    cells, notes = read("2025-06-01T00:00:00Z,110.1,110,90,105,10,1000")
    assert cells.values["h"].tolist() == [110.1]
    assert notes == ["high or low is widened to open and close in 1 row: first row 2"]


def test_open_interest_of_nothing_is_not_known() -> None:
    """0 is what tools write where nobody counted."""
    cells, notes = read(GOOD, "2025-06-01T01:00:00Z,105,108,100,101,5,0")
    assert np.isnan(cells.values["oi"]).tolist() == [False, True]
    assert notes == ["open interest of 0 is taken as not known in 1 row: first row 3"]
