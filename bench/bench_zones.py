"""Time zones, levels and touches beside sorting one profile, and check that what was timed is an answer.

Run: python bench/bench_zones.py
The map's columns are in hand: what is timed is what zones take beyond it.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from service.heatmap import Bars, find_levels, find_touches, find_zones
from service.heatmap.density import DEFAULT_DENSITY_RULES
from service.heatmap.zones import GridHistory, zones_axis

HOUR = 3_600_000
# A thousand hours, and what 5-minute bars of a fortnight come to.
COLUMNS = (1000, 4000)


def best_ms(call: Callable[[], object], repeats: int) -> float:
    """Return the fastest of several runs, in ms: what the work takes when nothing else disturbs it."""
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        spent.append(time.perf_counter() - start)
    return 1e3 * min(spent)


def market(random: np.random.Generator, count: int) -> Bars:
    """Return a walk of hourly bars around 1,000."""
    close = 1000.0 * np.exp(np.cumsum(random.normal(0.0, 0.004, count)))
    opened = np.concatenate(([1000.0], close[:-1]))
    high = np.maximum(opened, close) * (1 + random.exponential(0.002, count))
    low = np.minimum(opened, close) * (1 - random.exponential(0.002, count))
    volume, unknown = random.lognormal(5.0, 0.5, count), np.full(count, np.nan)
    return Bars(HOUR * np.arange(count), opened, high, low, close, volume, unknown, low, high, HOUR)


def grids(random: np.random.Generator, bars: Bars, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return lumps that slowly change, longs below and shorts above each close."""
    lumps = np.cumsum(random.normal(0.0, 0.2, (2, len(bars), len(edges) // 10 + 1)), axis=1)
    density = np.exp(lumps).repeat(10, axis=2)[:, :, : len(edges) - 1]
    below = edges[None, 1:] <= bars.close[:, None]
    return density[0] * below, density[1] * ~below


def report(columns: int) -> None:
    """Print ms and the ratio to one np.sort of the same profile."""
    random = np.random.default_rng(7)
    bars = market(random, columns)
    price = float(bars.close[-1])
    axis = zones_axis(float(bars.low.min()), float(bars.high.max()), DEFAULT_DENSITY_RULES)
    edges = axis.edges
    long, short = grids(random, bars, edges)
    steps = np.arange(1, 401) * price * 1e-4
    bids = np.column_stack([price - steps, np.full(400, 5.0)])
    asks = np.column_stack([price + steps, np.full(400, 5.0)])
    profile = long[-1] + short[-1]
    levels = find_levels(bars, bids=bids, asks=asks)
    history = GridHistory(bars.time, long, short, axis.bin_size)

    yardstick = best_ms(lambda: np.sort(profile), 200)
    zones = find_zones(axis, long[-1], short[-1], price, bars, bids=bids, asks=asks, levels=levels, history=history)
    touches = find_touches(axis, long, short, bars.time, bars)
    assert zones.hot
    assert sum(zone.share for zone in zones.hot + zones.cold) <= 1.0 + 1e-12
    timed: dict[str, tuple[Callable[[], object], int]] = {
        f"zones ({len(zones.hot)} hot, {len(zones.cold)} cold)": (
            lambda: find_zones(
                axis, long[-1], short[-1], price, bars, bids=bids, asks=asks, levels=levels, history=history
            ),
            50,
        ),
        f"levels ({len(levels)})": (lambda: find_levels(bars, bids=bids, asks=asks), 20),
        f"touches ({len(touches.touches)}) over {columns} columns": (
            lambda: find_touches(axis, long, short, bars.time, bars),
            3,
        ),
    }
    print(f"{axis.count} bins, {columns} columns; np.sort of the profile: {yardstick:.4f} ms")
    for name, (call, repeats) in timed.items():
        spent = best_ms(call, repeats)
        print(f"  {name}: {spent:.2f} ms, {spent / yardstick:.0f} x the sort")


def main() -> None:
    """Print the times for each number of columns."""
    for columns in COLUMNS:
        report(columns)


if __name__ == "__main__":
    main()
