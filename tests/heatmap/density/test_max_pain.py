import numpy as np
import pytest

from service.heatmap.base.axis import PriceAxis
from service.heatmap.base.side import Side
from service.heatmap.density.max_pain import max_pain
from tests.support.hand_made import blocks

AXIS = PriceAxis(1.0, 800, 400)
PRICE = 1000.0


def test_the_bin_that_stands_out_most_is_it() -> None:
    """Of two clusters the one that is denser against its surroundings, though more stands in the level beyond."""
    map_ = blocks(AXIS.edges, (800, 900, 50.0), (900, 990, 10.0), (950, 956, 60.0), (920, 926, 30.0))
    worst = max_pain(AXIS, map_, PRICE, Side.LONG)
    assert worst is not None
    assert 950 <= AXIS.centres[worst] <= 956


@pytest.mark.parametrize("side", Side)
def test_a_level_or_rising_map_has_none(side: Side) -> None:
    """Where nothing stands out there is no max pain, and least of all at the end of the axis."""
    for values in (np.full(400, 7.0), np.zeros(400), AXIS.centres.copy(), 1e6 - AXIS.centres):
        assert max_pain(AXIS, values, PRICE, side) is None


def test_the_axis_does_not_matter() -> None:
    """A wider axis, with more of the same beyond, leaves it where it was."""

    def of(axis: PriceAxis) -> float:
        map_ = blocks(axis.edges, (0, 960, 100.0), (960, 1000, 20.0))
        worst = max_pain(axis, map_, PRICE, Side.LONG)
        assert worst is not None
        return float(axis.centres[worst])

    assert of(AXIS) == of(PriceAxis(1.0, 500, 700)) == pytest.approx(955, abs=5)
