"""Tables of bars: read whole or refused with row and column; predictions come out as the scorer reads them."""

from pathlib import Path

import numpy as np
import pytest

from service.cli.bar_table import BadTable, read_bars, write_predictions

HEADER = "ts,o,h,l,c,v,oi"
FIRST, SECOND = "2025-06-01T00:00:00Z,100,110,90,105,10,1000", "2025-06-01T01:00:00Z,105,108,100,101,5,1001"
T0, HOUR = 1_748_736_000_000, 3_600_000


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return where the table is written."""
    return tmp_path / "bars.csv"


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
        ("ts", "", "not ISO 8601"),
        ("ts", "1748739600", "epoch times are in ms"),
        ("ts", "9" * 40, "years 2001 to 2099"),
        ("ts", "-5", "not ISO 8601"),
        ("ts", "0001-01-01T00:00:00+23:59", "years 2001 to 2099"),
        ("ts", "2025-06-01T00:00:00Z", "is there twice"),
        ("ts", "2025-05-31T00:00:00Z", "is earlier than the row above"),
        ("o", "", "not a number"),
        ("o", "abc", "not a number"),
        ("o", "0", "must be above 0"),
        ("o", "99", "is below low"),
        ("o", "109", "is above high"),
        ("h", "nan", "not a finite number"),
        ("h", "99", "high is below low"),
        ("l", "-1", "0 or more"),
        ("l", "0", "must be above 0"),
        ("c", "inf", "not a finite number"),
        ("c", "1e400", "not a finite number"),
        ("c", "1", "is below low"),
        ("v", "-1", "0 or more"),
        ("v", "", "not a number"),
        ("oi", "0", "must be above 0"),
        ("oi", "-3", "0 or more"),
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


def test_predictions_are_written(table: Path, tmp_path: Path) -> None:
    """One row a bar, times in UTC, amounts with nine digits, lines as on any system."""
    bars = read_bars(write(table, HEADER, FIRST, SECOND))
    out = tmp_path / "out.csv"
    write_predictions(out, bars, np.array([1.0, 2 / 3]), np.array([0.0, 1e-12]))
    assert out.read_bytes() == (
        b"ts,swept_long,swept_short\n2025-06-01T00:00:00Z,1,0\n2025-06-01T01:00:00Z,0.666666667,1e-12\n"
    )
    write_predictions(out, bars, np.array([np.nan, 2.0]), np.array([np.nan, 0.0]))
    assert out.read_text().splitlines()[1:] == ["2025-06-01T00:00:00Z,,", "2025-06-01T01:00:00Z,2,0"]
