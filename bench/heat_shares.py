"""Print how much of a map is hot and how much of it empty: the picture has bands only if neither is most of it.

Run: python bench/heat_shares.py [TABLE.csv ...]     (make pictures HOURS=FOLDER prints the same)

For each table, and for the simulated BTC, ETH and SOL: the shares of cells whose heat is over .85 and under .15. The
gap around each column's own price, which price has just emptied, is left out of both. Wanted: at most a fifth each.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from service.app import create_app
from service.cli.answer import answer
from service.cli.table.bars import read_table
from service.heatmap.density import DEFAULT_DENSITY_RULES
from service.settings import Settings

HOT, EMPTY, MOST = 0.85, 0.15, 0.2
QUERY = {"lookback": "14d", "candles": "true"}
# 2025-10-09T08:53:20Z: the simulated world is the same at each run
SIM_NOW = 1_760_000_000.0


def beyond_the_gap(heat: np.ndarray, edges: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Return which cells lie beyond their column's gap, bool[T, B]; heat float[T, B], close float[T]."""
    beyond = np.ones(heat.shape, bool)
    for column, price in enumerate(close):
        at = int(np.clip(np.searchsorted(edges, price) - 1, 0, heat.shape[1] - 1))
        felt = heat[column] > DEFAULT_DENSITY_RULES.gap
        above, below = np.flatnonzero(felt[at:]), np.flatnonzero(felt[: at + 1])
        first, last = (below[-1] if below.size else -1), (at + above[0] if above.size else heat.shape[1])
        beyond[column, first + 1 : last] = False
    return beyond


def shares(body: dict[str, Any]) -> tuple[float, float]:
    """Return the shares of hot and of empty cells in an answer of /v1/heatmap with candles."""
    heat = np.array(body["grid"]["heat"]) / 255
    close = np.array([np.nan if value is None else value for value in body["candles"]["close"]])
    looked = beyond_the_gap(heat, np.array(body["grid"]["edges"]), close)
    return float((heat > HOT)[looked].mean()), float((heat < EMPTY)[looked].mean())


def simulated(symbol: str) -> dict[str, Any]:
    """Return the map of a simulated market."""
    client = create_app(Settings(exchanges=("sim",)), clock=lambda: SIM_NOW).test_client()
    response = client.get("/v1/heatmap", query_string=QUERY | {"exchange": "sim", "symbol": symbol})
    body: dict[str, Any] = response.get_json()
    return body


def line(name: str, body: dict[str, Any]) -> str:
    """Return a row of the table that is printed."""
    hot, empty = shares(body)
    verdict = "yes" if max(hot, empty) <= MOST else "no"
    return f"{name:<12} over .85: {hot:5.1%}   under .15: {empty:5.1%}   at most a fifth: {verdict}"


def main(tables: Sequence[str]) -> int:
    """Print a line for each map."""
    for path in tables:
        table = read_table(Path(path))
        print(line(Path(path).stem, answer("heatmap", table, "COIN", [f"{n}={v}" for n, v in QUERY.items()])))
    for symbol in ("BTC", "ETH", "SOL"):
        print(line(f"sim {symbol}", simulated(symbol)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
