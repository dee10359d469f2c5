"""The newest column: the profile without its split, for those who need no leverage."""

import numpy as np
import pytest

from service.heatmap.base.axis import PriceAxis
from service.heatmap.base.side import Side
from service.heatmap.inventory.inventory import heatmap_of, take_inventory
from service.heatmap.profile.newest_column import newest_column_of
from service.heatmap.profile.profile import average_leverage, profile_of
from tests.support.kernel_market import FEW, VENUE, random_bars

AXIS = PriceAxis(0.5, 80, 400)
BARS = random_bars(3, 40)
PRICE = float(BARS.close[-1])
INVENTORY = take_inventory(BARS, FEW, VENUE, AXIS)


@pytest.mark.parametrize("side", Side)
def test_it_is_what_the_profile_splits(side: Side) -> None:
    """Every figure but the split is the same one."""
    whole, split = newest_column_of(INVENTORY, PRICE).sides[side], profile_of(INVENTORY, PRICE).sides[side]
    for name, value in vars(whole).items():
        np.testing.assert_array_equal(value, getattr(split, name))


def test_it_is_the_last_column_of_the_map() -> None:
    """At the close nothing has been passed."""
    column, made = newest_column_of(INVENTORY, PRICE), heatmap_of(INVENTORY)
    for side, last in zip(Side, (made.long[-1], made.short[-1]), strict=True):
        np.testing.assert_allclose(column.sides[side].notional, last, rtol=1e-9, atol=1e-9 * last.max())
        assert column.sides[side].passed == pytest.approx(0.0, abs=1e-6)


def test_an_inventory_without_an_axis() -> None:
    """It has no bins to read."""
    with pytest.raises(ValueError, match="axis"):
        newest_column_of(take_inventory(BARS, FEW, VENUE), PRICE)


@pytest.mark.parametrize("side", Side)
def test_leverage_over_stretches(side: Side) -> None:
    """Averaged over wide stretches it is the average of the bins in them, weighted by what they hold."""
    bins = profile_of(INVENTORY, PRICE).sides[side]
    coins = bins.notional / AXIS.centres
    held = coins.reshape(-1, 8).sum(axis=1)
    expected = (bins.average_leverage * coins).reshape(-1, 8).sum(axis=1) / np.where(held > 0, held, 1.0)
    found = average_leverage(INVENTORY, side, AXIS.edges[::8], PRICE)
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=1e-9)
