"""Tables of bars as CSV files: read with every row checked, and predictions written back."""

import csv
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from service.heatmap.bars import Bars, Floats, Times

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
PRICES = ("o", "h", "l", "c")


class BadTable(ValueError):
    """A table cannot be used; the message names the row (the header is row 1) and the column."""


def read_bars(path: Path) -> Bars:
    """Return the bars of a CSV file; raises BadTable.

    Times are ISO 8601 (taken as UTC without an offset) or epoch ms, and must rise. Open interest may be empty in a row;
    nothing else may. The mark price is not in such tables: the traded range stands in for it.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = _columns(reader.fieldnames or ())
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadTable(f"{path}: {error}") from None
    if len(rows) < 2:  # noqa: PLR2004 - the step is read off the first two
        raise BadTable(f"{path}: {len(rows)} rows of data; at least 2 are needed")
    time = np.array([_time(row[columns["ts"]], line) for line, row in _numbered(rows)], dtype=np.int64)
    _check_times(time)
    values = {
        name: np.array([_number(row[column], line, column, empty=name == "oi") for line, row in _numbered(rows)])
        for name, column in columns.items()
        if name != "ts"
    }
    _check_prices(values, columns)
    o, h, low, c, v, oi = (values[name] for name in ("o", "h", "l", "c", "v", "oi"))
    return Bars(time, o, h, low, c, v, oi, low, h, int(np.median(np.diff(time))))


def write_predictions(path: Path, bars: Bars, long: Floats, short: Floats) -> None:
    """Write ts (ISO 8601), swept_long, swept_short; base coin."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("ts", "swept_long", "swept_short"))
        for moment, *amounts in zip(bars.time.tolist(), long.tolist(), short.tolist(), strict=True):
            text = datetime.fromtimestamp(moment / 1000, UTC).isoformat().replace("+00:00", "Z")
            writer.writerow((text, *(f"{amount:.9g}" for amount in amounts)))


def _columns(header: Iterable[str]) -> dict[str, str]:
    present = {name.strip().lower(): name for name in header}
    found = {ours: next((present[n] for n in names if n in present), None) for ours, names in NAMES.items()}
    for ours, column in found.items():
        if column is None:
            raise BadTable(f"row 1: no column {' or '.join(NAMES[ours])}; there are: {', '.join(present) or 'none'}")
    return {ours: column for ours, column in found.items() if column is not None}


def _numbered(rows: list[dict[str, str]]) -> Iterable[tuple[int, dict[str, str]]]:
    return enumerate(rows, start=2)


def _time(text: str | None, line: int) -> int:
    try:
        if text and text.strip().lstrip("-").isdigit():
            return int(text)
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        raise BadTable(f"row {line}, column ts: {text!r} is not ISO 8601 or epoch ms") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


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


def _check_times(time: Times) -> None:
    wrong = np.flatnonzero(np.diff(time) <= 0)
    if len(wrong):
        at = int(wrong[0])
        what = "is there twice" if time[at] == time[at + 1] else "is earlier than the row above"
        raise BadTable(f"row {at + 3}, column ts: {what}")


def _check_prices(values: dict[str, Floats], columns: dict[str, str]) -> None:
    for name in PRICES:
        _refuse(values[name] <= 0, columns[name], "a price must be above 0")
    _refuse(values["oi"] == 0, columns["oi"], "open interest must be above 0")
    _refuse(values["h"] < values["l"], columns["h"], "high is below low")
    for name in ("o", "c"):
        _refuse(values[name] < values["l"], columns[name], "is below low")
        _refuse(values[name] > values["h"], columns[name], "is above high")


def _refuse(wrong: NDArray[np.bool_], column: str, why: str) -> None:
    if wrong.any():
        raise BadTable(f"row {int(np.argmax(wrong)) + 2}, column {column}: {why}")
