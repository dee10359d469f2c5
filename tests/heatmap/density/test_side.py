import numpy as np
import pytest

from service.heatmap.base.arrays import Span
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side
from service.heatmap.density.side import MapSide, map_side

# Edges e^0, e^.1, ... e^1
AXIS = LogAxis(0.1, 0, 10)
VALUES = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0])
HEAT = VALUES / 10.0
AT_FOUR = float(AXIS.edges[4])


def cut(side: Side, price: float = AT_FOUR, reach: float = 0.5) -> MapSide:
    """Cut one side out of ten bins."""
    return map_side(AXIS, VALUES, HEAT, price, side, reach)


def test_bins_run_outward_from_the_price() -> None:
    """Longs' bins are those below the price, nearest first; shorts' those above it; heat goes with them."""
    assert cut(Side.LONG).raw.tolist() == [1.0, 4.0, 1.0, 3.0]
    assert cut(Side.SHORT).raw.tolist() == [5.0, 9.0, 2.0, 6.0, 5.0, 3.0]
    for side in Side:
        np.testing.assert_array_equal(cut(side).heat, cut(side).raw / 10.0)
        assert (np.diff(np.abs(cut(side).centres - AT_FOUR)) > 0).all()


def test_a_bin_centred_on_the_price_is_of_neither_side() -> None:
    """So the two sides are disjoint and mirrored."""
    price = float(AXIS.centres[4])
    assert len(cut(Side.LONG, price).raw) + len(cut(Side.SHORT, price).raw) == len(VALUES) - 1


@pytest.mark.parametrize(("side", "reach", "window"), [(Side.LONG, 0.3, 2), (Side.SHORT, 0.3, 2), (Side.LONG, 9.0, 4)])
def test_the_window_is_what_is_near_enough(side: Side, reach: float, window: int) -> None:
    """Bins whose centre is within reach count, as far as there are any."""
    assert cut(side, reach=reach).window == window


@pytest.mark.parametrize(("span", "longs", "shorts"), [((0, 1), (3, 4), (4, 5)), ((1, 3), (1, 3), (5, 7))])
def test_outward_spans_are_bins_of_the_axis(span: Span, longs: Span, shorts: Span) -> None:
    """A span that is counted from the price comes back as half-open bins of the axis, in rising order."""
    assert cut(Side.LONG).axis(span) == longs
    assert cut(Side.SHORT).axis(span) == shorts


def test_a_length_is_as_many_bins_on_either_side() -> None:
    """A bin of .1 in log price is a tenth of the price."""
    assert cut(Side.LONG).bins_of(AT_FOUR) == cut(Side.SHORT).bins_of(AT_FOUR) == pytest.approx(10.0)


def test_a_side_without_bins() -> None:
    """A price below the axis leaves longs nothing."""
    one = cut(Side.LONG, 0.1)
    assert (len(one.raw), len(one.heat), one.window) == (0, 0, 0)
