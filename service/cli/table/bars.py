"""A table of bars, read: every row checked, what has one reading put right, the rest refused by row or told."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from service.cli.table.columns import Columns, columns_of
from service.cli.table.doubts import doubts
from service.cli.table.errors import BadTable
from service.cli.table.order import gaps, in_order, missing_before, step_of
from service.cli.table.rows import Cells, read_cells, usable
from service.cli.table.sheet import Row, Sheet, read_sheet
from service.cli.table.source import name_of, read_text
from service.cli.table.times import times
from service.heatmap import Bars
from service.heatmap.base import Floats, Times
from service.heatmap.skill import INTEREST_DAYS

# The length of a bar is read off two rows at least.
LEAST_ROWS = 2
# Traded in USD over traded in coins is a price within the day's range; this much apart it is none.
OTHER_UNIT = 2.0


@dataclass(frozen=True, eq=False)
class BarTable:
    """The bars of a table, the rows that they stand in, and what is to be said of them."""

    name: str
    bars: Bars
    sheet: Sheet
    rows: tuple[Row, ...]
    warnings: tuple[str, ...]


def read_table(path: Path) -> BarTable:
    """Return the table in a CSV file, or of standard input where the path is `-`; raises BadTable.

    Times are ISO 8601 (taken as UTC without an offset), epochs in s, ms, us or ns, or dates. Open interest may be
    empty, 0 or not be there at all; the mark price is not in such tables: the traded range stands in for it. Errors
    and warnings name the row by the line of the file.
    """
    name, taken_as = name_of(path), ""
    try:
        sheet = read_sheet(read_text(path))
        taken_as = "" if sheet.head else f"no header row, columns are taken as {', '.join(sheet.header)}: "
        return _table(name, sheet)
    except BadTable as error:
        raise BadTable(f"{name}: {taken_as}{error}") from None


def _table(name: str, sheet: Sheet) -> BarTable:
    columns = columns_of(sheet)
    if len(sheet.rows) < LEAST_ROWS:
        raise BadTable(f"{len(sheet.rows)} rows of data; at least {LEAST_ROWS} are needed")
    notes = list(columns.notes)
    lines = [row.line for row in sheet.rows]
    rows, time = in_order(list(sheet.rows), times(columns.moments(sheet), lines, columns.names["ts"]), notes)
    amounts = {role: column for role, column in columns.names.items() if role != "ts"}
    read = read_cells(sheet, rows, amounts)
    cells = usable(read, columns, notes)
    time = time[np.isin([row.line for row in rows], cells.lines)]
    if len(time) < LEAST_ROWS:
        raise BadTable(f"{len(time)} rows of data; at least {LEAST_ROWS} are needed")
    bars = _bars(time, cells, columns)
    missing = missing_before(time, bars.step)
    notes += [*gaps(time, bars.step, cells.lines), *_volume_unit(sheet, cells, bars)]
    notes += doubts(bars, cells.lines, missing)
    if not np.isfinite(bars.open_interest).any():
        notes.append(
            f"no open interest: {INTEREST_DAYS:.2f} days of volume stand in for it; only proportions mean anything"
        )
    return BarTable(name, bars, sheet, cells.rows, tuple(notes))


def _bars(time: Times, cells: Cells, columns: Columns) -> Bars:
    o, h, low, c, v = (cells.values[name] for name in ("o", "h", "l", "c", "v"))
    oi = cells.values.get("oi", np.full(len(time), np.nan))
    if "v" in columns.in_usd:
        v = v / c
    if "oi" in columns.in_usd:
        oi = oi / c
    return Bars(time, o, h, low, c, v, oi, low, h, step_of(time, cells.lines))


def _volume_unit(sheet: Sheet, cells: Cells, bars: Bars) -> list[str]:
    """Return a warning where a column of volume in USD shows that the other is not in coins."""
    name = next((each for each in sheet.header if each.lower() in {"quote_volume", "quote_asset_volume"}), None)
    if name is None:
        return []
    usd = read_cells(sheet, list(cells.rows), {"v": name}).values["v"]
    traded = (bars.volume > 0) & (usd > 0)
    if not traded.any():
        return []
    price: Floats = usd[traded] / bars.volume[traded] / bars.close[traded]
    apart = float(np.median(price))
    if abs(np.log(apart)) < np.log(OTHER_UNIT):
        return []
    return [f"column {name} is {apart:.3g} times volume at the close: volume seems to be in contracts, not in coins"]
