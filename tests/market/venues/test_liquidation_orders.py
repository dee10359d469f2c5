"""Orders are summed into the bars in which they fell, and a bar of which not all is known is left out."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from service.market.venues.liquidation_orders import by_bar

STEP = 10
ORDERS = st.lists(st.tuples(st.integers(-20, 120), st.integers(0, 5), st.integers(0, 5)), max_size=30)
RANGES = st.lists(st.tuples(st.integers(-10, 110), st.integers(1, 15)), max_size=3)


@settings(deadline=None)
@given(ORDERS, RANGES)
def test_against_a_plain_sum(orders: list[tuple[int, int, int]], unknown: list[tuple[int, int]]) -> None:
    """Every bar of the span, one at a time."""
    gaps = [(start, start + length) for start, length in unknown]
    table = np.array(orders, dtype=np.float64).reshape(-1, 3)
    bars = by_bar(table, (0, 100), STEP, gaps)
    expected = {
        opened: (
            sum(long for time, long, _ in orders if opened <= time < opened + STEP),
            sum(short for time, _, short in orders if opened <= time < opened + STEP),
        )
        for opened in range(0, 100, STEP)
        if not any(start < opened + STEP and stop > opened for start, stop in gaps)
    }
    sides = zip(bars.long.tolist(), bars.short.tolist(), strict=True)
    assert dict(zip(bars.time.tolist(), sides, strict=True)) == expected


def test_no_orders_are_bars_of_nothing() -> None:
    """Zero is what is known of a bar in which nobody was liquidated."""
    bars = by_bar(np.empty((0, 3)), (0, 30), STEP, [])
    assert bars.time.tolist() == [0, 10, 20]
    assert not bars.columns().any()
