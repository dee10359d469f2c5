"""A sheet: where its header is, what separates its cells, and its rows with the lines they stand on."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.cli.table.errors import BadTable
from service.cli.table.names import NAMES, plain, role_of

SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
# A header stands among the first lines, under a title or an address, and names at least so many columns that are ours.
MOST_LINES_ABOVE, LEAST_NAMES = 30, 3
# Klines without a header: as ccxt lists them, and as Binance does.
WITHOUT_HEADER = {
    6: ("ts", "o", "h", "l", "c", "v"),
    12: (
        "open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "count",
        "taker_buy_volume", "taker_buy_quote_volume", "ignore",
    ),
}  # fmt: skip
_FIGURE = re.compile(r"[+-]?[0-9][0-9.,]*([eE][+-]?[0-9]+)?")
_FEWEST = 5


@dataclass(frozen=True)
class Row:
    """One row: the line of the file that it ends on, the first being 1, and its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A table as it was written: names of columns, each row with as many cells, and what separates them.

    head  the line that the header stands on; 0 where there is none and the names are the usual ones
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    separator: str
    head: int

    def column(self, name: str) -> list[str]:
        """Return the cells of a column, top to bottom."""
        at = self.header.index(name)
        return [row.cells[at] for row in self.rows]


def read_sheet(text: str) -> Sheet:
    """Return the sheet that a text holds; raises BadTable.

    Lines above the header (a title, an address, `sep=;`) are passed over, as are empty lines, lines that begin with #
    and the header where it is repeated further down.
    """
    lines = text.splitlines()
    if not any(line.strip() for line in lines):
        raise BadTable("row 1: the table is empty")
    at, separator = _header_of(lines)
    below = list(_cells("\n".join(lines[at:]), separator, at))
    if not below:
        raise BadTable("row 1: the table is empty")
    names, head = tuple(name.strip() for name in below[0].cells), at + 1
    if _is_figures(below[0].cells):
        usual = _usual_names(below, head)
        return Sheet(usual, _full(below, usual), separator, 0)
    while names and not names[-1]:
        names = names[:-1]
    rows = [row for row in below[1:] if tuple(cell.strip() for cell in row.cells) != below[0].cells]
    return Sheet(names, _full(rows, names), separator, head)


def _header_of(lines: list[str]) -> tuple[int, str]:
    """Return the index of the header's line and what separates its cells; of the first row where there is no header."""
    first = _first_figures(lines)
    for at, line in enumerate(lines[:MOST_LINES_ABOVE]):
        named = {separator: _known(_split(line, separator)) for separator in SEPARATORS}
        separator = max(named, key=lambda each: named[each])
        if named[separator] >= LEAST_NAMES:
            return at, separator
    if first is not None:
        return first
    at = next(at for at, line in enumerate(lines) if line.strip())
    return at, max(SEPARATORS, key=lambda each: len(_split(lines[at], each)))


def _first_figures(lines: list[str]) -> tuple[int, str] | None:
    for at, line in enumerate(lines[:MOST_LINES_ABOVE]):
        for separator in SEPARATORS:
            if _is_figures(_split(line, separator)):
                return at, separator
    return None


def _known(cells: list[str]) -> int:
    return len({role_of(cell) for cell in cells} & set(NAMES))


def _is_figures(cells: "list[str] | tuple[str, ...]") -> bool:
    """Tell whether cells are a row of bars: figures in all of the first but perhaps the time."""
    return len(cells) >= _FEWEST and all(_FIGURE.fullmatch(cell.strip()) for cell in cells[1:_FEWEST])


def _usual_names(rows: list[Row], head: int) -> tuple[str, ...]:
    width = len(rows[0].cells)
    if width not in WITHOUT_HEADER:
        raise BadTable(
            f"row {head}: there is no header row, and {width} columns are no klines as Binance or ccxt write them; "
            "put a line such as ts,o,h,l,c,v,oi above, in the order of the columns"
        )
    return WITHOUT_HEADER[width]


def _cells(text: str, separator: str, above: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        for cells in reader:
            blank = not any(cell.strip() for cell in cells)
            if not blank and not (cells[0].startswith("#") and plain(cells[0]) not in NAMES["ts"]):
                yield Row(reader.line_num + above, tuple(cell.strip() for cell in cells))
    except csv.Error as error:
        raise BadTable(f"row {reader.line_num + above}: {error}") from None


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return []


def _full(rows: list[Row], names: tuple[str, ...]) -> tuple[Row, ...]:
    """Return rows with a cell for each name; what a row ends without is empty, and it may end with empty cells."""
    for row in rows:
        if any(row.cells[len(names) :]):
            hint = "; a comma inside a number splits it" if len(row.cells) > len(names) + 1 else ""
            raise BadTable(f"row {row.line}: more cells than the header has columns{hint}")
    return tuple(Row(row.line, (*row.cells, *[""] * len(names))[: len(names)]) for row in rows)
