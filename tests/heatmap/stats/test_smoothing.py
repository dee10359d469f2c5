import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.stats.smoothing import gaussian, percentiles, smooth

VALUES = st.lists(st.floats(0.0, 1e9), min_size=1, max_size=60).map(np.array)


def plain_smooth(values: list[float], sigma: float) -> list[float]:
    """Average the slow way: a weighted mean over the bins that exist within three sigma."""
    reach = max(1, math.ceil(3 * sigma))
    result = []
    for i in range(len(values)):
        near = [j for j in range(len(values)) if abs(i - j) <= reach]
        weights = [math.exp(-0.5 * ((i - j) / sigma) ** 2) for j in near]
        result.append(sum(w * values[j] for w, j in zip(weights, near, strict=True)) / sum(weights))
    return result


@given(VALUES, st.floats(0.2, 30.0))
def test_smoothing_is_the_weighted_mean(values: np.ndarray, sigma: float) -> None:
    """The convolution agrees with the plain weighted mean, also where the kernel is longer than the profile."""
    np.testing.assert_allclose(smooth(values, sigma), plain_smooth(values.tolist(), sigma), rtol=1e-9, atol=1e-3)


def test_a_flat_profile_stays_flat_to_its_ends() -> None:
    """No weight is lost at the ends, so density does not seem to fall towards the price."""
    np.testing.assert_allclose(smooth(np.full(20, 7.0), 3.0), 7.0, rtol=1e-12)


def test_kernel_sums_to_one_and_survives_no_width() -> None:
    """A smoothing much narrower than a bin leaves everything in its bin."""
    assert gaussian(2.5).sum() == pytest.approx(1.0)
    np.testing.assert_array_equal(gaussian(0.0), [0.0, 1.0, 0.0])


@given(VALUES, st.lists(st.floats(0.0, 100.0), min_size=1, max_size=4).map(tuple))
def test_percentiles_are_numpys(values: np.ndarray, shares: tuple[float, ...]) -> None:
    """The short cut through a partial sort gives numpy's linear percentiles."""
    np.testing.assert_allclose(percentiles(values, shares), np.percentile(values, shares), rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("count", [100, 1000, 3000])
def test_a_percentile_keeps_its_place_while_the_next_is_looked_for(count: int) -> None:
    """Of many values too, where those beyond one found are moved about."""
    values = np.random.default_rng(count).random(count)
    for shares in ((50.0, 90.0, 99.0), (99.0, 1.0), (0.0, 100.0)):
        np.testing.assert_allclose(percentiles(values, shares), np.percentile(values, shares), rtol=1e-12)
