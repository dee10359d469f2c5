"""A zone's agreement is the share of maps that have it, hot and cold, near its core."""

import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import BySide
from service.heatmap.zones.agreement import agreements
from service.heatmap.zones.find import find_zones, map_sides
from service.heatmap.zones.rules import DEFAULT_ZONE_RULES
from service.heatmap.zones.support import spans_of
from tests.support.log_bins import AXIS, BARS, PRICE, level

NEAR, FAR = (950.0, 956.0, 400.0), (900.0, 906.0, 400.0)


def column(*clumps: tuple[float, float, float]) -> BySide[Floats]:
    """Return longs that clump at these prices, and level shorts."""
    return BySide(np.where(AXIS.centres < PRICE, level(*clumps), 0.0), np.where(AXIS.centres > PRICE, level(), 0.0))


def of_zones(own: BySide[Floats], *others: BySide[Floats]) -> list[tuple[float, float]]:
    """Return where each hot zone peaks, and its agreement, the highest price first."""
    zones = find_zones(AXIS, own.long, own.short, PRICE, BARS)
    found = zip(zones.hot, agreements(others, AXIS, zones.scale, zones.hot), strict=True)
    return sorted(((round(zone.peak), share) for zone, share in found), reverse=True)


def test_what_one_map_alone_has_counts_less() -> None:
    """Two of four maps have the far clump, all have the near one."""
    both, near = column(NEAR, FAR), column(NEAR)
    (high, certain), (low, unsure) = of_zones(both, both, near, near)
    assert (low < 910, high > 940) == (True, True)
    assert (certain, unsure) == (1.0, 0.5)
    assert [share for _, share in of_zones(both, near, near, near)] == [1.0, 0.25]


def test_alone_it_agrees_with_itself() -> None:
    """With no other map there is nobody to disagree."""
    assert [share for _, share in of_zones(column(NEAR))] == [1.0]


def test_the_other_side_and_other_prices_do_not_count() -> None:
    """Shorts as far above, and longs elsewhere, are no support."""
    shorts = BySide(column().long, np.where(AXIS.centres > PRICE, level((1044.0, 1050.0, 400.0)), 0.0))
    assert [share for _, share in of_zones(column(NEAR), shorts, column(FAR))] == [pytest.approx(1 / 3)]


def test_cold_zones_are_looked_for_among_cold_ones() -> None:
    """A trough that both have, and a map in which a clump fills it."""
    trough = (930.0, 938.0, 20.0)
    own = column(trough)
    zones = find_zones(AXIS, own.long, own.short, PRICE, BARS)
    (cold,) = (zone for zone in zones.cold if zone.low < 934 < zone.high)
    assert agreements([own, column((930.0, 938.0, 400.0))], AXIS, zones.scale, [cold]) == [pytest.approx(2 / 3)]


@pytest.mark.parametrize("seed", range(6))
def test_looking_near_the_zones_alone_passes_none_over(seed: int) -> None:
    """On lumpy maps: as many as have one among all their zones that meets the core."""
    lumps = np.random.default_rng(seed).exponential(1.0, (4, AXIS.count // 20 + 1)).repeat(20, axis=1)[:, : AXIS.count]
    maps = [BySide(np.where(AXIS.centres < PRICE, one, 0.0), np.where(AXIS.centres > PRICE, one, 0.0)) for one in lumps]
    found = find_zones(AXIS, maps[0].long, maps[0].short, PRICE, BARS)
    zones, rules = (*found.hot, *found.cold), DEFAULT_ZONE_RULES.density
    having = np.ones(len(zones))
    for other in maps[1:]:
        spans = spans_of(map_sides(AXIS, other.long, other.short, found.scale), found.scale, rules)
        edges = [AXIS.edges[np.array(spans[zone.side, zone.kind]).reshape(-1, 2)] for zone in zones]
        having += [
            bool(((low < zone.core.high) & (zone.core.low < high)).any())
            for zone, (low, high) in zip(zones, (each.T for each in edges), strict=True)
        ]
    assert agreements(maps[1:], AXIS, found.scale, zones) == (having / 4).tolist()
    assert 1 < len(set(having)) < 5
