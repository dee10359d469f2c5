"""Tables of bars: what has one reading is put right and told, all else refused with file, row and column."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from service.cli.table.bars import read_table
from service.cli.table.errors import BadTable
from service.heatmap.base.bars import Bars
from tests.support.walk_table import text_of, told, walk

HEADER = "ts,o,h,l,c,v,oi"
FIRST, SECOND = "2025-06-01T00:00:00Z,100,110,90,105,10,1000", "2025-06-01T01:00:00Z,105,108,100,101,5,1001"
T0, HOUR = 1_748_736_000_000, 3_600_000


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return where the table is written."""
    return tmp_path / "bars.csv"


def read_bars(path: Path) -> Bars:
    """Return the bars of a table."""
    return read_table(path).bars


def write(table: Path, *lines: str) -> Path:
    """Write the lines as the table."""
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return table


def test_columns_are_read(table: Path) -> None:
    """Each column goes where its name says; the traded range stands in for the mark price."""
    bars = read_bars(write(table, HEADER, FIRST, SECOND))
    assert bars.time.tolist() == [T0, T0 + HOUR]
    assert (bars.open.tolist(), bars.close.tolist()) == ([100.0, 105.0], [105.0, 101.0])
    assert bars.high.tolist() == bars.mark_high.tolist() == [110.0, 108.0]
    assert bars.low.tolist() == bars.mark_low.tolist() == [90.0, 100.0]
    assert (bars.volume.tolist(), bars.open_interest.tolist()) == ([10.0, 5.0], [1000.0, 1001.0])
    assert bars.step == HOUR


@pytest.mark.parametrize(
    "header",
    [
        "ts,o,h,l,c,v,oi",
        "timestamp,open,high,low,close,volume,oi_close",
        "time,Open,HIGH,low,close,Volume,open_interest",
        " ts , o , h , l , c , v , oi ",
        "\ufeffts,o,h,l,c,v,oi",
    ],
)
def test_names_of_columns(table: Path, header: str) -> None:
    """Short and long names, any case, spaces around them and a byte order mark are all read."""
    assert len(read_bars(write(table, header, FIRST, SECOND))) == 2


def test_order_of_columns_and_further_ones_do_not_matter(table: Path) -> None:
    """Columns are found by name."""
    bars = read_bars(write(table, "x,oi,v,c,l,h,o,ts", f"a,7,6,5,4,9,5,{T0}", f"b,7,6,5,4,9,5,{T0 + HOUR}"))
    assert (bars.open[0], bars.high[0], bars.low[0], bars.open_interest[0]) == (5.0, 9.0, 4.0, 7.0)


@pytest.mark.parametrize(
    "text",
    ["1748736000000", "2025-06-01T00:00:00Z", "2025-06-01T00:00:00", "2025-06-01 00:00:00+00:00", "2025-06-01",
     "2025-06-01T02:00:00+02:00", "2025-06-01T00:00:00.000999Z", " 1748736000000 "],
)  # fmt: skip
def test_forms_of_time(table: Path, text: str) -> None:
    """ISO 8601 with or without an offset and epoch ms all mean the same moment."""
    assert read_bars(write(table, HEADER, f"{text},100,110,90,105,10,1000", SECOND)).time[0] == T0


def test_open_interest_may_be_empty(table: Path) -> None:
    """An empty cell is not known, which is not 0."""
    bars = read_bars(write(table, HEADER, FIRST.replace(",1000", ","), SECOND))
    assert np.isnan(bars.open_interest).tolist() == [True, False]


def test_open_interest_may_be_left_out(table: Path) -> None:
    """A table without the column is one that knows it nowhere."""
    bars = read_bars(write(table, *(line.rsplit(",", 1)[0] for line in (HEADER, FIRST, SECOND))))
    assert np.isnan(bars.open_interest).tolist() == [True, True]
    assert bars.volume.tolist() == [10.0, 5.0]


def test_blank_lines_are_passed_over_and_still_counted(table: Path) -> None:
    """The row in an error is the line of the file."""
    with pytest.raises(BadTable, match="row 5, column c"):
        read_bars(write(table, HEADER, FIRST, "", SECOND, "2025-06-01T02:00:00Z,1,1,1,,1,1"))


