import math

import numpy as np
import pytest

from service.heatmap.day_bootstrap import Estimate, day_counts, estimate


def test_first_column_is_the_sample() -> None:
    """Every resampling draws as many days as there are; the first takes each once."""
    counts = day_counts(days=9, boot=5, seed=1)
    assert counts.shape == (9, 6)
    assert (counts[:, 0] == 1).all()
    assert (counts.sum(axis=0) == 9).all()


def test_days_are_drawn_one_resampling_after_the_other() -> None:
    """The generator is used as if each resampling chose its days in turn, so published intervals can be repeated."""
    days, random = np.arange(40), np.random.default_rng(7)
    expected = [np.bincount(random.choice(days, 40), minlength=40) for _ in range(12)]
    np.testing.assert_array_equal(day_counts(days=40, boot=12, seed=7)[:, 1:].T, expected)


def test_estimate_reads_the_interval_off_the_draws() -> None:
    """The figure is the first, the interval holds the middle 95 % of the others, undefined ones left out."""
    draws = np.concatenate(([0.5], np.linspace(0.0, 1.0, 201), [np.nan] * 9))
    found = estimate(draws)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.025, 0.975))


@pytest.mark.parametrize("draws", [[0.3], [0.3, math.nan, math.nan]])
def test_estimate_without_draws_has_no_interval(draws: list[float]) -> None:
    """No defined resampling, no interval."""
    found = estimate(np.array(draws))
    assert found.value == 0.3
    assert math.isnan(found.low)
    assert math.isnan(found.high)


@pytest.mark.parametrize(
    ("low", "high", "standing"),
    [
        (0.01, 0.2, "better"),
        (0.0, 0.2, "indistinguishable"),
        (-0.1, 0.2, "indistinguishable"),
        (-0.1, 0.0, "indistinguishable"),
        (-0.2, -0.1, "worse"),
        (math.nan, 0.2, "undefined"),
    ],
)
def test_standing_needs_the_whole_interval(low: float, high: float, standing: str) -> None:
    """A figure counts as better or worse only when its interval excludes zero."""
    assert Estimate(0.05, low, high).standing == standing
