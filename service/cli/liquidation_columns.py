"""Realised liquidations in a table of bars: two more columns of the CSV file that `table.read_bars` reads."""

import csv
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from service.cli.bar_table import BadTable
from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars

# By side: columns in any unit that is the same for all rows, and columns in base coin, which are valued at the close.
ANY_UNIT: Mapping[str, str] = {"long": "liq_long", "short": "liq_short"}
BASE_COIN: Mapping[str, str] = {"long": "liquidated_long", "short": "liquidated_short"}


def read_liquidations(path: Path, bars: Bars) -> tuple[Floats, Floats]:
    """Return what was liquidated in each bar, float64[T] of longs and of shorts; NaN where the cell is empty.

    Raises BadTable naming the row (the header is row 1) and the column.
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
        header = set(reader.fieldnames)
        rows = [(reader.line_num, row) for row in reader]
    names = ANY_UNIT if header >= set(ANY_UNIT.values()) else BASE_COIN
    if not header >= set(names.values()):
        wanted = " or ".join(f"{ANY_UNIT[side]}/{BASE_COIN[side]}" for side in names)
        raise BadTable(f"row 1: no column {wanted}")
    long, short = (
        np.array([_amount(row[names[side]], line, names[side]) for line, row in rows]) for side in ("long", "short")
    )
    return (long, short) if names is ANY_UNIT else (long * bars.close, short * bars.close)


def _amount(text: str | None, line: int, column: str) -> float:
    if not (text or "").strip():
        return math.nan
    try:
        amount = float(text or "")
    except ValueError:
        amount = -1.0
    if not 0 <= amount < math.inf:
        raise BadTable(f"row {line}, column {column}: {text!r} is not a finite number of 0 or more")
    return amount
