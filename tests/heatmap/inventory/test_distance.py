import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.inventory.distance import FARTHEST, DistanceCurve, distance_curve

rising = st.lists(st.integers(1, 3000), min_size=2, max_size=12, unique=True).map(lambda x: np.sort(x) / 1000.0)


def long_curve(distances: Floats, weights: Floats) -> DistanceCurve:
    """Return the curve of longs whose bucket edges are liquidated at these log distances, farthest leverage last."""
    return distance_curve(np.exp(-distances[::-1]), weights, np.arange(1.0, len(weights) + 1))


@given(distances=rising, seed=st.integers(0, 999))
def test_integral_is_the_area_under_within(distances: Floats, seed: int) -> None:
    """The integral matches the trapezoid rule on a grid that holds every kink, before, between and past the points."""
    curve = long_curve(distances, np.random.default_rng(seed).uniform(0.1, 1.0, len(distances) - 1))
    grid = np.unique(np.concatenate((np.linspace(-0.5, 4.0, 200), curve.u)))
    within = curve.within(grid)
    steps = 0.5 * (within[1:] + within[:-1]) * np.diff(grid)
    assert curve.integral(grid) == pytest.approx(np.append(0.0, np.cumsum(steps)), abs=1e-12)
    assert np.array_equal(curve.integral_along(grid), curve.integral(grid))


@given(distances=rising, seed=st.integers(0, 999))
def test_shares_by_distance(distances: Floats, seed: int) -> None:
    """Each bucket's share lies between its own edges, highest leverage first, and all of them make one."""
    weights = np.random.default_rng(seed).uniform(0.1, 1.0, len(distances) - 1)
    curve = long_curve(distances, weights)
    assert curve.u == pytest.approx(distances)
    assert np.diff(curve.mass) == pytest.approx(weights[::-1] / weights.sum())
    assert (curve.mass[0], curve.mass[-1]) == (0.0, pytest.approx(1.0))
    assert curve.leverage.tolist() == list(range(len(weights), 0, -1))
    assert curve.share == pytest.approx(weights[::-1] / weights.sum())


def test_sides_mirror() -> None:
    """A multiplier and its inverse are as far from the entry."""
    multipliers, weights = np.array([0.5, 0.8, 0.97]), np.array([0.4, 0.6])
    long, short = (distance_curve(m, weights, np.array([3.0, 10.0])) for m in (multipliers, 1 / multipliers))
    assert long.u == pytest.approx(short.u)
    assert long.mass == pytest.approx(short.mass)


@pytest.mark.parametrize(
    ("multipliers", "kept"),
    [
        ([0.5, 0.8, 0.9, np.nan, np.nan], [0, 1]),  # leverage too high for the market
        ([0.5, 0.8, 0.9, 0.95, 1.0], [0, 1, 2]),  # liquidated on entry
        ([np.nan, 0.8, 0.9, 0.95, 0.97], [1, 2, 3]),
    ],
)
def test_buckets_where_nobody_can_stand_are_left_out(multipliers: list[float], kept: list[int]) -> None:
    """They alone are left out, and the others take their share."""
    weights, leverage = np.array([0.1, 0.2, 0.3, 0.4]), np.array([3.0, 6.0, 12.0, 25.0])
    curve = distance_curve(np.array(multipliers), weights, leverage)
    assert curve.leverage.tolist() == leverage[kept][::-1].tolist()
    assert curve.share == pytest.approx(weights[kept][::-1] / weights[kept].sum())
    assert curve.mass[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("never", [0.0, np.inf, np.exp(-FARTHEST - 1), np.exp(FARTHEST + 1)])
def test_what_no_price_liquidates_is_infinitely_far(never: float) -> None:
    """The share of such a bucket is kept but never reached, and the others keep theirs."""
    multipliers = np.array([0.0, 0.5, 0.8]) if never < 1 else np.array([np.inf, 2.0, 1.25])
    multipliers[0] = never
    curve = distance_curve(multipliers, np.array([0.3, 0.7]), np.array([1.2, 3.0]))
    assert curve.mass[-1] == pytest.approx(0.7)
    assert curve.within(np.array([100.0]))[0] == pytest.approx(0.7)
    assert curve.share == pytest.approx([0.7])


def test_nothing_but_what_never_liquidates() -> None:
    """A mix that no price liquidates has a curve of zeros."""
    curve = distance_curve(np.array([0.0, 0.0]), np.ones(1), np.ones(1))
    assert not curve.within(np.linspace(0, 9, 10)).any()
    assert not curve.integral(np.linspace(0, 9, 10)).any()
    assert len(curve.share) == 0


def test_overlapping_buckets() -> None:
    """Where a risk tier puts a lower leverage nearer, the buckets overlap and their shares add up."""
    curve = distance_curve(np.exp([-0.3, -0.1, -0.2]), np.array([0.5, 0.5]), np.array([5.0, 10.0]))
    assert curve.within(np.array([0.1, 0.15, 0.2, 0.3])) == pytest.approx([0.0, 0.375, 0.75, 1.0])


def test_one_distance_for_a_whole_bucket() -> None:
    """A bucket without width is a step, not a division by zero."""
    curve = distance_curve(np.exp([-0.2, -0.2]), np.ones(1), np.array([5.0]))
    assert curve.within(np.array([0.19, 0.21])).tolist() == [0.0, 1.0]
    assert curve.integral(np.array([1.2]))[0] == pytest.approx(1.0)


def test_no_weight_at_all() -> None:
    """Without any levered share the curve is flat, as nothing will be opened along it."""
    curve = distance_curve(np.array([0.5, 0.9]), np.zeros(1), np.array([3.0]))
    assert not curve.mass.any()


@pytest.mark.parametrize(
    ("multipliers", "weights"), [([np.nan, np.nan, np.nan], [0.5, 0.5]), ([0.5, 0.8, np.nan], [0.0, 1.0])]
)
def test_nothing_left(multipliers: list[float], weights: list[float]) -> None:
    """A mix of which nobody can stand is refused by name."""
    with pytest.raises(ValueError, match="mix: every leverage in it is liquidated on entry"):
        distance_curve(np.array(multipliers), np.array(weights), np.ones(2))
