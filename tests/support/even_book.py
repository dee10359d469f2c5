"""A book of even levels around 100, an empty map, and a shock run on them."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.cascade import Cascade, run_cascade
from service.heatmap.cascade.shock import Shock

PRICE = 100.0
EDGES = np.linspace(50.0, 150.0, 201)
NOTHING = np.zeros(200)
STEPS = np.arange(1, 41) * 0.25
# 1,000 USD on each quarter of a dollar, 10 dollars deep on both sides
BIDS = np.column_stack([PRICE - STEPS, 1_000 / (PRICE - STEPS)])
ASKS = np.column_stack([PRICE + STEPS, 1_000 / (PRICE + STEPS)])
books = st.lists(st.tuples(st.floats(0.01, 5), st.floats(0.1, 50)), min_size=1, max_size=30).map(
    lambda rows: np.array([(PRICE - sum(gap for gap, _ in rows[: i + 1]) / 10, rows[i][1]) for i in range(len(rows))])
)
profiles = st.lists(st.floats(0, 5_000), min_size=200, max_size=200).map(np.array)


def run(shock: Shock, long: Floats = NOTHING, short: Floats = NOTHING, **options: Any) -> Cascade:
    """Run a shock on the even book."""
    return run_cascade(options.pop("bids", BIDS), ASKS, EDGES, long, short, PRICE, shock, **options)


def clump(low: float, high: float, usd: float) -> Floats:
    """Return a profile with `usd` spread over the bins from low to high."""
    inside = (EDGES[:-1] >= low) & (EDGES[1:] <= high)
    return np.where(inside, usd / np.count_nonzero(inside), 0.0)