@pytest.mark.parametrize(
    ("column", "text", "why"),
    [
        ("ts", "yesterday", "not ISO 8601"),
        ("ts", "1748739", "years 2001 to 2099"),
        ("ts", "", "not ISO 8601"),
        ("ts", "9" * 40, "years 2001 to 2099"),
        ("ts", "-5", "not ISO 8601"),
        ("ts", "0001-01-01T00:00:00+23:59", "years 2001 to 2099"),
        ("o", "", "is not known, while other prices"),
        ("o", "abc", "not a number"),
        ("o", "0", "must be above 0"),
        ("o", "99", "is below low"),
        ("o", "109", "is above high"),
        ("h", "nan", "is not known, while other prices"),
        ("h", "99", "high is below low"),
        ("l", "-1", "is below 0"),
        ("l", "0", "must be above 0"),
        ("c", "inf", "not a finite number"),
        ("c", "1e400", "not a finite number"),
        ("c", "1", "is below low"),
        ("v", "-1", "is below 0"),
        ("v", "", "not a number"),
        ("oi", "-3", "is below 0"),
        ("oi", "x", "not a number"),
    ],
)
def test_a_bad_cell_is_named(table: Path, column: str, text: str, why: str) -> None:
    """One wrong value anywhere names its row and column, and what is wrong."""
    cells = dict(zip(HEADER.split(","), SECOND.split(","), strict=True)) | {column: text}
    with pytest.raises(BadTable, match=rf"row 3, column {column}: .*{why}"):
        read_bars(write(table, HEADER, FIRST, ",".join(cells.values())))


def test_the_column_is_named_as_the_file_names_it(table: Path) -> None:
    """A table with long names is told about its own names."""
    with pytest.raises(BadTable, match="row 2, column close"):
        read_bars(write(table, "timestamp,open,high,low,close,volume,oi_close", FIRST.replace("105", "x"), SECOND))


@pytest.mark.parametrize("missing", ["ts", "o", "h", "l", "c", "v"])
def test_a_missing_column_is_named(table: Path, missing: str) -> None:
    """The error says which names would do and which columns there are."""
    header = ",".join("x" if name == missing else name for name in HEADER.split(","))
    with pytest.raises(BadTable, match=rf"row 1: no column {missing} or .*there are: "):
        read_bars(write(table, header, FIRST, SECOND))


@pytest.mark.parametrize("lines", [[], [HEADER], [HEADER, FIRST], [HEADER, "", FIRST, ""]])
def test_too_short_a_table(table: Path, lines: list[str]) -> None:
    """A bar has a length only if there are two."""
    with pytest.raises(BadTable):
        read_bars(write(table, *lines))


def test_a_short_row_is_named(table: Path) -> None:
    """A row that ends early lacks its last columns."""
    with pytest.raises(BadTable, match="row 3, column v"):
        read_bars(write(table, HEADER, FIRST, "2025-06-01T01:00:00Z,105,108,100,101"))


def test_a_long_row_is_named(table: Path) -> None:
    """A row with a comma too many would put values into the wrong columns."""
    with pytest.raises(BadTable, match="row 3: more cells"):
        read_bars(write(table, HEADER, FIRST, SECOND + ",1"))


def test_a_column_that_is_there_twice(table: Path) -> None:
    """Which of the two is meant cannot be known."""
    with pytest.raises(BadTable, match="twice"):
        read_bars(write(table, HEADER + ",C", FIRST + ",1", SECOND + ",1"))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"ts,o\x00", b"\x1f\x8b" + bytes(range(256))])
def test_what_is_no_text(table: Path, content: bytes) -> None:
    """A spreadsheet or a compressed file is refused with a sentence."""
    table.write_bytes(content)
    with pytest.raises(BadTable):
        read_bars(table)


def test_a_file_that_is_not_there(table: Path) -> None:
    """The path is in the error."""
    with pytest.raises(BadTable, match=r"bars\.csv"):
        read_bars(table)


def test_rows_are_told_by_the_file(table: Path) -> None:
    """Whoever reads several files at once learns which one is meant."""
    with pytest.raises(BadTable, match=rf"^{table}: row 3, column c: "):
        read_table(write(table, HEADER, FIRST, SECOND.replace(",101,", ",x,")))


def changed(change: Callable[[int, list[str]], list[str]]) -> str:
    """Return a random walk with its rows changed, the first being 0."""
    return text_of([change(n, row) for n, row in enumerate(walk())])


def reference(tmp_path: Path) -> Bars:
    """Return the random walk as it is."""
    return told(tmp_path, text_of(walk()))[0].bars


def test_open_interest_of_0_is_not_known(tmp_path: Path) -> None:
    """Nobody's open interest is 0 while there is trading: unknown, and said."""
    found, said = told(tmp_path, changed(lambda n, row: [*row[:6], "0"] if 50 <= n < 64 else row))
    assert np.flatnonzero(np.isnan(found.bars.open_interest)).tolist() == list(range(50, 64))
    assert said == "open interest of 0 is taken as not known in 14 rows: first row 52"


