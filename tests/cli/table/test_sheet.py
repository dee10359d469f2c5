"""A sheet: where its header is, what separates cells, and each row with its line."""

import pytest

from service.cli.table.errors import BadTable
from service.cli.table.sheet import read_sheet

HEADER = "ts,o,h,l,c,v"
ROW = "2025-06-01T00:00:00Z,1,2,0.5,1.5,10"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_what_separates_cells_is_found(separator: str) -> None:
    """By the line that names columns."""
    sheet = read_sheet(f"{HEADER}\n{ROW}\n".replace(",", separator))
    assert (sheet.separator, sheet.head) == (separator, 1)
    assert sheet.header == ("ts", "o", "h", "l", "c", "v")
    assert sheet.column("c") == ["1.5"]


def test_lines_above_the_header_are_passed_over() -> None:
    """A title, an address, empty lines and comments; rows keep the lines that they stand on."""
    sheet = read_sheet(
        f"https://example.com/data\nsep=,\n\n{HEADER}\n# comment\n{ROW}\n{HEADER}\n{ROW.replace('10', '11')}\n"
    )
    assert sheet.head == 4
    assert [(row.line, row.cells[-1]) for row in sheet.rows] == [(6, "10"), (8, "11")]


@pytest.mark.parametrize(("columns", "first"), [(6, "ts"), (12, "open_time")])
def test_klines_without_a_header(columns: int, first: str) -> None:
    """As ccxt lists them and as Binance does: the usual names are taken, and no row is lost for one."""
    line = ",".join(["1748736000000", "1", "2", "0.5", "1.5", "10", *["0"] * (columns - 6)])
    sheet = read_sheet(f"{line}\n{line}\n")
    assert (sheet.head, sheet.header[0], len(sheet.rows)) == (0, first, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "row 1: the table is empty"),
        (" \n\n", "row 1: the table is empty"),
        ("1748736000000,1,2,0.5,1.5,10,7\n", "row 1: there is no header row, and 7 columns are no klines"),
        (f"{HEADER}\n{ROW},7,8\n", "row 2: more cells than the header has columns; a comma inside a number"),
    ],
)
def test_what_is_no_sheet_is_refused(text: str, said: str) -> None:
    """By its row, with what to do."""
    with pytest.raises(BadTable, match=said):
        read_sheet(text)


def test_short_rows_are_filled_and_quotes_are_read() -> None:
    """What a row ends without is empty; a quoted cell may hold what separates cells."""
    sheet = read_sheet(f'{HEADER}\n"2025-06-01T00:00:00Z",1,2,"0,5"\n')
    assert sheet.rows[0].cells == ("2025-06-01T00:00:00Z", "1", "2", "0,5", "", "")
