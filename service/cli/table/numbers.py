"""Amounts in cells: decimal marks, marks between thousands, and cells that say nothing."""

import math
import re
from collections.abc import Iterable

from service.cli.table.errors import BadTable

# What tools write where nothing is known.
UNKNOWN = frozenset({"", "nan", "null", "none", "na", "n/a", "#n/a", "#n/d", "nat", "-", "--"})
_PLAIN = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?inf(inity)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}([.,])[0-9]{3}(\1[0-9]{3})*")
_SPACES = str.maketrans("", "", " \u00a0\u202f'\u2019")


def is_unknown(text: str) -> bool:
    """Tell whether a cell says that nothing is known."""
    return text.strip().lower() in UNKNOWN


def decimal_mark(cells: Iterable[str], separator: str) -> str:
    """Return what stands before decimals in these cells, a point or a comma; raises BadTable where it may be either.

    `separator` is what separates the cells of the table: a semicolon is chosen where a comma stands in numbers.
    """
    with_comma = [bare for bare in (cell.strip().translate(_SPACES) for cell in cells) if "," in bare]
    for cell in with_comma:
        if "." in cell:
            return "," if cell.rindex(",") > cell.rindex(".") else "."
    if not with_comma or any(cell.count(",") > 1 for cell in with_comma):
        return "."
    if separator == "," and all(_THOUSANDS.fullmatch(cell) for cell in with_comma):
        raise BadTable(f"{with_comma[0]!r} may be a number with decimals or thousands; write it with a point or plain")
    return ","


def number(text: str, mark: str) -> float:
    """Return the number in a cell, NaN where it says that nothing is known; raises ValueError."""
    if is_unknown(text):
        return math.nan
    bare = text.strip().translate(_SPACES)
    bare = bare.replace(".", "").replace(",", ".") if mark == "," else bare.replace(",", "")
    if not _PLAIN.fullmatch(bare):
        raise ValueError(text)
    return float(bare)
