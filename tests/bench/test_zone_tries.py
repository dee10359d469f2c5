"""The definitions that were tried are read off the maps that zones are served from."""

import numpy as np
import pytest

from bench.hour_table import Hours
from bench.zone_lift import Maps, maps_of
from bench.zone_tries import DEFINITIONS, View, distance, views_of, way
from service.heatmap import BySide, Side
from service.heatmap.lift.zone_lift import nearest
from tests.support.skill_market import walk

COLUMNS = list(range(200, 600, 20))


@pytest.fixture(scope="module")
def market() -> tuple[Hours, Maps]:
    """Return a made-up market of 30 days with its maps."""
    bars = walk(11, 30)
    hours = Hours("BTC", bars, BySide(np.ones(len(bars)), np.ones(len(bars))), {})
    return hours, maps_of(hours)


def test_the_first_definition_is_the_served_one(market: tuple[Hours, Maps]) -> None:
    """Its nearest zones are those of the past zones, of every map and side."""
    hours, maps = market
    views = views_of(hours, maps, COLUMNS)
    for side in Side:
        found = [distance(view, DEFINITIONS[0], maps.axis.edges) for view in views[side]]
        assert found == pytest.approx(nearest(maps.past, side, np.array(COLUMNS))[COLUMNS].tolist(), abs=1e-12)


def test_a_zone_that_must_be_fuller_is_no_nearer(market: tuple[Hours, Maps]) -> None:
    """Definitions that only ask more of a zone find none before the served one."""
    hours, maps = market
    views = views_of(hours, maps, COLUMNS)
    stricter = [one for one in DEFINITIONS if one.name.startswith(("holds", "inside", "heat of .35", "the one that"))]
    assert len(stricter) == 5
    for made in stricter:
        for view in (*views.long, *views.short):
            assert distance(view, made, maps.axis.edges) >= distance(view, DEFINITIONS[0], maps.axis.edges)


def test_a_way_is_the_mean_of_the_bins_before(market: tuple[Hours, Maps]) -> None:
    """Its own bin counts, and where the price is nearer than its length what is there."""
    hours, maps = market
    one: View = views_of(hours, maps, [400]).long[0]
    shares = way(one, 0.006)
    assert shares[20] == pytest.approx(one.contrast[11:21].mean() / one.usual[11:21].mean())
    assert shares[3] == pytest.approx(one.contrast[:4].mean() / one.usual[:4].mean())
