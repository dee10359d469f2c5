"""Rows by time: brought into order where there is one, and refused by row where there is none."""

import numpy as np
import pytest

from service.cli.table.errors import BadTable
from service.cli.table.order import counted, gaps, in_order, missing_before, span, step_of
from service.cli.table.sheet import Row

HOUR = 3_600_000
T0 = 1_748_736_000_000


def rows(*cells: str) -> list[Row]:
    """Return rows of one cell, from line 2 on."""
    return [Row(at, (cell,)) for at, cell in enumerate(cells, start=2)]


def ordered(cells: str, hours: list[int]) -> tuple[str, list[int], list[str]]:
    """Return cells and hours as they are put in order, and what is said of it."""
    notes: list[str] = []
    kept, time = in_order(rows(*cells), [T0 + hour * HOUR for hour in hours], notes)
    return "".join(row.cells[0] for row in kept), [(int(t) - T0) // HOUR for t in time], notes


def test_newest_first_is_turned_round() -> None:
    """A table that is newest first throughout is read from its end, without a word."""
    assert ordered("cba", [3, 2, 1]) == ("abc", [1, 2, 3], [])


def test_a_row_that_is_there_twice_counts_once() -> None:
    """Where it is the same in every cell; the first such row is named by its line."""
    cells, hours, notes = ordered("abbc", [1, 2, 2, 3])
    assert (cells, hours) == ("abc", [1, 2, 3])
    assert notes == ["1 row is there twice, left out: first row 4"]


@pytest.mark.parametrize(
    ("cells", "hours", "said"),
    [
        ("abc", [1, 2, 2], "row 4: its time is there twice, with other values than row 3"),
        ("abcd", [1, 3, 2, 4], "row 4: its time is earlier than the row above"),
    ],
)
def test_what_has_no_order_is_refused(cells: str, hours: list[int], said: str) -> None:
    """Two values for one time, and times that go to and fro."""
    with pytest.raises(BadTable, match=said):
        ordered(cells, hours)


def test_rounded_numbers_are_suspected() -> None:
    """A spreadsheet that wrote 1.7487E+12 has made one time of many, and is told so."""
    with pytest.raises(BadTable, match="long numbers were rounded"):
        in_order([Row(2, ("1.7E+12", "1")), Row(3, ("1.7E+12", "2"))], [T0, T0], [])


def test_the_step_is_the_usual_distance() -> None:
    """Gaps are whole bars; a row off the grid is named with the length of a bar."""
    assert step_of(np.array([0, 1, 2, 5, 6]) * HOUR, [2, 3, 4, 5, 6]) == HOUR
    with pytest.raises(BadTable, match="row 5: opens 90 minutes after the row above, and bars are 60 minutes long"):
        step_of(np.array([0, 1, 2, 3.5, 4.5]) * HOUR, [2, 3, 4, 5, 6])


def test_missing_bars_are_told_with_their_length() -> None:
    """How many before each row, in all, and the first of the places."""
    time = T0 + np.array([0, 1, 4, 5, 6, 8]) * HOUR
    assert missing_before(time, HOUR).tolist() == [0, 0, 2, 0, 0, 1]
    (said,) = gaps(time, HOUR, [2, 3, 4, 5, 6, 7])
    assert said.startswith("3 bars are missing, 3 hours in all: 2 hours before row 4 (2025-06-01T04:00:00Z)")
    assert gaps(T0 + np.arange(3) * HOUR, HOUR, [2, 3, 4]) == []


@pytest.mark.parametrize(
    ("ms", "said"),
    [(90_000, "90 s"), (HOUR, "60 minutes"), (2 * HOUR, "2 hours"), (36 * HOUR, "36 hours"), (48 * HOUR, "2 days")],
)
def test_a_length_of_time_in_words(ms: int, said: str) -> None:
    """In the largest unit of which it is two at least."""
    assert span(ms) == said


def test_one_and_many() -> None:
    """The verb goes with the number."""
    assert (counted(1, "bar", "is", "are"), counted(2, "bar", "is", "are"), counted(3, "row")) == (
        "1 bar is",
        "2 bars are",
        "3 rows",
    )
