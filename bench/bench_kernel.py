"""Time the kernel, 1000 bars x 500 bins x 2 sides with 30 leverage levels, against filling the same output once."""

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from service.heatmap import Assumptions, Bars, Heatmap, PriceAxis, Side, heatmap_of, take_inventory
from service.heatmap.inventory import Inventory, typical_venue

BARS, BINS, ROUNDS = 1000, 500, 60
HOUR = 3_600_000
VENUE = typical_venue()


def market(seed: int) -> Bars:
    """Return hourly bars of a random walk with the size, turnover and swing of a large perpetual."""
    random = np.random.default_rng(seed)
    close = 60_000 * np.exp(np.cumsum(0.005 * random.standard_normal(BARS)))
    opened = np.append(60_000, close[:-1])
    high = np.maximum(opened, close) * (1 + 0.002 * random.random(BARS))
    low = np.minimum(opened, close) * (1 - 0.002 * random.random(BARS))
    volume = random.gamma(2.0, 5_000.0, BARS)
    interest = 80_000 * np.exp(np.cumsum(0.004 * random.standard_normal(BARS)))
    return Bars(HOUR * np.arange(BARS), opened, high, low, close, volume, interest, low, high, HOUR)


def axis_around(price: float) -> PriceAxis:
    """Return 500 bins that reach 15 % either way."""
    size = 0.3 * price / BINS
    return PriceAxis(size, round(0.85 * price / size), BINS)


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


def main() -> None:
    """Print the figures."""
    bars, assumptions = market(7), Assumptions()
    assert len(assumptions.mix.weights) == 30
    axis = axis_around(float(bars.close[-1]))
    inventory = take_inventory(bars, assumptions, VENUE, axis, BARS)
    error = check(inventory, heatmap_of(inventory))
    works: dict[str, Callable[[], object]] = {
        "fill the output once": fill,
        "take_inventory": lambda: take_inventory(bars, assumptions, VENUE, axis, BARS),
        "heatmap": lambda: heatmap_of(inventory),
        "both": lambda: heatmap_of(take_inventory(bars, assumptions, VENUE, axis, BARS)),
    }
    taken = {name: timed(ROUNDS, work) for name, work in works.items()}
    once = taken["fill the output once"]
    for name, all_of_it in taken.items():
        median, best = all_of_it[ROUNDS // 2], all_of_it[0]
        ratio = f"{median / once[ROUNDS // 2]:6.1f}x fill"
        print(f"{name:22} median {median:7.3f} ms   best {best:7.3f} ms   {ratio}")
    print(f"worst relative error of conservation {error:.1e}")


if __name__ == "__main__":
    main()
