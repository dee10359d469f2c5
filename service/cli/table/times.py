"""Moments in cells: ISO 8601, epochs in s, ms, us or ns, and dates with the day or the month first; UTC throughout."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from service.cli.table.errors import BadTable
from service.times import parse_iso

# 2001 and 2100 in ms; an epoch in any unit falls between them in that unit alone.
EARLIEST, LATEST = 1_000_000_000_000, 4_102_444_800_000
MICROS, NANOS = 1_000, 1_000_000
_NUMBER = re.compile(r"[0-9]+([.][0-9]+)?([eE][+]?[0-9]+)?")
_DAY = re.compile(r"(19|20)[0-9]{6}")
_SERIAL = re.compile(r"[2-7][0-9]{4}([.,][0-9]+)?")
_ZONE = re.compile(r" ?(UTC|GMT|Z)(?P<offset>[+-][0-9]{2}:?[0-9]{2})?$")
# Forms of dates that say by themselves which part is which, and those that do not.
CLEAR = ("%d.%m.%Y", "%Y.%m.%d", "%Y/%m/%d", "%Y-%m-%d", "%d %b %Y", "%b %d, %Y", "%d-%b-%Y")
DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y")
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", ", %H:%M", ", %H:%M:%S", " %I-%p", " %I:%M %p", " %I:%M:%S %p")


Parse = Callable[[str], int]


def epoch_or_iso(text: str) -> int:
    """Return a moment written as an epoch or as ISO 8601, epoch ms; raises ValueError."""
    bare = text.strip()
    if _NUMBER.fullmatch(bare) and not _DAY.fullmatch(bare):
        return _epoch(bare)
    zone = _ZONE.search(bare)
    if zone is not None:
        bare = bare[: zone.start()] + (zone["offset"] or "+00:00")
    return parse_iso(bare)


def times(cells: Sequence[str], lines: Sequence[int], column: str) -> list[int]:
    """Return the moments of a column, epoch ms; raises BadTable naming the row.

    All rows are read in one way: as epochs or ISO 8601, or else in the one form of date that fits most.
    """
    parse = reading_of(cells) or epoch_or_iso
    found = []
    for text, line in zip(cells, lines, strict=True):
        try:
            time = parse(text)
        except (ValueError, OverflowError):
            raise BadTable(f"row {line}, column {column}: {text!r} is not ISO 8601, an epoch or a date") from None
        if not EARLIEST <= time < LATEST:
            raise BadTable(f"row {line}, column {column}: {text!r} {_outside(text)}")
        found.append(time)
    return found


def reading_of(cells: Sequence[str]) -> Parse | None:
    """Return how the moments of a column are to be read, None where no way fits any of its ends or its middle.

    Raises BadTable where the day and the month may be either.
    """
    ends = [cells[0], cells[len(cells) // 2], cells[-1]]
    best = _best([epoch_or_iso, *map(_as, _forms(CLEAR))], ends)
    return best or _day_or_month(cells, ends)


def _best(readings: Sequence[Parse], cells: Sequence[str]) -> Parse | None:
    """Return the first of the readings that fit most of the cells, None where none fits any."""
    fits = [sum(_fits(parse, text) for text in cells) for parse in readings]
    return readings[fits.index(max(fits))] if max(fits) else None


def _day_or_month(cells: Sequence[str], ends: Sequence[str]) -> Parse | None:
    day, month = (_best([*map(_as, _forms(forms))], ends) for forms in (DAY_FIRST, MONTH_FIRST))
    if day is None or month is None:
        return day or month
    by_day, by_month = (_even([parse(text) for text in cells if _fits(parse, text)]) for parse in (day, month))
    if by_day == by_month:
        raise BadTable(f"{cells[0]!r} may be read day first or month first; write times as ISO 8601 or epochs")
    return day if by_day > by_month else month


def _even(moments: Sequence[int]) -> int:
    """Return how many moments follow the one before at the distance that is most usual."""
    return max(Counter(after - before for before, after in pairwise(moments)).values(), default=0)


def _forms(dates: Sequence[str]) -> list[str]:
    return [date + clock for date in dates for clock in CLOCKS]


def _as(form: str) -> Parse:
    return lambda text: parse_iso(datetime.strptime(_ZONE.sub("", text.strip()), form).replace(tzinfo=UTC).isoformat())


def _fits(parse: Parse, text: str) -> bool:
    try:
        return EARLIEST <= parse(text) < LATEST
    except (ValueError, OverflowError):
        return False


def _epoch(text: str) -> int:
    """Return an epoch in ms, whatever its unit; what is in none comes back as it is."""
    value = int(text) if text.isdecimal() else float(text)
    if EARLIEST <= value * 1000 < LATEST:
        return round(value * 1000)
    for per_ms in (1, MICROS, NANOS):
        if EARLIEST <= value / per_ms < LATEST:
            return int(value // per_ms)
    return int(value)


def _outside(text: str) -> str:
    if _SERIAL.fullmatch(text.strip()):
        return "looks like a spreadsheet's own serial date; format the column as yyyy-mm-dd hh:mm"
    return "is not in the years 2001 to 2099, as an epoch in s, ms, us or ns"
