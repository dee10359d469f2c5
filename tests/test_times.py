"""Times: what is written is read back, offsets count, and each span has its length."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import times
from service.times import DAY_MS, HOUR_MS, MINUTE_MS, WEEK_MS, parse_iso, rfc3339, to_the_minute

T0 = 1_748_736_000_000  # 2025-06-01T00:00:00Z


@settings(deadline=None)
@given(st.integers(-1_000_000_000_000, 4_000_000_000_000))
def test_what_is_written_is_read_back(moment: int) -> None:
    """To the millisecond, before 1970 too."""
    assert parse_iso(rfc3339(moment)) == moment


@settings(deadline=None)
@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001 - the offset follows
def test_an_offset_counts(naive: datetime, offset_minutes: int) -> None:
    """Local time less its offset is UTC; without an offset it is taken as UTC."""
    sign, (hours, minutes) = "-" if offset_minutes < 0 else "+", divmod(abs(offset_minutes), 60)
    local = parse_iso(f"{naive.isoformat()}{sign}{hours:02}:{minutes:02}")
    assert local == parse_iso(naive.isoformat()) - offset_minutes * MINUTE_MS


@pytest.mark.parametrize(
    "text",
    [
        "2025-06-01T00:00:00Z",
        "2025-06-01T00:00:00",
        "2025-06-01",
        "2025-06-01T02:00:00+02:00",
        "2025-06-01T00:00:00.000999Z",
    ],
)
def test_forms_of_one_moment(text: str) -> None:
    """Dates, missing offsets and parts of a millisecond, which are dropped."""
    assert parse_iso(text) == T0


@pytest.mark.parametrize("text", ["", "yesterday", "2025-13-01", "1748736000", "2025-06-01T24:61Z"])
def test_no_time(text: str) -> None:
    """What is no time is a ValueError and nothing else."""
    with pytest.raises(ValueError, match=r".*"):
        parse_iso(text)


def test_milliseconds_only_where_there_are_any() -> None:
    """Whole seconds print short."""
    assert [rfc3339(T0), rfc3339(T0 + 250), to_the_minute(T0 + 59_999)] == [
        "2025-06-01T00:00:00Z",
        "2025-06-01T00:00:00.250Z",
        "2025-06-01T00:00Z",
    ]
    assert datetime.fromtimestamp(T0 / 1000, UTC).hour == 0


def test_lengths() -> None:
    """Each span against the standard library's."""
    spans = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1))
    assert [span // timedelta(milliseconds=1) for span in spans] == [MINUTE_MS, HOUR_MS, DAY_MS, WEEK_MS]


def test_no_clock_is_read() -> None:
    """The model uses this module, and the model has no clock."""
    tree = ast.parse(Path(times.__file__).read_text())
    called = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert called & {"now", "utcnow", "today", "time", "monotonic"} == set()
