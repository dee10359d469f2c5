"""The share that is reported of what is predicted, and whether it holds out of sample, are told as they are."""

import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import BySide
from service.heatmap.skill.calibration import FEWEST, LEAST_PREDICTED, calibrate

COUNT = 4000


def drawn(seed: int, *, later: float = 1.0) -> tuple[BySide[Floats], BySide[Floats]]:
    """Return predictions, and of each a log-normal share around 3 %, `later` times as much in the second half."""
    random = np.random.default_rng(seed)
    predicted = BySide(*(random.lognormal(10.0, 1.0, COUNT) for _ in range(2)))
    factor = np.where(np.arange(COUNT) < COUNT // 2, 1.0, later)
    reported = BySide(*(0.03 * factor * random.lognormal(0.0, 0.8, COUNT) * own for own in predicted))
    return reported, predicted


def test_a_steady_share_is_found_and_covers_eight_in_ten() -> None:
    """The tenths are the distribution's own, 1.28 standard deviations from the median."""
    made = calibrate(*drawn(1))
    assert made is not None
    assert made.q50 == pytest.approx(0.03, rel=0.05)
    assert [made.q10, made.q90] == pytest.approx([0.03 * np.exp(-1.2816 * 0.8), 0.03 * np.exp(1.2816 * 0.8)], rel=0.08)
    assert made.covered == pytest.approx(0.8, abs=0.03)


def test_a_share_that_changes_is_not_covered() -> None:
    """A tenth as much in the second half: the first half's interval holds few of it, and that is said."""
    made = calibrate(*drawn(2, later=0.1))
    assert made is not None
    assert made.covered < 0.2


def test_hours_that_predict_little_have_no_part() -> None:
    """Below half of the mean nothing can be told of what is reported."""
    reported, predicted = drawn(3)
    low = predicted.long < LEAST_PREDICTED * predicted.long.mean()
    wild = BySide(np.where(low, 1e9, reported.long), reported.short)
    assert calibrate(wild, predicted) == calibrate(reported, predicted)


def test_too_few_hours_are_not_told() -> None:
    """Not known on either side, or too few of them."""
    reported, predicted = drawn(4)
    nothing = BySide(*(np.full(COUNT, np.nan) for _ in range(2)))
    assert calibrate(nothing, predicted) is None
    assert calibrate(*(BySide(*(side[: FEWEST // 2] for side in both)) for both in (reported, predicted))) is None
    assert calibrate(reported, BySide(*(np.zeros(COUNT) for _ in range(2)))) is None
