"""What each row of a table must hold, and what of it has one reading and is put right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.cli.table.columns import PRICES, Columns
from service.cli.table.errors import BadTable
from service.cli.table.numbers import decimal_mark, number
from service.cli.table.order import counted
from service.cli.table.sheet import Row, Sheet
from service.heatmap.base import Floats

# An open or close this far outside its bar, as a share of the price, widens the bar: venues that stamp the last trade
# of the bar before as open, and prices rounded to different decimals. What is farther off is a mistake.
WIDENED = 0.002


@dataclass(frozen=True)
class Cells:
    """The numbers of a sheet's rows by what they are, float64[T] each, NaN where the cell says nothing."""

    rows: tuple[Row, ...]
    values: dict[str, Floats]

    @property
    def lines(self) -> list[int]:
        """Return the line of each row."""
        return [row.line for row in self.rows]

    def only(self, kept: NDArray[np.bool_]) -> "Cells":
        """Return the rows that are kept."""
        rows = tuple(row for row, stays in zip(self.rows, kept.tolist(), strict=True) if stays)
        return Cells(rows, {name: values[kept] for name, values in self.values.items()})


def read_cells(sheet: Sheet, rows: list[Row], columns: dict[str, str]) -> Cells:
    """Return the numbers of the columns given, by role; raises BadTable naming row and column."""
    at = {role: sheet.header.index(name) for role, name in columns.items()}
    mark = _mark(sheet, rows, at)
    values = {
        role: np.array([_number(row, index, columns[role], mark) for row in rows], dtype=np.float64)
        for role, index in at.items()
    }
    for role, amounts in values.items():
        _refuse(amounts < 0, rows, columns[role], "is below 0")
        _refuse(np.isinf(amounts), rows, columns[role], "is not a finite number of 0 or more")
    return Cells(tuple(rows), values)


def usable(cells: Cells, columns: Columns, notes: list[str]) -> Cells:
    """Return the rows that are bars; raises BadTable naming a row and column that cannot be one.

    A row without any price, as a halt of trading or a reindexed table leaves it, is taken for missing. Open interest
    of 0 is one that is not known. A range that does not hold its own open or close by a hair is widened to hold it.
    """
    blank = np.all([np.nan_to_num(cells.values[name]) == 0 for name in PRICES], axis=0)
    if blank.any():
        notes.append(f"bars are missing where no price is given, in {_told(blank, list(cells.rows))}")
        cells = cells.only(~blank)
    rows, values = list(cells.rows), dict(cells.values)
    for name in PRICES:
        _refuse(np.isnan(values[name]), rows, columns.names[name], "is not known, while other prices of the row are")
        _refuse(values[name] <= 0, rows, columns.names[name], "a price must be above 0")
    _refuse(np.isnan(values["v"]), rows, columns.names["v"], "is not a number; write 0 where nothing was traded")
    _widen(values, rows, columns.names, notes)
    if "oi" in values:
        zero = values["oi"] == 0
        if zero.any():
            first = rows[int(np.argmax(zero))].line
            notes.append(
                f"open interest of 0 is taken as not known in {counted(int(zero.sum()), 'row')}: first row {first}"
            )
        values["oi"] = np.where(zero, np.nan, values["oi"])
    return Cells(cells.rows, values)


def _widen(values: dict[str, Floats], rows: list[Row], names: dict[str, str], notes: list[str]) -> None:
    low, high = values["l"], values["h"]
    _refuse(high < low, rows, names["h"], "high is below low")
    for name in ("o", "c"):
        _refuse(values[name] < low * (1 - WIDENED), rows, names[name], "is below low")
        _refuse(values[name] > high * (1 + WIDENED), rows, names[name], "is above high")
    values["l"] = np.minimum.reduce([low, values["o"], values["c"]])
    values["h"] = np.maximum.reduce([high, values["o"], values["c"]])
    wider = (values["l"] < low) | (values["h"] > high)
    if wider.any():
        first = rows[int(np.argmax(wider))].line
        notes.append(
            f"high or low is widened to open and close in {counted(int(wider.sum()), 'row')}: first row {first}"
        )


def _told(which: NDArray[np.bool_], rows: list[Row]) -> str:
    return f"{counted(int(which.sum()), 'row')}: first row {rows[int(np.argmax(which))].line}"


def _mark(sheet: Sheet, rows: list[Row], at: dict[str, int]) -> str:
    try:
        return decimal_mark((row.cells[index] for row in rows for index in at.values()), sheet.separator)
    except BadTable as error:
        raise BadTable(f"a cell such as {error}") from None


def _number(row: Row, index: int, column: str, mark: str) -> float:
    try:
        return number(row.cells[index], mark)
    except ValueError:
        raise BadTable(f"row {row.line}, column {column}: {row.cells[index]!r} is not a number") from None


def _refuse(wrong: NDArray[np.bool_], rows: list[Row], column: str, why: str) -> None:
    if wrong.any():
        raise BadTable(f"row {rows[int(np.argmax(wrong))].line}, column {column}: {why}")
