"""Compare the map with the simulated market's hidden true positions, by venue and symbol.

Run: python bench/bench_truth.py
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.truth import BINS, NEAR_PCT, WHOLE_PCT, Closeness, mean_closeness, scene
from service.market.feed import SETTLE_MS
from service.market.sim import SimulatedExchange, sim, sim2

SEED, MOMENTS, APART_DAYS, DRAWS = 7, 6, 5, 5
DAY = 86_400_000
NOW = 1_795_305_600_000  # 2026-11-22


def figures(venue: SimulatedExchange, symbol: str, range_pct: float) -> tuple[dict[str, Closeness], float]:
    """Return the closeness of each map to the truth, and the model's notional over the true one."""
    found: dict[str, list[Closeness]] = {"model": [], "split-half": [], "uniform": [], "mirrored": []}
    mass = []
    for number in range(MOMENTS):
        shown = scene(venue, lambda: (NOW + SETTLE_MS) / 1000, symbol, NOW - number * APART_DAYS * DAY, range_pct)
        truth = shown.truth()
        found["model"].append(shown.closeness(shown.model, truth))
        found["split-half"].append(shown.ceiling(np.random.default_rng(number), DRAWS))
        found["uniform"].append(shown.closeness(shown.uniform(), truth))
        found["mirrored"].append(shown.closeness(shown.mirrored(), truth))
        mass.append(shown.model.total / truth.total)
    return {name: mean_closeness(rows) for name, rows in found.items()}, float(np.mean(mass))


def main() -> None:
    """Print one row per venue, symbol and reach; W1 in % of the price."""
    print(f"Means over {MOMENTS} moments {APART_DAYS} days apart, {BINS} bins, model defaults. split-half: two random")
    print("halves of the true positions against each other; mass: notional of the model over the true one.")
    head = f"{'W1 model':>10}{'uniform':>9}{'mirrored':>9}{'split-half':>11}{'rank model':>12}{'split-half':>11}"
    print(f"{'venue':6}{'symbol':7}{'reach':>7}{head}{'top tenth':>11}{'split-half':>11}{'mass':>6}")
    for opened in (sim, sim2):
        venue = opened(clock=lambda: (NOW + SETTLE_MS) / 1000, seed=SEED)
        for symbol in venue.markets():
            for reach in (NEAR_PCT, WHOLE_PCT):
                found, mass = figures(venue, symbol, reach)
                model, ceiling = found["model"], found["split-half"]
                moved = [found[name].wasserstein_pct for name in ("model", "uniform", "mirrored", "split-half")]
                print(
                    f"{venue.id:6}{symbol.split('/')[0]:7}{reach:6g}%"
                    f"{moved[0]:10.2f}{moved[1]:9.2f}{moved[2]:9.2f}{moved[3]:11.2f}"
                    f"{model.rank_correlation:12.2f}{ceiling.rank_correlation:11.2f}"
                    f"{model.top_decile:11.2f}{ceiling.top_decile:11.2f}{mass:6.2f}"
                )


if __name__ == "__main__":
    main()
