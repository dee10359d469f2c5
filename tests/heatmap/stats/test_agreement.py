from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.stats.agreement import agreement_of, jensen_shannon, spearman, wasserstein

EDGES = np.linspace(80.0, 120.0, 41)
masses = st.lists(st.floats(0, 1e6), min_size=40, max_size=40).map(np.array)


def fine_wasserstein(p: Floats, q: Floats) -> float:
    """Sum the gap between the cumulative curves over a thousand slices of every bin."""
    at = np.linspace(EDGES[0], EDGES[-1], 40_001)
    gap = np.interp(at, EDGES, np.append(0, np.cumsum(p))) - np.interp(at, EDGES, np.append(0, np.cumsum(q)))
    return float(np.abs(gap).mean() * (EDGES[-1] - EDGES[0]))


@given(a=masses, b=masses)
def test_ranges_and_symmetry(a: Floats, b: Floats) -> None:
    """Every measure stays in its range and does not care which map comes first."""
    assume(a.sum() > 0 and b.sum() > 0)
    there, back = agreement_of(EDGES, a, b, 100.0), agreement_of(EDGES, b, a, 100.0)
    assert astuple(there) == pytest.approx(astuple(back), abs=1e-9)
    assert there.wasserstein_pct is not None
    assert there.jensen_shannon is not None
    assert there.common_share is not None
    assert there.wasserstein_pct >= 0
    assert 0 <= there.jensen_shannon <= 1
    assert 0 <= there.common_share <= 1 + 1e-12
    assert there.rank_correlation is None or abs(there.rank_correlation) <= 1 + 1e-12


@pytest.mark.parametrize("seed", range(5))
def test_wasserstein_by_slices(seed: int) -> None:
    """The exact area between the curves is that of a fine sum, crossings inside a bin included."""
    p, q = np.random.default_rng(seed).dirichlet(np.ones(40), 2)
    assert wasserstein(EDGES, p, q) == pytest.approx(fine_wasserstein(p, q), rel=1e-3)


@given(a=masses, bins=st.integers(1, 9))
def test_shift_is_the_wasserstein(a: Floats, bins: int) -> None:
    """A map moved by so many bins is that far away, whatever its shape."""
    inner = np.where((np.arange(40) >= 10) & (np.arange(40) < 30), a, 0.0)
    assume(inner.sum() > 0)
    found = agreement_of(EDGES, inner, np.roll(inner, bins), 50.0)
    assert found.wasserstein_pct == pytest.approx(100 * bins / 50.0)


def test_same_and_apart() -> None:
    """A map with itself agrees wholly; two that share no bin have a divergence of one bit and nothing in common."""
    left, right = np.where(np.arange(40) < 20, 3.0, 0.0), np.where(np.arange(40) < 20, 0.0, 8.0)
    assert astuple(agreement_of(EDGES, left, left, 100.0)) == pytest.approx((0, 0, 1, 1))
    assert astuple(agreement_of(EDGES, left, right, 100.0)) == pytest.approx((20, 1, -1, 0))


def test_sides_are_not_mixed() -> None:
    """All long against all short at the same prices has nothing in common, though no price distance lies between."""
    even, none = np.ones(40), np.zeros(40)
    found = agreement_of(EDGES, np.stack((even, none)), np.stack((none, even)), 100.0)
    assert (found.wasserstein_pct, found.jensen_shannon, found.common_share) == pytest.approx((0, 1, 0))


def test_known_values() -> None:
    """Worked by hand: JS of (1, 0) and (1/2, 1/2) is 0.3113 bits, Spearman with ties 0.9487."""
    assert jensen_shannon(np.array([1.0, 0.0]), np.array([0.5, 0.5])) == pytest.approx(0.311278, abs=1e-6)
    assert spearman(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 2.0, 5.0])) == pytest.approx(0.948683, abs=1e-6)


def test_empty_and_even_maps() -> None:
    """An empty map has no shape to compare, and an even one no ranks."""
    even = np.ones(40)
    assert astuple(agreement_of(EDGES, np.zeros(40), even, 100.0)) == (None,) * 4
    assert agreement_of(EDGES, even, np.arange(40.0), 100.0).rank_correlation is None


def test_small_shares_count() -> None:
    """Two maps of two thousand bins each, none of them in common, are as far apart as two maps of one."""
    there = np.repeat([1.0, 0.0], 2000)
    assert jensen_shannon(there / 2000, there[::-1] / 2000) == pytest.approx(1)
