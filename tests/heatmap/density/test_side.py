import numpy as np
import pytest

from service.heatmap.base.arrays import Span
from service.heatmap.base.side import Side
from service.heatmap.density.side import MapSide, map_side
from service.heatmap.stats.smoothing import smooth

CENTRES = np.arange(0.5, 10.0)
VALUES = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0])


def cut(side: Side, price: float, reach: float = 3.0) -> MapSide:
    """Cut one side out of ten bins."""
    return map_side(CENTRES, VALUES, price, side, sigma_bins=1.0, background_bins=3.0, reach=reach)


def test_bins_run_outward_from_the_price() -> None:
    """Longs' bins are those below the price, nearest first; shorts' those above it."""
    assert cut(Side.LONG, 4.0).raw.tolist() == [1.0, 4.0, 1.0, 3.0]
    assert cut(Side.SHORT, 4.0).raw.tolist() == [5.0, 9.0, 2.0, 6.0, 5.0, 3.0]


def test_a_bin_centred_on_the_price_is_of_neither_side() -> None:
    """So the two sides are disjoint and mirrored."""
    assert len(cut(Side.LONG, 4.5).raw) + len(cut(Side.SHORT, 4.5).raw) == len(VALUES) - 1


@pytest.mark.parametrize(("side", "price", "window"), [(Side.LONG, 4.0, 3), (Side.SHORT, 4.0, 3), (Side.LONG, 1.0, 1)])
def test_the_window_is_what_is_near_enough(side: Side, price: float, window: int) -> None:
    """Bins whose centre is within reach count, as far as there are any."""
    assert cut(side, price).window == window


@pytest.mark.parametrize(("span", "longs", "shorts"), [((0, 1), (3, 4), (4, 5)), ((1, 3), (1, 3), (5, 7))])
def test_outward_spans_are_bins_of_the_axis(span: Span, longs: Span, shorts: Span) -> None:
    """A span that is counted from the price comes back as half-open bins of the axis, in rising order."""
    assert cut(Side.LONG, 4.0).axis(span) == longs
    assert cut(Side.SHORT, 4.0).axis(span) == shorts


def test_excess_is_smoothed_over_its_surroundings() -> None:
    """It compares the narrow average with the wide one; nothing stands out of nothing."""
    one = cut(Side.SHORT, 4.0)
    np.testing.assert_allclose(one.excess, smooth(one.raw, 1.0) / smooth(one.raw, 3.0) - 1.0)
    assert one.excess is one.excess
    empty = map_side(CENTRES, 0.0 * VALUES, 4.0, Side.LONG, sigma_bins=1.0, background_bins=3.0, reach=3.0)
    assert empty.excess.tolist() == [0.0] * 4


def test_a_side_without_bins() -> None:
    """A price below the axis leaves longs nothing."""
    one = cut(Side.LONG, 0.1)
    assert (len(one.raw), len(one.excess), one.window) == (0, 0, 0)