@pytest.mark.parametrize("text", ["nan", "NaN", "NULL", "None", "N/A", "#N/A", "-", ""])
def test_ways_to_write_that_nothing_is_known(tmp_path: Path, text: str) -> None:
    """As pandas, databases and spreadsheets do."""
    found, said = told(tmp_path, changed(lambda n, row: [*row[:6], text] if n == 9 else row))
    assert np.flatnonzero(np.isnan(found.bars.open_interest)).tolist() == [9]
    assert said == ""


@pytest.mark.parametrize("cells", [["0.0"] * 5, [""] * 5, ["nan"] * 5, ["0", "0", "0", "0", "nan"]])
def test_rows_without_prices_are_missing_bars(tmp_path: Path, cells: list[str]) -> None:
    """A halt of trading, or a table that was given the hours it lacked: the bars are missing, and that is said."""
    found, said = told(tmp_path, changed(lambda n, row: [row[0], *cells, row[6]] if 50 <= n < 56 else row))
    assert len(found.bars) == 114
    assert [row.line for row in found.rows] == [*range(2, 52), *range(58, 122)]
    assert "bars are missing where no price is given, in 6 rows: first row 52" in said
    assert "6 bars are missing, 6 hours in all: 6 hours before row 58 (2025-01-03T08:00:00Z)" in said


def test_an_open_a_tick_outside_its_bar_widens_it(tmp_path: Path) -> None:
    """The range must hold every price that was traded; the rest of the bar stays as it is."""
    low = float(walk()[40][3])
    found, said = told(tmp_path, changed(lambda n, row: [row[0], f"{low - 0.01:.7g}", *row[2:]] if n == 40 else row))
    bars, right = found.bars, reference(tmp_path)
    assert bars.low[40] == bars.mark_low[40] == bars.open[40] < right.low[40]
    assert bars.high.tolist() == right.high.tolist()
    assert said == "high or low is widened to open and close in 1 row: first row 42"


def test_a_row_that_is_there_twice(tmp_path: Path) -> None:
    """Files that overlap: one of two like rows stays; two that differ cannot both be right."""
    rows = walk()
    found, said = told(tmp_path, text_of([*rows[:60], *rows[57:]]))
    assert found.bars.time.tolist() == reference(tmp_path).time.tolist()
    assert said == "3 rows are there twice, left out: first row 62"
    other = [*rows[60][:5], "1", rows[60][6]]
    with pytest.raises(BadTable, match=r"row 63: its time is there twice, with other values than row 62"):
        told(tmp_path, text_of([*rows[:61], other, *rows[61:]]))


def test_rows_newest_first(tmp_path: Path) -> None:
    """One reading: from the end. Lines stay those of the file."""
    found, said = told(tmp_path, text_of(walk()[::-1]))
    assert found.bars.close.tolist() == reference(tmp_path).close.tolist()
    assert (found.rows[0].line, said) == (121, "")


def test_a_row_out_of_place(tmp_path: Path) -> None:
    """Whether its time or its place is wrong cannot be known."""
    rows = walk()
    with pytest.raises(BadTable, match="row 52: its time is earlier than the row above; sort"):
        told(tmp_path, text_of([*rows[:20], *rows[21:51], rows[20], *rows[51:]]))


@pytest.mark.parametrize(("minutes", "words"), [(30, "30 minutes"), (90, "90 minutes")])
def test_a_bar_of_another_length(tmp_path: Path, minutes: int, words: str) -> None:
    """A table is of bars of one length; a row off their grid is named."""
    with pytest.raises(BadTable, match=f"row 102: opens {words} after the row above, and bars are 60 minutes long"):
        told(
            tmp_path,
            changed(lambda n, row: [str(int(row[0]) + 60_000 * (minutes - 60)), *row[1:]] if n >= 100 else row),
        )


def test_times_that_a_clock_stamped(tmp_path: Path) -> None:
    """A collector's rows are seconds off; no bar is missing for that."""
    found, said = told(tmp_path, changed(lambda n, row: [str(int(row[0]) + 1000 * (n % 4)), *row[1:]]))
    assert (len(found.bars), said) == (120, "")


@pytest.mark.parametrize(("rows", "words"), [
    (slice(50, 86), "36 bars are missing, 36 hours in all: 36 hours before row 52 (2025-01-04T14:00:00Z)"),
    (slice(50, 51), "1 bar is missing, 60 minutes in all: 60 minutes before row 52"),
])  # fmt: skip
def test_bars_that_are_missing_are_told(tmp_path: Path, rows: slice, words: str) -> None:
    """How many, how long, and before which row."""
    every = walk()
    del every[rows]
    assert words in told(tmp_path, text_of(every))[1]
