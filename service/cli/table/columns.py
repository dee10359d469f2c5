"""Which column of a sheet holds what."""

from collections.abc import Iterable
from dataclasses import dataclass

from service.cli.table.errors import BadTable
from service.cli.table.names import IN_USD, MARKETS, NAMES, coin_volume, like_open_interest, plain, without_unit
from service.cli.table.sheet import Sheet
from service.cli.table.times import reading_of

PRICES = ("o", "h", "l", "c")
OPTIONAL = ("oi",)
PRICE_NAMES = frozenset(name for role in (*PRICES, "ts") for name in NAMES[role])
_SHOWN = 3


@dataclass(frozen=True)
class Columns:
    """The names of a sheet's columns by what they hold, ours first: `names["c"]` may be `Close`.

    clock   the column with the time of day, where the date stands in one of its own
    in_usd  what is given in quote currency alone, of v and oi
    notes   what is to be said of the columns
    """

    names: dict[str, str]
    clock: str | None
    in_usd: frozenset[str]
    notes: tuple[str, ...]

    def moments(self, sheet: Sheet) -> list[str]:
        """Return the cells that tell each row's time."""
        dates = sheet.column(self.names["ts"])
        if self.clock is None:
            return dates
        return [f"{date} {clock}" for date, clock in zip(dates, sheet.column(self.clock), strict=True)]


def columns_of(sheet: Sheet) -> Columns:
    """Find the columns; raises BadTable naming one that is missing or there twice."""
    present: dict[str, str] = {}
    for name in sheet.header:
        present.setdefault(plain(name), name)
    for name in sheet.header:
        if plain(without_unit(name)) in PRICE_NAMES:
            present.setdefault(plain(without_unit(name)), name)
    _check_one_market(sheet, present)
    names = {role: found for role, options in NAMES.items() if (found := _first(options, present)) is not None}
    volume = coin_volume(sheet.header)
    if volume is not None and plain(names.get("v", "")) not in NAMES["v"][:5]:
        names["v"] = volume
    in_usd = {role for role, options in IN_USD.items() if role not in names and _first(options, present) is not None}
    names |= {role: _named(IN_USD[role], present) for role in in_usd}
    _check_there(names, present, max(sheet.head, 1))
    _check_once(names.values(), sheet)
    names["ts"], clock = _time_columns(sheet, present)
    return Columns(names, clock, frozenset(in_usd), tuple(_notes(sheet, names, in_usd)))


def _check_one_market(sheet: Sheet, present: dict[str, str]) -> None:
    """Raise BadTable where the rows are of several markets."""
    for name in filter(None, (present.get(each) for each in MARKETS)):
        markets = list(dict.fromkeys(sheet.column(name)))
        if len(markets) > 1:
            told = ", ".join(markets[:_SHOWN])
            raise BadTable(f"column {name} holds {len(markets)} markets ({told}); give a table of one")


def _first(options: Iterable[str], present: dict[str, str]) -> str | None:
    return next((present[name] for name in options if name in present), None)


def _named(options: Iterable[str], present: dict[str, str]) -> str:
    return next(present[name] for name in options if name in present)


def _check_there(names: dict[str, str], present: dict[str, str], head: int) -> None:
    for role in NAMES:
        if role not in names and role not in OPTIONAL:
            wanted = " or ".join(NAMES[role][:_SHOWN])
            there = ", ".join(present.values()) or "none"
            raise BadTable(f"row {head}: no column {wanted}; there are: {there}")


def _check_once(used: Iterable[str], sheet: Sheet) -> None:
    plainly = [plain(name) for name in sheet.header]
    for name in used:
        if plainly.count(plain(name)) > 1:
            raise BadTable(f"row {sheet.head}: a column is there twice: {name}")


def _time_columns(sheet: Sheet, present: dict[str, str]) -> tuple[str, str | None]:
    """Return the column whose cells are times, and the one with the time of day where that stands apart.

    Of several columns that may hold the time, the first does whose cells can be read; of row numbers nobody can.
    """
    options = [present[name] for name in NAMES["ts"] if name in present]
    if not sheet.rows:
        return options[0], None
    date, clock = present.get("date"), present.get("time")
    if date and clock and all(":" in cell for cell in sheet.column(clock)[:2]):
        together = [f"{a} {b}" for a, b in zip(sheet.column(date), sheet.column(clock), strict=True)]
        if not _is_time(sheet.column(clock)) and _is_time(together):
            return date, clock
    return next((name for name in options if _is_time(sheet.column(name))), options[0]), None


def _is_time(cells: list[str]) -> bool:
    try:
        return reading_of(cells) is not None
    except BadTable:
        return False


def _notes(sheet: Sheet, names: dict[str, str], in_usd: set[str]) -> Iterable[str]:
    for role, what in (("v", "volume"), ("oi", "open interest")):
        if role in in_usd:
            yield f"column {names[role]} is taken as {what} in USD and divided by the close"
    if "oi" not in names:
        alike = like_open_interest(sheet.header)
        if alike:
            yield f"column {', '.join(alike)} is not read; name open interest in coins oi, in USD oi_usd"
