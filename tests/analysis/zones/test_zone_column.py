"""What zones are read from: sums over the exchanges of a group."""

import numpy as np
import pytest

from service.analysis.maps.group_map import group_profile
from service.analysis.markets.group import Group
from service.analysis.zones.zone_column import zone_column
from service.heatmap import Side
from service.heatmap.density import DEFAULT_DENSITY_RULES
from service.heatmap.zones import zones_axis
from tests.support.fake_estimate import estimate_of
from tests.support.fake_exchange import FakeExchange


@pytest.fixture(scope="module")
def group() -> Group:
    """Return two exchanges."""
    return Group({name: estimate_of(fake=FakeExchange(name)) for name in ("a", "b")}, {})


def test_its_leverage_is_that_of_the_profile(group: Group) -> None:
    """Averaged over half a percent it stays near the average of each bin, where a bin holds anything to speak of."""
    axis = zones_axis(group.price, group.price, DEFAULT_DENSITY_RULES)
    found = zone_column(group, axis, None, leverage=True).leverage
    assert found is not None
    long, short = (group_profile(group, axis).total.sides[side] for side in Side)
    bins = np.where(axis.centres < group.price, long.average_leverage, short.average_leverage)
    holding = (long.notional + short.notional) > 1e-3 * max(long.notional.max(), short.notional.max())
    assert holding.sum() > 100
    assert np.median(np.abs(found / np.where(bins > 0, bins, np.nan) - 1.0)[holding]) < 0.05


def test_the_past_is_what_was_asked_for(group: Group) -> None:
    """No past, or the last columns with the newest of them at their end; leverage only where it is asked for."""
    axis = zones_axis(group.price, group.price, DEFAULT_DENSITY_RULES)
    assert zone_column(group, axis, None, leverage=True).history is None
    found = zone_column(group, axis, 5, leverage=False)
    assert found.leverage is None
    history = found.history
    assert history is not None
    assert history.long.shape == (5, axis.count)
