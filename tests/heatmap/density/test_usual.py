import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.density.heat import STEP, contrast_at, heat_at
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES as RULES
from service.heatmap.density.usual import DISTANCES, USUAL, gap_depth, heat_for_distance

# Bins outward from the price to 9 % of it.
AWAY: Floats = (np.arange(150, dtype=np.float64) + 0.5) * STEP


def behind_a_gap(end: float, rim: float = 1.0) -> Floats:
    """Return the heat of a side that is empty up to a distance and from there stands out from its surroundings."""
    return heat_at(np.where(end > AWAY, 0.0, rim))


def test_a_level_map_is_level_for_every_distance() -> None:
    """Where price has left no gap nothing is unusual, so that a map without structure stays without."""
    level = np.full(150, 0.5)
    assert gap_depth(level, AWAY) == 0.0
    np.testing.assert_allclose(heat_for_distance(level, AWAY, 0.0), 0.5)


def test_far_away_it_is_the_heat() -> None:
    """From 5 % on nothing is usual but as dense as the surroundings."""
    values = np.random.default_rng(1).uniform(0.4, 1.0, 150)
    far: NDArray[np.bool_] = DISTANCES[-1] <= AWAY
    assert heat_for_distance(values, AWAY, 1.0)[far].tolist() == pytest.approx(values[far].tolist(), abs=1e-6)


def test_little_near_the_price_is_more_than_is_usual_there() -> None:
    """Half as dense as its surroundings is hot at .35 %, where most maps are empty, and nowhere near it at 1 %."""
    near = heat_for_distance(heat_at(np.full(150, 0.5)), AWAY, 1.0)
    assert near[AWAY < 0.0035].min() > RULES.hot
    assert near[(AWAY > 0.009) & (AWAY < 0.02)].max() < 0.2


@pytest.mark.parametrize(("end", "hot"), [(0.001, True), (0.009, False)])
def test_the_rim_of_a_usual_gap_is_not_hot(end: float, hot: bool) -> None:
    """What stands 15 % out of its surroundings behind a gap of .9 % does behind any; behind one of .1 % it is much."""
    full = heat_for_distance(behind_a_gap(end, 1.15), AWAY, 1.0)
    assert bool(full[AWAY < 0.02].max() >= RULES.hot_peak) is hot


def test_the_depth_of_the_gap_is_that_at_the_price() -> None:
    """The emptiest of both sides within a fifth of a per cent; a map that ends before the price has none."""
    heat, away = heat_at(np.array([1.0, 0.25, 1.0, 0.0])), np.array([0.0, 0.001, 0.002, 0.01])
    assert gap_depth(heat, away) == pytest.approx(0.75)
    assert gap_depth(heat, away + 0.1) == 0.0


def test_the_curve_rises_to_the_rim_and_falls_to_one() -> None:
    """Less is usual the nearer the price, most where the gap mostly ends, and nothing but level far away."""
    top = USUAL.index(max(USUAL))
    assert list(USUAL[: top + 1]) == sorted(USUAL[: top + 1])
    assert list(USUAL[top:]) == sorted(USUAL[top:], reverse=True)
    assert USUAL[-1] == 1.0


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0))
def test_the_scale_stays(seed: int, gap: float) -> None:
    """From 0 to 1, whatever is usual."""
    heat = heat_at(np.random.default_rng(seed).exponential(0.8, 150)).round(9)
    full = heat_for_distance(heat, AWAY, gap)
    assert ((full >= 0.0) & (full <= 1.0)).all()


def test_contrast_is_the_inverse_of_heat() -> None:
    """As far as heats are told apart."""
    contrast = np.linspace(0.0, 2.5, 200)
    np.testing.assert_allclose(contrast_at(heat_at(contrast)), contrast, atol=1e-6)
