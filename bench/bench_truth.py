"""Compare the map with the simulated market's hidden true positions, by venue and symbol.

Run: python bench/bench_truth.py
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.truth import Closeness, mean_closeness, scene
from service.market.simulated import sim, sim2

SEED, MOMENTS, APART_DAYS, DRAWS = 7, 6, 5, 5
DAY = 86_400_000
NOW = 1_795_305_600_000  # 2026-11-22
HEAD = f"{'venue':6}{'symbol':7}{'map':>16}{'W1 % of price':>15}{'rank corr.':>12}{'top decile':>12}"


def main() -> None:
    """Print one row per venue, symbol and map."""
    print(f"{MOMENTS} moments {APART_DAYS} days apart, 400 bins within 15 %, means; the ceiling is the agreement of")
    print("two random halves of the true positions. `mass` is model / truth within the axis.")
    print(HEAD)
    for opened in (sim, sim2):
        venue = opened(clock=lambda: NOW / 1000, seed=SEED)
        for symbol in venue.markets():
            rows, mass = figures(venue, symbol)
            for name, row in rows.items():
                label = f"{venue.id:6}{symbol.split('/')[0]:7}{name:>16}"
                print(f"{label}{row.wasserstein_pct:15.3f}{row.rank_correlation:12.3f}{row.top_decile:12.3f}")
            print(f"{'':13}{'mass':>16}{mass:15.2f}")


def figures(venue: "SimulatedExchange", symbol: str) -> tuple[dict[str, Closeness], float]:
    """Return the closeness of each map to the truth, and how much the model has of it."""
    found: dict[str, list[Closeness]] = {"model": [], "split-half": [], "uniform": [], "mirrored": []}
    mass = []
    for number in range(MOMENTS):
        shown = scene(venue, lambda: NOW / 1000, symbol, NOW - number * APART_DAYS * DAY)
        truth = shown.truth()
        found["model"].append(shown.closeness(shown.model, truth))
        found["split-half"].append(shown.ceiling(np.random.default_rng(number), DRAWS))
        found["uniform"].append(shown.closeness(shown.uniform(), truth))
        found["mirrored"].append(shown.closeness(shown.mirrored(), truth))
        mass.append(shown.model.total / truth.total)
    return {name: mean_closeness(rows) for name, rows in found.items()}, float(np.mean(mass))


if __name__ == "__main__":
    main()
