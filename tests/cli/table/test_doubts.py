"""What cannot be right of a whole table: told with the row, or refused by it."""

from pathlib import Path

import pytest

from service.cli.table.errors import BadTable
from tests.support.walk_table import HEADER, HOUR, Table, text_of, told, walk, with_column

ROWS = walk()


def usd(rows: Table, column: int) -> Table:
    """Return rows with a column valued at the close."""
    return [[f"{float(c) * float(row[4]):.2f}" if n == column else c for n, c in enumerate(row)] for row in rows]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        pytest.param(usd(ROWS, 5), "volume seems to be in USD", id="volume in USD"),
        pytest.param(usd(walk(price=1e-5), 6), "open interest seems to be in USD", id="open interest of a cheap coin"),
        pytest.param(with_column(ROWS, 5, lambda v: f"{1e4 * float(v):.0f}"), "in different units", id="contracts"),
    ],
)
def test_two_units_are_told(tmp_path: Path, rows: Table, words: str) -> None:
    """Amounts in different units give a map that means nothing; which one is off is said where it can be told."""
    prices = [[row[0], *(f"{float(cell):.12g}" for cell in row[1:])] for row in rows]
    _, said = told(tmp_path, text_of(prices))
    assert words in said


def test_open_interest_in_usd_beside_volume_in_coins_is_refused(tmp_path: Path) -> None:
    """It moves by more than was traded in every bar, which the sentence says."""
    with pytest.raises(BadTable, match=r"in 119 of 119 bars: .*open interest seems to be in USD.*oi_usd"):
        told(tmp_path, text_of(usd(ROWS, 6)))


def test_volume_in_contracts_is_told_by_the_turnover_beside_it(tmp_path: Path) -> None:
    """Klines of coin-margined markets count contracts in the column that others have coins in."""
    rows = [[*row[:5], "500000", f"{float(row[4]) * float(row[5]):.2f}"] for row in ROWS]
    _, said = told(tmp_path, text_of(rows, (*HEADER[:6], "quote_volume")))
    assert "volume seems to be in contracts" in said


def scaled(rows: Table, factors: dict[int, float], upto: int = 60) -> Table:
    """Return rows with columns of the first ones multiplied."""
    return [
        [f"{float(cell) * factors.get(n, 1.0):.12g}" if n and at < upto else cell for n, cell in enumerate(row)]
        for at, row in enumerate(rows)
    ]


@pytest.mark.parametrize("factor", [10.0, 0.1, 100.0, 0.001])
def test_a_step_of_contract_size_is_told_by_row(tmp_path: Path, factor: float) -> None:
    """Volume and open interest jump together where nothing was traded that could move them."""
    _, said = told(tmp_path, text_of(scaled(ROWS, {5: factor, 6: factor})))
    assert "row 62: open interest becomes" in said
    assert "the size of a contract changed" in said


def test_open_interest_that_jumps_alone_is_told_by_row(tmp_path: Path) -> None:
    """An outage or another unit; volume does not move along."""
    _, said = told(tmp_path, text_of(scaled(ROWS, {6: 4.0})))
    assert "row 62: open interest becomes 0.2" in said
    assert "an outage or another unit" in said


def test_a_step_of_volume_alone_is_told_by_row(tmp_path: Path) -> None:
    """Where there is no open interest to tell it by."""
    _, said = told(tmp_path, text_of([row[:6] for row in scaled(ROWS, {5: 1000.0})], HEADER[:6]))
    assert "row 62: volume becomes about 0.001 times as large" in said


@pytest.mark.parametrize("factor", [1000.0, 0.001, 2.0, 0.5])
def test_a_redenomination_is_refused_by_row(tmp_path: Path, factor: float) -> None:
    """A price that leaps between close and open would liquidate a whole side that was never reached."""
    rows = scaled(ROWS, dict.fromkeys((1, 2, 3, 4), factor) | {5: 1 / factor, 6: 1 / factor})
    with pytest.raises(BadTable, match=r"row 62: opens at .* a redenomination or another market"):
        told(tmp_path, text_of(rows))


def test_a_gap_of_months_may_have_any_prices(tmp_path: Path) -> None:
    """There price may have gone anywhere; that bars are missing is said."""
    rows = scaled(ROWS, dict.fromkeys((1, 2, 3, 4), 2.0))
    _, said = told(
        tmp_path, text_of([row if n < 60 else [str(int(row[0]) + 99 * HOUR), *row[1:]] for n, row in enumerate(rows)])
    )
    assert "99 bars are missing, 99 hours in all: 99 hours before row 62" in said


def test_a_wick_is_told_by_row(tmp_path: Path) -> None:
    """A high of twelve times open and close is no doubt a bad tick, and no doubt printed: the caller decides."""
    rows = [row if n != 40 else [*row[:2], "720000.00", *row[3:]] for n, row in enumerate(ROWS)]
    _, said = told(tmp_path, text_of(rows))
    assert "row 42: high 720000 is 12" in said


def test_an_outage_of_open_interest_is_told_by_rows(tmp_path: Path) -> None:
    """The same amount for hours while there is trading is nobody's open interest."""
    rows = [row if not 40 <= n < 52 else [*row[:6], ROWS[40][6]] for n, row in enumerate(ROWS)]
    _, said = told(tmp_path, text_of(rows))
    assert "rows 42 to 53: open interest stays the same while there is trading" in said


def test_open_interest_known_once_a_day_is_no_outage(tmp_path: Path) -> None:
    """Hours that carry a daily figure repeat it by design."""
    rows = [[*row[:6], ROWS[n // 24 * 24][6]] for n, row in enumerate(ROWS)]
    _, said = told(tmp_path, text_of(rows))
    assert "outage" not in said
