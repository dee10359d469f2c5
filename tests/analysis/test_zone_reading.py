"""Zones of a group: in bins of the axis asked for, from the price given, with ages where these are wanted."""

import numpy as np
import pytest

from service.analysis.axes import axis_around
from service.analysis.group import Group
from service.analysis.group_map import group_profile
from service.analysis.requests import AxisRequest
from service.analysis.zone_reading import read_zones
from service.heatmap import PriceAxis, Side
from tests.support.fake_estimate import estimate_of
from tests.support.fake_exchange import FakeExchange


@pytest.fixture(scope="module")
def group() -> Group:
    """Return two exchanges."""
    return Group({name: estimate_of(fake=FakeExchange(name)) for name in ("a", "b")}, {})


@pytest.fixture(scope="module")
def axis(group: Group) -> PriceAxis:
    """Return a narrow axis, beyond which much stands."""
    return axis_around(group, AxisRequest(bins=100, range_pct=4.0))


def test_the_map_is_that_of_the_axis_asked_for(group: Group, axis: PriceAxis) -> None:
    """Zones are sought on a wider one, and what lies outside is counted apart."""
    found = read_zones(group, axis, aged=False)
    total = group_profile(group, axis).total
    np.testing.assert_allclose(found.long, total.sides[Side.LONG].notional, rtol=1e-9)
    assert found.axis.count > axis.count
    assert found.outside_short > 0
    inside = float(found.long @ (found.price / axis.centres))
    side = total.sides[Side.LONG]
    assert found.outside_long == pytest.approx(side.standing - side.passed - inside, rel=1e-6)


def test_ages_take_all_columns(group: Group, axis: PriceAxis) -> None:
    """Without them the zones are the same ones."""
    aged, ageless = read_zones(group, axis), read_zones(group, axis, aged=False)
    assert [zone.id for zone in aged.zones.hot] == [zone.id for zone in ageless.zones.hot]
    assert all(zone.age is not None for zone in aged.zones.hot)
    assert all(zone.age is None for zone in ageless.zones.hot)


def test_a_newer_price_counts(group: Group, axis: PriceAxis) -> None:
    """Distances are from the price given."""
    found = read_zones(group, axis, 1.01 * group.price, aged=False)
    assert found.price == 1.01 * group.price
    assert all(zone.low >= found.price or zone.side is Side.LONG for zone in found.zones.hot)
