"""Binance's leverage brackets as it published them one day, for an API that shows its own only to account holders.

The figures are in binance.csv: every USD-M perpetual of that day. Brackets change a few times a year, so that
each answer says of which day they are. A market that is not there is held to a typical ladder, and is said to be.
"""

import csv
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np

from service.heatmap.base import Floats
from service.market.contract import Market, Tiers, coin_and_unit, ladder

DATED = "2024-10-24"
ADDRESS = "https://www.binance.com/en/futures/trading-rules/perpetual/leverage-margin"
FILE = "binance.csv"

# (floor in quote currency, maintenance rate, most leverage): of all ladders the one that most markets had that day, 27
# of 344; its first rate is the median.
TYPICAL = (
    (0, 0.015, 50),
    (5_000, 0.02, 25),
    (20_000, 0.025, 20),
    (25_000, 0.05, 10),
    (200_000, 0.1, 5),
    (400_000, 0.125, 4),
    (500_000, 0.25, 2),
    (1e6, 0.5, 1),
)
TYPICAL_NOTE = "Risk tiers are assumed: a ladder that is typical of Binance's smaller markets."

# Coins that Binance lists by so many; their brackets are in quote currency, and the same for one.
MANY = ("", "1000", "1000000", "1M")
# float64[n, 4] by symbol: floor, maintenance rate, most leverage, and in the last row the cap.
Brackets = Mapping[str, Floats]


@cache
def read_brackets() -> Brackets:
    """Return the brackets of every market in the file, read-only; the file is read once."""
    rows: dict[str, list[list[float]]] = {}
    columns = ("floor", "maintenance_rate", "max_leverage", "cap")
    for row in csv.DictReader((files(__package__) / FILE).read_text().splitlines()):
        rows.setdefault(row["symbol"], []).append([float(row[column] or "inf") for column in columns])
    tables = {symbol: np.array(table) for symbol, table in rows.items()}
    for table in tables.values():
        table.flags.writeable = False
    return MappingProxyType(tables)


def assumed_tiers(market: Market, brackets: Brackets) -> Tiers:
    """Return tiers for a market of any exchange whose own cannot be had: Binance's for the coin, else typical ones.

    They allow no more leverage than the market does. Coin-margined ones are one tier, for borders in quote currency say
    nothing of coin.
    """
    found = tiers_from_table(f"{market.base}/USDT:USDT", brackets)
    one = slice(0, 1) if market.inverse else slice(None)
    leverage = np.minimum(found.max_leverage[one], market.max_leverage or np.inf)
    assumed = ladder(found.floor[one], found.maintenance_rate[one], leverage, "assumed")
    known = found.source == "table"
    note = f"Risk tiers are assumed: Binance's brackets for the coin as of {DATED}." if known else TYPICAL_NOTE
    return replace(assumed, dated=found.dated, note=note)


def tiers_from_table(symbol: str, brackets: Brackets) -> Tiers:
    """Return the tiers of a unified symbol (`table`), or a typical ladder (`assumed`) where they are not in the table.

    A contract that is margined in USDC has those of its twin in USDT where it has none of its own.
    """
    coin, _ = coin_and_unit(symbol.partition("/")[0])
    twins = [f"{many}{coin}/USDT:USDT" for many in MANY]
    own, twin = brackets.get(symbol), next((brackets[name] for name in twins if name in brackets), None)
    table = twin if own is None else own
    if table is None:
        floor, rate, leverage = np.array(TYPICAL, dtype=np.float64).T.copy()
        return replace(ladder(floor, rate, leverage, "assumed"), note=TYPICAL_NOTE)
    floor, rate, leverage, cap = table.T.copy()
    whose = " of its twin in USDT" if own is None else ""
    note = f"Risk tiers are Binance's brackets{whose} as of {DATED}."
    return replace(ladder(floor, rate, leverage, "table", float(cap[-1])), dated=DATED, note=note)
