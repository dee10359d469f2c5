import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side
from service.heatmap.density.heat import heat_of
from service.heatmap.density.max_pain import max_pain_of
from tests.support.hand_made import blocks
from tests.support.log_bins import AXIS, PRICE, STEP, level


def pain(values: Floats, side: Side = Side.LONG, axis: LogAxis = AXIS) -> float | None:
    """Return max pain of a map that has these amounts on one side and nothing else."""
    return max_pain_of(axis, values, heat_of(values[None], axis.bin_size)[0], PRICE, side)


def test_the_hottest_price_is_it() -> None:
    """Of two clusters the one that is denser against its surroundings, though more stands in the level beyond."""
    worst = pain(level((900, 1000, 10.0), (950, 956, 60.0), (920, 926, 30.0)))
    assert worst is not None
    assert 950 <= worst <= 956


@pytest.mark.parametrize("side", Side)
def test_a_level_or_rising_map_has_none(side: Side) -> None:
    """Where nothing stands out there is no max pain, and least of all at the end of the axis."""
    for values in (level(), 0.0 * level(), AXIS.centres.copy(), 1e6 - AXIS.centres):
        assert pain(values, side) is None


def test_the_axis_does_not_matter() -> None:
    """A wider axis, with more of the same beyond, leaves it where it was."""
    wider = LogAxis(STEP, AXIS.first - 200, AXIS.count + 400)
    here, there = (
        pain(blocks(axis.edges, (0, 960, 100.0), (960, 1300, 20.0), (940, 943, 200.0)), axis=axis)
        for axis in (AXIS, wider)
    )
    assert here == there == pytest.approx(941.5, abs=2)
    assert here is not None
