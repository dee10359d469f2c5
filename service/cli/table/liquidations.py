"""Realised liquidations in a table of bars: two more of its columns."""

from collections.abc import Mapping

import numpy as np

from service.cli.table.bars import BarTable
from service.cli.table.errors import BadTable
from service.cli.table.names import plain
from service.cli.table.rows import read_cells
from service.heatmap import BySide, Side
from service.heatmap.base import Floats

# By side: columns in any unit that is the same for all rows, and columns in base coin, which are valued at the close.
ANY_UNIT: Mapping[Side, str] = {side: f"liq_{side}" for side in Side}
BASE_COIN: Mapping[Side, str] = {side: f"liquidated_{side}" for side in Side}


def read_liquidations(table: BarTable) -> BySide[Floats]:
    """Return what was liquidated in each bar, float64[T] of either side; NaN where the cell is empty.

    Raises BadTable naming the row (by line of the file) and the column.
    """
    header = {plain(name): name for name in table.sheet.header}
    names = ANY_UNIT if header.keys() >= {plain(name) for name in ANY_UNIT.values()} else BASE_COIN
    if not header.keys() >= {plain(name) for name in names.values()}:
        wanted = " or ".join(f"{ANY_UNIT[side]}/{BASE_COIN[side]}" for side in names)
        raise BadTable(f"{table.name}: row {max(table.sheet.head, 1)}: no column {wanted}")
    columns = {side.value: header[plain(name)] for side, name in names.items()}
    try:
        amounts = read_cells(table.sheet, list(table.rows), columns).values
    except BadTable as error:
        raise BadTable(f"{table.name}: {error}") from None
    worth = np.ones(len(table.bars)) if names is ANY_UNIT else table.bars.close
    return BySide(*(amounts[side] * worth for side in Side))
