from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.stats.rebin import rebin

edges = st.lists(st.integers(1, 400), min_size=2, max_size=20, unique=True).map(lambda x: np.array(sorted(x)) / 4)


def slow(edges_from: Floats, mass: Floats, edges_to: Floats) -> list[float]:
    """Share each old bin out over the new ones by the length they have in common."""
    return [
        sum(
            usd * max(0.0, min(high, top) - max(low, bottom)) / (high - low)
            for (low, high), usd in zip(pairwise(edges_from), mass, strict=True)
        )
        for bottom, top in pairwise(edges_to)
    ]


@given(edges_from=edges, edges_to=edges, seed=st.integers(0, 1000))
def test_conserves_and_matches_by_hand(edges_from: Floats, edges_to: Floats, seed: int) -> None:
    """Every new bin holds its share of the old ones, and nothing is lost beyond the ends."""
    mass = np.random.default_rng(seed).uniform(0, 1e9, (2, len(edges_from) - 1))
    found = rebin(edges_from, mass, edges_to)
    total = mass.sum(axis=-1)
    assert found.underflow + found.mass.sum(axis=-1) + found.overflow == pytest.approx(total, rel=1e-12)
    for side in range(2):
        assert found.mass[side] == pytest.approx(slow(edges_from, mass[side], edges_to), rel=1e-9, abs=1e-3)


def test_ends_are_told_apart() -> None:
    """What lies below and above the new edges is returned as such."""
    found = rebin(np.array([0.0, 1.0, 2.0, 3.0]), np.array([4.0, 6.0, 8.0]), np.array([0.5, 2.25]))
    assert (found.underflow, found.mass.tolist(), found.overflow) == (2.0, [10.0], 6.0)


def test_same_edges_are_exact() -> None:
    """The same edges give the same mass to the last bit."""
    mass = np.random.default_rng(3).uniform(0, 1, 50)
    assert np.array_equal(rebin(np.arange(51.0), mass, np.arange(51.0)).mass, mass)


@pytest.mark.parametrize(
    ("edges_from", "mass", "edges_to", "says"),
    [
        ([1.0], [], [0.0, 1.0], "edges_from must be"),
        ([0.0, 1.0], [1.0], [1.0, 1.0], "edges_to must be"),
        ([0.0, np.nan], [1.0], [0.0, 1.0], "edges_from must be"),
        ([0.0, 1.0], [1.0, 2.0], [0.0, 1.0], "mass must have 1 bins"),
    ],
)
def test_bad_input(edges_from: list[float], mass: list[float], edges_to: list[float], says: str) -> None:
    """Edges that do not rise and mass of another length are refused by name."""
    with pytest.raises(ValueError, match=says):
        rebin(np.array(edges_from), np.array(mass), np.array(edges_to))
