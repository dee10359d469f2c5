"""Time the kernel, 1000 bars x 500 bins x 2 sides with 30 leverage levels, against filling the same output once.

Run: python bench/bench_kernel.py
Then how cost grows with bars, bins, leverage levels, populations and exchanges: the exponent of a power law through the
ends.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from math import log
from pathlib import Path
from threading import Thread
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from service.heatmap import Assumptions, Bars, Heatmap, PriceAxis, Side, heatmap_of, parse_mix, take_inventory
from service.heatmap.base import log_axis_between
from service.heatmap.density import STEP, heat_of
from service.heatmap.inventory import (
    FASTEST,
    AssumedPopulation,
    Course,
    Grids,
    Inventory,
    Loop,
    State,
    Wanted,
    adverse_of,
    curves,
    empty_state,
    flows_of,
    numpy_loop,
    side_path,
    stand,
    typical_venue,
    worth_of,
)
from service.heatmap.profile import summed

BARS, BINS, ROUNDS = 1000, 500, 60
HOUR = 3_600_000
NUMPY = "loop in numpy"
VENUE = typical_venue()


def market(seed: int, count: int = BARS) -> Bars:
    """Return hourly bars of a random walk with the size, turnover and swing of a large perpetual."""
    random = np.random.default_rng(seed)
    close = 60_000 * np.exp(np.cumsum(0.005 * random.standard_normal(count)))
    opened = np.append(60_000, close[:-1])
    high = np.maximum(opened, close) * (1 + 0.002 * random.random(count))
    low = np.minimum(opened, close) * (1 - 0.002 * random.random(count))
    volume = random.gamma(2.0, 5_000.0, count)
    interest = 80_000 * np.exp(np.cumsum(0.004 * random.standard_normal(count)))
    return Bars(HOUR * np.arange(count), opened, high, low, close, volume, interest, low, high, HOUR)


def axis_around(price: float, bins: int = BINS) -> PriceAxis:
    """Return bins that reach 15 % either way."""
    size = 0.3 * price / bins
    return PriceAxis(size, round(0.85 * price / size), bins)


def timed(rounds: int, work: Callable[[], object]) -> list[float]:
    """Return the milliseconds that each round of `work` took, quickest first."""
    taken = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        taken.append(1000 * (perf_counter() - start))
    return sorted(taken)


def fill() -> np.ndarray:
    """Write as many cells as the kernel's answer has, once."""
    return np.full((2, BARS, BINS), 1.0)


def check(inventory: Inventory, made: Heatmap) -> float:
    """Assert that what was timed is a whole map; return the worst relative error of its conservation."""
    interest = inventory.flows.open_interest
    worst = 0.0
    for side in Side:
        standing, account = inventory.sides[side], made.accounts[side]
        worst = max(
            worst,
            float(np.max(np.abs(standing.levered + standing.unlevered - interest) / interest)),
        )
        whole = account.in_grid + account.outside_grid + account.unlevered
        worst = max(worst, abs(whole - account.open_interest) / account.open_interest)
        assert account.in_grid > 0.0
    assert made.long.shape == made.short.shape == (BARS, BINS)
    assert worst < 1e-9
    return worst


def sides(bars: Bars, axis: PriceAxis, loop: Loop) -> dict[Side, Callable[[], object]]:
    """Return for each side what the loop has to do for it, with all that it needs laid out."""
    return {side: partial(again, loop, *laid_out(bars, axis, side)) for side in Side}


def laid_out(bars: Bars, axis: PriceAxis, side: Side) -> tuple[Course, State, Grids]:
    """Return what the kernel gives the loop for one side."""
    at, worth, assumptions = adverse_of(axis.part_edges, side), worth_of(axis, inverse=False), Assumptions()
    populations = assumptions.one_side(curves(assumptions, VENUE)[side])
    seen: list[tuple[Course, State, Grids]] = []

    def look(course: Course, state: State, grids: Grids) -> None:
        seen.append((course, state, grids))
        FASTEST(course, state, grids)

    wanted = Wanted(at, worth, np.empty((BARS, len(worth))))
    stand(side_path(bars, side), flows_of(bars), populations, wanted, loop=look)
    return seen[0]


