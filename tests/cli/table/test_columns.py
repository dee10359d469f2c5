"""Columns: what is open interest by its name, what nearly is, and what is not."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.walk_table import HEADER, text_of, told, walk

ROWS = walk()


@pytest.mark.parametrize("name", ["open_intrest", "OI_total", "openInt", "interest", "open interest (contracts)"])
def test_open_interest_under_nearly_the_right_name_is_named(tmp_path: Path, name: str) -> None:
    """It is not read, for its unit is not known; that is said, with the names that would be."""
    table, said = told(tmp_path, text_of(ROWS, (*HEADER[:6], name)))
    assert np.isnan(table.bars.open_interest).all()
    assert f"column {name} is not read; name open interest in coins oi, in USD oi_usd" in said


@pytest.mark.parametrize("name", ["trades", "taker_buy_volume", "open_time", "oi_open", "point", "funding"])
def test_other_columns_are_no_open_interest(tmp_path: Path, name: str) -> None:
    """What only sounds a little like it is passed over in silence."""
    _, said = told(tmp_path, text_of(ROWS, (*HEADER[:6], name)))
    assert "is not read" not in said


def test_a_name_beside_the_right_one_is_not_named(tmp_path: Path) -> None:
    """Open interest has been found."""
    _, said = told(tmp_path, text_of([[*row, row[6]] for row in ROWS], (*HEADER, "oi_open_intrest")))
    assert said == ""
