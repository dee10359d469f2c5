import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.axis import PriceAxis
from service.heatmap.density.rules import DensityRules
from service.heatmap.zones.scale import check_axis, looked_at, scale_of, zone_scale, zones_axis
from tests.support.hand_made import steady

RULES = DensityRules()


@pytest.mark.parametrize(
    ("atr", "daily", "sigma", "reach"),
    [(10.0, 20.0, 4.0, 80.0), (40.0, 20.0, 10.0, 80.0), (10.0, 100.0, 4.0, 150.0)],
)
def test_the_larger_smoothing_and_the_smaller_window_count(
    atr: float, daily: float, sigma: float, reach: float
) -> None:
    """Around 1,000: sigma is .4 % or a quarter of an ATR, the window 15 % or four daily ATR."""
    scale = zone_scale(1000.0, atr, daily, RULES)
    assert (scale.sigma, scale.reach) == (sigma, reach)
    assert scale.background(RULES) == 30.0


def test_the_scale_of_bars() -> None:
    """ATR is read off the bars; a market that never moved has one of a hundredth of a per cent."""
    moving, flat = (scale_of(steady(40, 1000.0, half), 1000.0, RULES) for half in (5.0, 0.0))
    assert moving.atr == pytest.approx(10.0)
    assert flat.atr == flat.daily_atr == pytest.approx(0.1)


def test_the_axis_holds_the_window_and_its_surroundings() -> None:
    """It is widened by whole bins until three sigma of the background beyond the window lie on it."""
    axis = PriceAxis(1.0, 990, 20)
    wide = zones_axis(axis, 990.0, 1010.0, RULES)
    assert looked_at(RULES) == pytest.approx(0.24)
    assert wide.edges[0] <= 990.0 * 0.76
    assert wide.edges[-1] >= 1010.0 * 1.24
    assert wide.edges[axis.within(wide)][0] == 990.0


def test_the_bin_size_of_even_edges() -> None:
    """Edges that rise evenly have one bin size."""
    assert check_axis(np.arange(5.0) * 0.5) == 0.5


@pytest.mark.parametrize(
    "edges",
    [
        np.array([1.0, 2.0]),
        np.array([1.0, np.nan, 3.0]),
        np.ones((3, 3)),
        np.array([3.0, 2.0, 1.0]),
        np.array([1.0, 2.0, 4.0]),
    ],
)
def test_other_edges_are_refused(edges: Floats) -> None:
    """Too few, not finite, not in one row, falling, or uneven."""
    with pytest.raises(ValueError, match=r"^edges: want"):
        check_axis(edges)
