"""Zones of a group: on an axis of their own, from the price given, with ages where these are wanted."""

from dataclasses import replace

import numpy as np
import pytest

from service.analysis.maps.group_map import group_profile
from service.analysis.markets.group import Group
from service.analysis.requests import AxisRequest
from service.analysis.zones.zone_reading import read_zones, zone_rules
from service.heatmap import Side
from tests.support.fake_estimate import estimate_of
from tests.support.fake_exchange import FakeExchange


@pytest.fixture(scope="module")
def group() -> Group:
    """Return two exchanges."""
    return Group({name: estimate_of(fake=FakeExchange(name)) for name in ("a", "b")}, {})


def test_the_map_is_that_of_the_sum(group: Group) -> None:
    """What the zones were found in is what both exchanges hold, outward from the price."""
    found = read_zones(group, described=False)
    total = group_profile(group, found.axis).total
    short = found.zones.sides.short
    np.testing.assert_allclose(short.raw, total.sides[Side.SHORT].notional[short.origin :], rtol=1e-9)


def test_a_range_chooses_among_zones(group: Group) -> None:
    """A narrow one is read on the same axis, so that what a zone is does not hang on it."""
    usual = read_zones(group, described=False)
    narrow = read_zones(group, described=False, rules=zone_rules(AxisRequest(range_pct=4.0)))
    assert narrow.axis == usual.axis
    assert {zone.id for zone in narrow.zones.hot} <= {zone.id for zone in usual.zones.hot}


def test_nothing_hangs_on_what_describes_zones(group: Group) -> None:
    """Without ages, leverage and levels they are the same ones, with all else that is told of them."""
    told, bare = read_zones(group), read_zones(group, described=False)
    every = (*told.zones.hot, *told.zones.cold)
    assert all(zone.age is not None and zone.average_leverage is not None for zone in told.zones.hot)
    assert any(zone.confluence for zone in every)
    without = tuple(replace(zone, age=None, average_leverage=None, confluence=()) for zone in every)
    assert (*bare.zones.hot, *bare.zones.cold) == without
    assert bare.levels == ()


def test_a_newer_price_counts(group: Group) -> None:
    """Distances are from the price given."""
    found = read_zones(group, 1.01 * group.price, described=False)
    assert found.price == 1.01 * group.price
    assert all(zone.peak >= found.price or zone.side is Side.LONG for zone in found.zones.hot)


def test_stops_lie_on_the_tick(group: Group) -> None:
    """Of the exchange whose bars the zones are read on."""
    tick = group.reference.data.price_tick
    stops = [zone.stop.price for zone in read_zones(group, described=False).zones.hot if zone.stop is not None]
    assert tick > 0.0
    assert stops
    assert all(round(stop / tick, 6).is_integer() for stop in stops)
