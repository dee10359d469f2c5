"""Predictions of each bar, for longs and for shorts, as a table: written to a file or to standard output."""

import csv
import math
import sys
from pathlib import Path
from typing import TextIO

from service.cli.table.source import STANDARD
from service.heatmap import Bars, BySide, Side
from service.heatmap.base import Floats
from service.times import rfc3339


def write_predictions(path: Path, bars: Bars, name: str, figures: BySide[Floats]) -> None:
    """Write ts (ISO 8601), name_long, name_short; empty where NaN. The path `-` is standard output."""
    if str(path) == STANDARD:
        _write(sys.stdout, bars, name, figures)
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            _write(file, bars, name, figures)


def _write(file: TextIO, bars: Bars, name: str, figures: BySide[Floats]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("ts", *(f"{name}_{side}" for side in Side)))
    for moment, *amounts in zip(bars.time.tolist(), *(figures[side].tolist() for side in Side), strict=True):
        writer.writerow((rfc3339(moment), *("" if math.isnan(a) else f"{a:.9g}" for a in amounts)))
