"""A made-up table of hours: a walking price, and liquidations that go with how far it ran and how much was traded."""

import csv
from pathlib import Path

import numpy as np

from tests.support.skill_market import market

DAYS = 40
# The warm-up's week and some more, so that both halves have days enough to be scored.
SPLIT = "2023-12-07T12:00Z"


def write_table(path: Path, seed: int, *, extra: bool = True) -> Path:
    """Write a table as the benchmarks read it, with or without the columns that only some changes need."""
    case = market(seed, DAYS)
    bars, random = case.bars, np.random.default_rng([seed, 2])
    long, short = (amount / bars.close for amount in case.liquidated)
    columns = {
        "timestamp": bars.time,
        "open": bars.open,
        "high": bars.high,
        "low": bars.low,
        "close": bars.close,
        "volume": bars.volume,
        "oi_close": bars.open_interest,
        "liquidated_long": long,
        "liquidated_short": short,
    }
    if extra:
        columns |= {"trades": np.ceil(10 * bars.volume), "taker_buy_volume": bars.volume * random.random(len(bars))}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*(values.tolist() for values in columns.values()), strict=True))
    return path
