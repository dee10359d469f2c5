"""Tables of bars as CSV files: read with every row checked, and predictions written back."""

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.bars import Bars
from service.times import parse_iso, rfc3339

# The names a column may have, the first being ours.
NAMES: Mapping[str, tuple[str, ...]] = {
    "ts": ("ts", "timestamp", "time"),
    "o": ("o", "open"),
    "h": ("h", "high"),
    "l": ("l", "low"),
    "c": ("c", "close"),
    "v": ("v", "volume"),
    "oi": ("oi", "oi_close", "open_interest"),
}
OPTIONAL = ("oi",)
PRICES = ("o", "h", "l", "c")
# 2001 and 2100: seconds taken for milliseconds, or a number that is no time, fall outside.
EARLIEST, LATEST = 1_000_000_000_000, 4_102_444_800_000


class BadTable(ValueError):
    """A table cannot be used; the message names the row (the header is row 1) and the column."""


def read_bars(path: Path) -> Bars:
    """Return the bars of a CSV file; raises BadTable.

    Times are ISO 8601 (taken as UTC without an offset) or epoch ms, and must rise. Open interest may be empty in a row
    or not be there at all; nothing else may. The mark price is not in such tables: the traded range stands in for it.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = _columns(reader.fieldnames or ())
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadTable(f"{path}: {error}") from None
    if len(rows) < 2:  # noqa: PLR2004 - the step is read off the first two
        raise BadTable(f"{path}: {len(rows)} rows of data; at least 2 are needed")
    lines = [line for line, _ in rows]
    for line, row in rows:
        if None in row:
            raise BadTable(f"row {line}: more cells than the header has columns")
    time = np.array([_time(row[columns["ts"]], line) for line, row in rows], dtype=np.int64)
    _check_times(time, lines)
    values = {
        name: np.array([_number(row[column], line, column, empty=name in OPTIONAL) for line, row in rows])
        for name, column in columns.items()
        if name != "ts"
    }
    _check_prices(values, columns, lines)
    o, h, low, c, v = (values[name] for name in ("o", "h", "l", "c", "v"))
    oi = values.get("oi", np.full(len(time), math.nan))
    return Bars(time, o, h, low, c, v, oi, low, h, int(np.median(np.diff(time))))


def write_predictions(path: Path, bars: Bars, long: Floats, short: Floats) -> None:
    """Write ts (ISO 8601), swept_long, swept_short; base coin, empty where NaN."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("ts", "swept_long", "swept_short"))
        for moment, *amounts in zip(bars.time.tolist(), long.tolist(), short.tolist(), strict=True):
            writer.writerow((rfc3339(moment), *("" if math.isnan(a) else f"{a:.9g}" for a in amounts)))


def _columns(header: Sequence[str]) -> dict[str, str]:
    present = {name.strip().lower(): name for name in header}
    if len(present) < len(header):
        raise BadTable(f"row 1: a column is there twice: {', '.join(header)}")
    found = {ours: next((present[n] for n in names if n in present), None) for ours, names in NAMES.items()}
    for ours, column in found.items():
        if column is None and ours not in OPTIONAL:
            raise BadTable(f"row 1: no column {' or '.join(NAMES[ours])}; there are: {', '.join(present) or 'none'}")
    return {ours: column for ours, column in found.items() if column is not None}


def _time(text: str | None, line: int) -> int:
    told = (text or "").strip()
    try:
        time = int(told) if told.isdecimal() else parse_iso(told)
    except ValueError:
        raise BadTable(f"row {line}, column ts: {text!r} is not ISO 8601 or epoch ms") from None
    if not EARLIEST <= time < LATEST:
        raise BadTable(f"row {line}, column ts: {text!r} is not in the years 2001 to 2099; epoch times are in ms")
    return time


def _number(text: str | None, line: int, column: str, *, empty: bool) -> float:
    if empty and not (text or "").strip():
        return math.nan
    try:
        number = float(text or "")
    except ValueError:
        raise BadTable(f"row {line}, column {column}: {text!r} is not a number") from None
    if not math.isfinite(number) or number < 0:
        raise BadTable(f"row {line}, column {column}: {text} is not a finite number of 0 or more")
    return number


def _check_times(time: Times, lines: list[int]) -> None:
    wrong = np.flatnonzero(np.diff(time) <= 0)
    if len(wrong):
        at = int(wrong[0])
        what = "is there twice" if time[at] == time[at + 1] else "is earlier than the row above"
        raise BadTable(f"row {lines[at + 1]}, column ts: {what}")


def _check_prices(values: dict[str, Floats], columns: dict[str, str], lines: list[int]) -> None:
    def refuse(wrong: NDArray[np.bool_], name: str, why: str) -> None:
        if wrong.any():
            raise BadTable(f"row {lines[int(np.argmax(wrong))]}, column {columns[name]}: {why}")

    for name in PRICES:
        refuse(values[name] <= 0, name, "a price must be above 0")
    if "oi" in values:
        refuse(values["oi"] == 0, "oi", "open interest must be above 0")
    refuse(values["h"] < values["l"], "h", "high is below low")
    for name in ("o", "c"):
        refuse(values[name] < values["l"], name, "is below low")
        refuse(values[name] > values["h"], name, "is above high")
