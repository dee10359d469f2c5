"""Rows by time: newest first, there twice, out of place, missing."""

import numpy as np
from numpy.typing import NDArray

from service.cli.table.errors import BadTable
from service.cli.table.sheet import Row
from service.heatmap.base import Times
from service.times import rfc3339

# Times that someone stamped by a clock are this far off at most, as a share of a bar.
_OFF = 0.02
_MOST_NAMED = 3


def in_order(rows: list[Row], moments: list[int], notes: list[str]) -> tuple[list[Row], Times]:
    """Return rows oldest first, each time once; raises BadTable naming a row that is out of place.

    A table that is newest first throughout is read from its end. Of rows that are alike in every cell one stays.
    """
    time = np.array(moments, dtype=np.int64)
    if len(time) > 1 and (np.diff(time) <= 0).all() and (np.diff(time) < 0).any():
        rows, time = rows[::-1], time[::-1]
    alike = _seen_before(rows)
    if alike:
        twice = counted(len(alike), "row", "is", "are")
        notes.append(f"{twice} there twice, left out: first row {rows[alike[0]].line}")
    kept = sorted(set(range(len(rows))) - set(alike))
    rows, time = [rows[at] for at in kept], time[kept]
    wrong = np.flatnonzero(np.diff(time) <= 0)
    if len(wrong):
        at = int(wrong[0])
        line = rows[at + 1].line
        if time[at] == time[at + 1]:
            hint = "; long numbers were rounded" if any("e+" in cell.lower() for cell in rows[at].cells) else ""
            raise BadTable(f"row {line}: its time is there twice, with other values than row {rows[at].line}{hint}")
        raise BadTable(f"row {line}: its time is earlier than the row above; sort the rows by time")
    return rows, time


def _seen_before(rows: list[Row]) -> list[int]:
    """Return the indices of rows that are alike, cell by cell, to one above them."""
    seen: set[tuple[str, ...]] = set()
    found = []
    for at, row in enumerate(rows):
        if row.cells in seen:
            found.append(at)
        seen.add(row.cells)
    return found


def step_of(time: Times, lines: list[int]) -> int:
    """Return the length of a bar in ms; raises BadTable naming a row that does not fit it."""
    apart = np.diff(time)
    step = int(np.median(apart))
    bars = np.maximum(np.round(apart / step), 1)
    off = np.abs(apart - bars * step) > _OFF * step
    if off.any():
        at = int(np.argmax(off))
        raise BadTable(
            f"row {lines[at + 1]}: opens {span(int(apart[at]))} after the row above, and bars are {span(step)} long; "
            "give bars of one length, in UTC"
        )
    return step


def gaps(time: Times, step: int, lines: list[int]) -> list[str]:
    """Return what is to be said of bars that are missing in between."""
    lost = missing_before(time, step)
    holes = np.flatnonzero(lost)
    if not len(holes):
        return []
    named = [f"{span(int(lost[at]) * step)} before row {lines[at]} ({rfc3339(int(time[at]))})" for at in holes]
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    total = int(lost.sum())
    lost_bars, first = counted(total, "bar", "is", "are"), ", ".join(named[:_MOST_NAMED])
    return [f"{lost_bars} missing, {span(total * step)} in all: {first}{more}"]


def missing_before(time: Times, step: int) -> NDArray[np.int64]:
    """Return how many bars are missing before each one, int64[T]."""
    apart = np.round(np.diff(time) / step).astype(np.int64) - 1
    return np.concatenate(([0], np.maximum(apart, 0)))


def span(ms: int) -> str:
    """Return a length of time in words."""
    seconds = ms // 1000
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size and (seconds % size == 0 or seconds > 20 * size):
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds // 60} minutes" if seconds % 60 == 0 else f"{seconds} s"


def counted(count: int, what: str, one: str = "", more: str = "") -> str:
    """Return how many there are, and the verb that goes with it if one is given."""
    return f"{count} {what} {one}".rstrip() if count == 1 else f"{count} {what}s {more}".rstrip()
