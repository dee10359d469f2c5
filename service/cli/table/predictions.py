"""Predictions as a table: written to a file or to standard output."""

import csv
import math
import sys
from pathlib import Path
from typing import TextIO

from service.cli.table.source import STANDARD
from service.heatmap import Bars
from service.heatmap.base import Floats
from service.times import rfc3339


def write_predictions(path: Path, bars: Bars, long: Floats, short: Floats) -> None:
    """Write ts (ISO 8601), swept_long, swept_short; base coin, empty where NaN. The path `-` is standard output."""
    if str(path) == STANDARD:
        _write(sys.stdout, bars, long, short)
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            _write(file, bars, long, short)


def _write(file: TextIO, bars: Bars, long: Floats, short: Floats) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("ts", "swept_long", "swept_short"))
    for moment, *amounts in zip(bars.time.tolist(), long.tolist(), short.tolist(), strict=True):
        writer.writerow((rfc3339(moment), *("" if math.isnan(a) else f"{a:.9g}" for a in amounts)))
