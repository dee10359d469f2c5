"""The heat of a group: read on prices that never move, so that bins and range change nothing of it."""

import numpy as np
import pytest

from service.analysis.limits import most_cells
from service.analysis.maps.group_heat import fitting_axis, group_map_and_heat, heat_axis
from service.heatmap import PriceAxis, price_axis
from service.heatmap.base import log_axis_between
from service.heatmap.density import STEP
from tests.analysis.maps.test_group_map import group_of
from tests.support.fake_exchange import FakeExchange


def test_bins_grow_until_the_columns_fit() -> None:
    """By two, and only where there is no room for fine ones."""
    assert heat_axis(90.0, 110.0, 10).bin_size == STEP
    columns = 2 * most_cells(1) // heat_axis(90.0, 110.0, 1).count
    axis = fitting_axis(lambda step: log_axis_between(80.0, 125.0, step), columns)
    assert axis.bin_size in {2 * STEP, 4 * STEP}
    assert columns * axis.count <= most_cells(1)


def test_its_prices_never_move() -> None:
    """Edges are whole multiples of the bin, whatever is asked for, and reach beyond it on both sides."""
    for low, high in ((90.0, 110.0), (91.3, 140.0)):
        axis = heat_axis(low, high, 10)
        assert np.exp(axis.first * axis.bin_size) < low
        assert np.exp((axis.first + axis.count) * axis.bin_size) > high


def test_a_wider_range_gives_the_same_heat(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """On the bins that both have."""
    group = group_of(*pair)
    size = 0.25
    narrow, wide = (price_axis(group.price, reach, bins=None, bin_size=size) for reach in (5.0, 10.0))
    near, far = (group_map_and_heat(group, axis)[1] for axis in (narrow, wide))
    assert near.shape == (group.columns, narrow.count)
    assert (near >= 0).all()
    assert (near <= 1).all()
    start = round((narrow.edges[0] - wide.edges[0]) / size)
    np.testing.assert_allclose(near, far[:, start : start + narrow.count], atol=1e-9)


@pytest.mark.parametrize("count", [20, 200])
def test_it_is_on_the_callers_bins(pair: tuple[FakeExchange, FakeExchange], count: int) -> None:
    """However many these are."""
    group = group_of(*pair)
    axis: PriceAxis = price_axis(group.price, 10.0, bins=count, bin_size=None)
    assert group_map_and_heat(group, axis)[1].shape == (group.columns, axis.count)
