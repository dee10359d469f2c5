"""Heat shares: what the picture shows has bands, neither a wall nor a void."""

import numpy as np
import pytest

from bench.heat_shares import MOST, beyond_the_gap, shares, simulated


def test_the_gap_around_each_price_is_left_out() -> None:
    """From the price outward until something is felt, on both sides; nothing else is."""
    heat = np.array([[0.1, 0.9, 0.1, 0.0, 0.2, 0.8, 0.1], [0.0] * 7])
    edges = np.arange(8.0)
    assert beyond_the_gap(heat, edges, np.array([3.5, 3.5])).tolist() == [
        [True, True, False, False, False, True, True],
        [False] * 7,
    ]


def test_shares_are_of_what_is_looked_at() -> None:
    """One hot and one empty cell of four beyond the gap."""
    heat = [[0, 230, 120, 40, 120, 10, 120]]
    body = {"grid": {"heat": heat, "edges": list(range(8))}, "candles": {"close": [3.5]}}
    assert shares(body) == pytest.approx((1 / 6, 2 / 6))


def test_a_simulated_map_has_bands() -> None:
    """At most a fifth of it is hot and at most a fifth empty, and some of it is hot."""
    hot, empty = shares(simulated("BTC"))
    assert 0.02 < hot <= MOST
    assert empty <= MOST
