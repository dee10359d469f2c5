import math

import numpy as np
import pytest

from service.heatmap.stats.bootstrap import ENDS, LEAST_RESAMPLES, Interval, day_counts, interval_of


def test_first_column_is_the_sample() -> None:
    """Every resample draws as many days as there are; the first takes each once."""
    counts = day_counts(days=9, resamples=5, seed=1)
    assert counts.shape == (9, 6)
    assert (counts[:, 0] == 1).all()
    assert (counts.sum(axis=0) == 9).all()


def test_days_are_drawn_one_resampling_after_the_other() -> None:
    """The generator is used as if each resample chose its days in turn, so published intervals can be repeated."""
    days, random = np.arange(40), np.random.default_rng(7)
    expected = [np.bincount(random.choice(days, 40), minlength=40) for _ in range(12)]
    np.testing.assert_array_equal(day_counts(days=40, resamples=12, seed=7)[:, 1:].T, expected)


def test_the_interval_is_read_off_the_resamples() -> None:
    """The figure is the first, the interval holds the middle 95 % of the others, undefined ones left out."""
    figures = np.concatenate(([0.5], np.linspace(0.0, 1.0, 201), [np.nan] * 9))
    found = interval_of(figures)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.025, 0.975))


@pytest.mark.parametrize("figures", [[0.3], [0.3, math.nan, math.nan]])
def test_a_figure_without_resamples_has_no_interval(figures: list[float]) -> None:
    """No defined resample, no interval."""
    found = interval_of(np.array(figures))
    assert found.value == 0.3
    assert math.isnan(found.low)
    assert math.isnan(found.high)


@pytest.mark.parametrize(
    ("low", "high", "judgement"),
    [
        (0.01, 0.2, "better"),
        (0.0, 0.2, "indistinguishable"),
        (-0.1, 0.2, "indistinguishable"),
        (-0.1, 0.0, "indistinguishable"),
        (-0.2, -0.1, "worse"),
        (math.nan, 0.2, "undefined"),
    ],
)
def test_judgement_needs_the_whole_interval(low: float, high: float, judgement: str) -> None:
    """A figure counts as better or worse only when its interval excludes zero."""
    assert Interval(0.05, low, high).judgement == judgement


def test_the_least_resamples_reach_beyond_either_end() -> None:
    """At least one whole resample lies beyond each end of the interval, so that no end is the most extreme of all."""
    assert LEAST_RESAMPLES * ENDS[0] / 100 > 1
