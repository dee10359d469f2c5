"""Realised liquidations in two more columns of a table of bars."""

from pathlib import Path

import numpy as np
import pytest

from service.cli.table.bars import BarTable, read_table
from service.cli.table.errors import BadTable
from service.cli.table.liquidations import read_liquidations

ROWS = ("2025-06-01T00:00:00Z,100,110,90,105,10,1000", "2025-06-01T01:00:00Z,105,108,100,101,5,1001")


def table(tmp_path: Path, names: str, *cells: str) -> BarTable:
    """Return a table of two bars with these columns beside them."""
    lines = [f"ts,o,h,l,c,v,oi,{names}", *(f"{row},{cell}" for row, cell in zip(ROWS, cells, strict=True))]
    path = tmp_path / "bars.csv"
    path.write_text("\n".join(lines) + "\n")
    return read_table(path)


def test_any_unit_is_taken_as_it_is(tmp_path: Path) -> None:
    """An empty cell is not known, and not nothing."""
    read = read_liquidations(table(tmp_path, "liq_long,liq_short", "7,", "0,2.5"))
    assert read.long.tolist() == [7, 0]
    assert np.isnan(read.short[0])
    assert read.short[1] == 2.5


def test_base_coin_is_valued_at_the_close(tmp_path: Path) -> None:
    """In whatever case the names are written."""
    read = read_liquidations(table(tmp_path, "Liquidated_Long,LIQUIDATED_SHORT", "2,1", "0,3"))
    assert (read.long.tolist(), read.short.tolist()) == ([210, 0], [105, 303])


@pytest.mark.parametrize(
    ("names", "cells", "said"),
    [
        ("liq_long,other", ("1,1", "1,1"), "row 1: no column liq_long/liquidated_long or liq_short/liquidated_short"),
        ("liq_long,liq_short", ("1,1", "-1,1"), "row 3, column liq_long: is below 0"),
        ("liq_long,liq_short", ("1,1", "1,x"), "row 3, column liq_short: 'x' is not a number"),
    ],
)
def test_what_is_missing_or_wrong_is_named(tmp_path: Path, names: str, cells: tuple[str, str], said: str) -> None:
    """With the file, the row and the column."""
    with pytest.raises(BadTable, match=rf"bars\.csv: {said}"):
        read_liquidations(table(tmp_path, names, *cells))
