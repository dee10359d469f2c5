"""Hours of our own: two months of the simulated market, with the liquidations that follow from its hidden truth.

They stand wherever a test needs hours of a whole market but not of a real one. Nothing is kept in the repository: a
seed makes them anew, the same each time. They have the columns, the grain and the flaws of a recorded table: one hour
is missing, and some liquidations are.
"""

import csv
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.bars import Bars
from service.market.sim import sim
from tests.emulator.hours import COINS

HOUR = 3_600_000
SEED, COUNT = 7, 1464
END = 1_724_104_800_000  # 2024-08-19T22:00Z, when the last hour closes
MISSING, UNKNOWN = 300, slice(400, 404)
SYMBOLS = tuple(f"{base}USDT" for base in COINS)
Table = dict[str, NDArray[Any]]


@cache
def table_of(symbol: str) -> Table:
    """Return one symbol's columns: `timestamp` int64 epoch ms, others float64, base coin; unknown values are NaN."""
    coin = COINS[symbol.removesuffix("USDT")]
    market, since = f"{coin.base}/USDT:USDT", END - COUNT * HOUR
    venue = sim(clock=lambda: END / 1000, seed=SEED)
    bars = venue.ohlcv(market, "1h", since, END)
    interest = venue.open_interest(market, "1h", since, END + 1).amount
    forced = venue.true_liquidations(market, "1h", since, END)
    random = np.random.default_rng([SEED, coin.per_coin])
    prices = {name: np.round(getattr(bars, name), coin.price_digits) for name in ("open", "high", "low", "close")}
    amounts = {
        "volume": bars.volume,
        "taker_buy_volume": bars.volume * random.uniform(0.4, 0.6, COUNT),
        "oi_open": interest[:-1],
        "oi_close": interest[1:],
        "liquidated_long": forced.long,
        "liquidated_short": forced.short,
    }
    table: Table = {"timestamp": bars.time, **prices}
    table |= {name: np.round(values * coin.per_coin) / coin.per_coin for name, values in amounts.items()}
    table |= {"trades": np.ceil(10 * table["volume"]), "long_short_ratio": np.round(random.uniform(0.8, 3, COUNT), 4)}
    for side in ("liquidated_long", "liquidated_short"):
        table[side][UNKNOWN] = np.nan
    return {name: np.delete(values, MISSING) for name, values in table.items()}


def hours_of(symbol: str) -> Bars:
    """Return them as the model reads bars."""
    table = table_of(symbol)
    low, high = table["low"], table["high"]
    path = (table["open"], high, low, table["close"])
    return Bars(table["timestamp"], *path, table["volume"], table["oi_close"], low, high, HOUR)


def write_hours(folder: Path) -> Path:
    """Write a table for each symbol into a folder, and return the folder; what is unknown is left empty."""
    for symbol in SYMBOLS:
        table = table_of(symbol)
        with (folder / f"{symbol}.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(table)
            for row in zip(*(column.tolist() for column in table.values()), strict=True):
                rows.writerow("" if np.isnan(value) else _plain(value) for value in row)
    return folder


def _plain(value: float) -> str:
    """Return a figure without the .0 of a whole one, as tables have it."""
    return repr(int(value)) if value == int(value) else repr(value)