def again(loop: Loop, course: Course, state: State, grids: Grids) -> None:
    """Run one side from an empty state."""
    loop(course, empty_state(len(course.reach_slot), *state.held.shape), grids)


def side_by_side(works: dict[Side, Callable[[], object]]) -> None:
    """Run both sides at once, each in a thread."""
    threads = [Thread(target=work) for work in works.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def inventory_of(bars: int = BARS, bins: int = BINS, levels: int = 30, populations: int = 2) -> Callable[[], object]:
    """Return the work of taking an inventory of some size."""
    market_of = market(7, bars)
    mix = parse_mix(",".join(f"{leverage:.2f}:1" for leverage in np.geomspace(2.0, 125.0, levels)))
    parts = tuple(
        AssumedPopulation(str(part), 1.0 / populations, mix, 1.5 / (1.0 + part)) for part in range(populations)
    )
    axis, assumptions = axis_around(float(market_of.close[-1]), bins), replace(Assumptions(), populations=parts)
    return lambda: take_inventory(market_of, assumptions, VENUE, axis, bars)


def sum_of(exchanges: int) -> Callable[[], object]:
    """Return the work of one map of some exchanges: the inventory of each on one axis, their sum and its heat."""
    markets = [market(seed) for seed in range(exchanges)]
    axis = log_axis_between(30_000.0, 90_000.0, STEP)

    def work() -> object:
        total = summed([heatmap_of(take_inventory(bars, Assumptions(), VENUE, axis, BARS)) for bars in markets])
        return heat_of(total.long + total.short, axis.bin_size)

    return work


def print_growth(name: str, sizes: Sequence[int], work_of: Callable[[int], Callable[[], object]]) -> None:
    """Print the best ms at each size, and the exponent between the first and the last."""
    best = [timed(9, work_of(size))[0] for size in sizes]
    exponent = log(best[-1] / best[0]) / log(sizes[-1] / sizes[0])
    each = "  ".join(f"{size}: {taken:.2f}" for size, taken in zip(sizes, best, strict=True))
    print(f"{name:12} exponent {exponent:5.2f}   ms at {each}")


def main() -> None:
    """Print the figures, each beside filling the output once and beside the loop in numpy in the same run."""
    bars, assumptions = market(7), Assumptions()
    assert len(assumptions.populations) == 4
    axis = axis_around(float(bars.close[-1]))
    inventory = take_inventory(bars, assumptions, VENUE, axis, BARS)
    error = check(inventory, heatmap_of(inventory))
    slow, fast = sides(bars, axis, numpy_loop), sides(bars, axis, FASTEST)
    works: dict[str, Callable[[], object]] = {
        "fill the output once": fill,
        NUMPY: lambda: [work() for work in slow.values()],
        "loop": lambda: [work() for work in fast.values()],
        "loop, side by side": lambda: side_by_side(fast),
        "take_inventory": lambda: take_inventory(bars, assumptions, VENUE, axis, BARS),
        "heatmap": lambda: heatmap_of(inventory),
        "both": lambda: heatmap_of(take_inventory(bars, assumptions, VENUE, axis, BARS)),
    }
    taken = {name: timed(ROUNDS // 10 if work is works[NUMPY] else ROUNDS, work) for name, work in works.items()}
    fills, numpys = taken["fill the output once"][0], taken[NUMPY][0]
    print(f"loop: {'numpy, for it was not compiled' if FASTEST is numpy_loop else 'compiled'}")
    print(f"{'':22}{'median ms':>10}{'best ms':>10}{'x fill':>10}{'of numpy':>12}")
    for name, all_of_it in taken.items():
        median, best = all_of_it[len(all_of_it) // 2], all_of_it[0]
        print(f"{name:22}{median:10.3f}{best:10.3f}{best / fills:10.1f}{best / numpys:12.4f}")
    print(f"worst relative error of conservation {error:.1e}")
    print_growth("bars", (250, 1000, 4000, 16_000), lambda size: inventory_of(bars=size))
    print_growth("bins", (100, 500, 2000), lambda size: inventory_of(bins=size))
    print_growth("levels", (5, 25, 100), lambda size: inventory_of(levels=size))
    print_growth("populations", (1, 2, 4, 8), lambda size: inventory_of(populations=size))
    print_growth("exchanges", (1, 2, 4, 8), sum_of)


if __name__ == "__main__":
    main()
