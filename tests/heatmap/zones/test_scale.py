import math

import numpy as np
import pytest

from service.heatmap.density.heat import STEP, SURROUNDINGS
from service.heatmap.density.hot_cold_thresholds import DensityRules
from service.heatmap.zones.scale import scale_of, zone_scale, zones_axis
from tests.support.hand_made import steady

RULES = DensityRules()


@pytest.mark.parametrize(("daily", "reach"), [(20.0, 80.0), (100.0, 150.0)])
def test_the_smaller_window_counts(daily: float, reach: float) -> None:
    """Around 1,000 it is 15 % or four daily ATR."""
    assert zone_scale(1000.0, 10.0, daily, RULES).reach == reach


def test_the_scale_of_bars() -> None:
    """ATR is read off the bars; a market that never moved has one of a hundredth of a per cent."""
    moving, flat = (scale_of(steady(40, 1000.0, half), 1000.0, RULES) for half in (5.0, 0.0))
    assert moving.atr == pytest.approx(10.0)
    assert flat.atr == flat.daily_atr == pytest.approx(0.1)


def test_the_axis_holds_the_window_and_its_surroundings() -> None:
    """Beyond the window of the lowest and the highest price lies what heat is measured against, and some more."""
    axis = zones_axis(990.0, 1010.0, RULES)
    assert axis.edges[0] < 990.0 * 0.85 * math.exp(-SURROUNDINGS - 0.02)
    assert axis.edges[-1] > 1010.0 * 1.15 * math.exp(SURROUNDINGS + 0.02)
    assert axis.bin_size == STEP


def test_the_axis_is_that_of_the_usual_window_at_least() -> None:
    """A narrower one chooses among zones and has no part in what they are; bins never move."""
    usual, narrow, wide = (zones_axis(1000.0, 1000.0, DensityRules(window_pct=pct)) for pct in (15.0, 3.0, 30.0))
    assert narrow == usual
    assert wide.first < usual.first
    np.testing.assert_array_equal(wide.edges[usual.first - wide.first :][: usual.count + 1], usual.edges)


def test_a_window_down_to_nothing_is_cut() -> None:
    """Log prices cannot reach 0."""
    assert zones_axis(1000.0, 1000.0, DensityRules(window_pct=100.0)).edges[0] > 0
