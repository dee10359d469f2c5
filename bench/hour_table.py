"""A table of hours with what was liquidated in them, and the same hours gathered into coarser bars."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from service.cli.table.bars import read_table
from service.cli.table.liquidations import read_liquidations
from service.heatmap import Bars, BySide
from service.heatmap.base import Floats

HOUR = 3_600_000
# Columns that no map reads, but that some variants put in a column's place.
EXTRA = ("trades", "taker_buy_volume")


@dataclass(frozen=True, eq=False)
class Hours:
    """One market's bars; what was liquidated of longs and of shorts, float64[T], quote currency; EXTRA columns."""

    name: str
    bars: Bars
    liquidated: BySide[Floats]
    extra: Mapping[str, Floats]


def read_hours(path: Path) -> Hours:
    """Return the table at `path`; raises BadTable. An extra column that it does not have is left out."""
    table = read_table(path)
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    extra = {name: np.array([float(row[name]) for row in rows]) for name in EXTRA if name in rows[0]}
    return Hours(path.stem.removesuffix("USDT"), table.bars, read_liquidations(table), extra)


def coarser(hours: Hours, factor: int) -> Hours:
    """Return bars of `factor` hours each, counted from midnight UTC; those with a missing hour are left out."""
    if factor == 1:
        return hours
    bars, number = hours.bars, hours.bars.time // (factor * HOUR)
    first = np.flatnonzero(np.diff(number, prepend=number[0] - 1))
    last = np.append(first[1:], len(bars)) - 1
    whole = last - first + 1 == factor

    def total(values: Floats) -> Floats:
        return np.add.reduceat(values, first)[whole]

    made = Bars(
        time=bars.time[first][whole],
        open=bars.open[first][whole],
        high=np.maximum.reduceat(bars.high, first)[whole],
        low=np.minimum.reduceat(bars.low, first)[whole],
        close=bars.close[last][whole],
        volume=total(bars.volume),
        open_interest=bars.open_interest[last][whole],
        mark_low=np.minimum.reduceat(bars.mark_low, first)[whole],
        mark_high=np.maximum.reduceat(bars.mark_high, first)[whole],
        step=factor * HOUR,
    )
    liquidated = BySide(*(total(amounts) for amounts in hours.liquidated))
    return Hours(hours.name, made, liquidated, {name: total(values) for name, values in hours.extra.items()})


def warm_up(hours: Hours, burn_hours: int) -> int:
    """Return how many bars the warm-up takes."""
    return math.ceil(burn_hours * HOUR / hours.bars.step)
