"""Moments in cells: every way of writing one is read as that moment, and what may be two is refused."""

import pytest

from service.cli.table.errors import BadTable
from service.cli.table.times import epoch_or_iso, times

T0, HOUR = 1_748_736_000_000, 3_600_000  # 2025-06-01T00:00:00Z


@pytest.mark.parametrize(
    "text",
    [
        "1748736000",
        "1748736000000",
        "1748736000000000",
        "1748736000000000000",
        "1748736000.0",
        "1.748736E+12",
        "2025-06-01T00:00:00Z",
        "2025-06-01 00:00:00",
        "2025-06-01 00:00:00 UTC",
        "2025-06-01T02:00:00+02:00",
        "20250601",
    ],
)
def test_one_moment_in_many_ways(text: str) -> None:
    """Epochs of every unit and ISO 8601, in UTC without an offset."""
    assert epoch_or_iso(text) == T0


@pytest.mark.parametrize(
    "cells",
    [
        ["01.06.2025 00:00", "01.06.2025 01:00", "01.06.2025 02:00"],
        ["2025/06/01 00:00:00", "2025/06/01 01:00:00", "2025/06/01 02:00:00"],
        ["Jun 01, 2025, 00:00", "Jun 01, 2025, 01:00", "Jun 01, 2025, 02:00"],
        ["06/01/2025 12:00 AM", "06/01/2025 01:00 AM", "06/01/2025 02:00 AM"],
    ],
)
def test_dates_are_read_in_the_form_that_fits(cells: list[str]) -> None:
    """One form for the whole column."""
    if cells[0].startswith("06/01"):
        with pytest.raises(BadTable, match="may be read day first or month first"):
            times(cells, [2, 3, 4], "time")
        return
    assert times(cells, [2, 3, 4], "time") == [T0, T0 + HOUR, T0 + 2 * HOUR]


def test_days_in_a_row_tell_day_from_month() -> None:
    """Twelve days in a row by one reading are the first of twelve months by the other."""
    cells = [f"{day:02}/06/2025" for day in range(1, 12)]
    assert times(cells, range(2, 13), "date") == [T0 + day * 24 * HOUR for day in range(11)]
    american = [f"06/{day:02}/2025" for day in range(1, 12)]
    assert times(american, range(2, 13), "date") == times(cells, range(2, 13), "date")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("noon", "row 3, column time: 'noon' is not ISO 8601, an epoch or a date"),
        ("999", "row 3, column time: '999' is not in the years 2001 to 2099"),
        ("45809.5", "looks like a spreadsheet's own serial date"),
    ],
)
def test_a_cell_that_is_no_moment_is_named(text: str, said: str) -> None:
    """With its row, and what to do about a spreadsheet's dates."""
    with pytest.raises(BadTable, match=said):
        times([str(T0), text, str(T0 + 2 * HOUR)], [2, 3, 4], "time")
