"""Print what the draws of a cascade take, in CPU time, on a made-up book and map.

Run: python -m bench.bench_cascade
400 draws over nine maps of 400 bins and 1,000 levels; the map's longs as they are, and so heavy that R passes 1 and the
walk goes on for many rounds. The least of five runs, ms.
"""

import time
from collections.abc import Callable

import numpy as np

from service.heatmap import Shock, price_axis
from service.heatmap.cascade import STATES, cascade_odds

PRICE, LEVELS, MAPS, RUNS, DRAWS = 100.0, 1000, 9, 5, 400
HEAVIER = (1.0, 10.0, 50.0, 200.0)


def least(run: Callable[[], object]) -> float:
    """Return the least CPU time of some runs, ms."""
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        run()
        times.append(1000.0 * (time.process_time() - began))
    return min(times)


def main() -> None:
    """Print one row a weight of the map."""
    edges, away = price_axis(PRICE, 50.0, bins=400).edges, np.arange(1, LEVELS + 1) * 0.005
    bids, asks = (np.column_stack([PRICE + sign * away, np.full(LEVELS, 50.0)]) for sign in (-1, 1))
    maps = np.random.default_rng(0).random((MAPS, len(edges) - 1)) * 1e4
    print("map x  " + "  ".join(f"{state:>6}" for state in STATES))
    for heavier in HEAVIER:
        cells = [
            least(
                lambda state=state, heavier=heavier: cascade_odds(  # type: ignore[misc]  # bound as they are now
                    bids,
                    asks,
                    edges,
                    heavier * maps,
                    maps,
                    PRICE,
                    Shock(move_pct=-5.0),
                    rng=np.random.default_rng(0),
                    zones=[(90.0, 95.0)] * 8,
                    samples=DRAWS,
                    refill=1e5,
                    state=state,
                )
            )
            for state in STATES
        ]
        print(f"{heavier:5g}  " + "  ".join(f"{cell:6.1f}" for cell in cells))


if __name__ == "__main__":
    main()
