import numpy as np
import pytest

from bench import bench_touch_probability as bench
from bench.hour_table import read_hours
from tests.emulator.sources import REAL_HOURS


def test_reliability_on_paper() -> None:
    """Chances are counted in their bins: of two at 3 % one was touched, of two at 40 % both."""
    chance, touched = np.array([0.03, 0.4, 0.03, 0.4]), np.array([True, True, False, True])
    assert list(bench.reliability(chance, touched)) == [(2, pytest.approx(0.03), 0.5), (2, pytest.approx(0.4), 1.0)]
    assert bench.calibration_error(chance, touched) == pytest.approx(0.5 * 0.47 + 0.5 * 0.6)


@pytest.mark.slow
@pytest.mark.real_hours
def test_chances_come_true_on_the_second_halves() -> None:
    """The error that the docstring of touch_probability states, and that one volatility taken for certain exceeds."""
    for horizon, most in ((1, 0.009), (4, 0.009), (24, 0.014)):
        assert_chances_come_true(horizon, most)


def assert_chances_come_true(horizon: int, most: float) -> None:
    """Assert it of one horizon, in bars."""
    parts = [bench.asked_of(read_hours(path).bars, horizon).half(1) for path in sorted(REAL_HOURS.glob("*.csv"))]
    touched = np.concatenate([part.touched for part in parts])
    served, certain = (
        np.concatenate([part.chances(chance, horizon) for part in parts]) for chance in (bench.served, bench.certain)
    )
    assert bench.calibration_error(served, touched) <= most
    assert bench.calibration_error(certain, touched) > 1.4 * most
    assert bench.log_loss(served, touched) < bench.log_loss(certain, touched)
