from typing import Any

import numpy as np
import pytest

from service.heatmap.base.axis import price_axis
from service.heatmap.base.side import Side
from service.heatmap.density.rules import DEFAULT_DENSITY_RULES
from service.heatmap.touches.past_zones import PastZones
from service.heatmap.zones.find import find_zones
from service.heatmap.zones.id import zone_id
from service.heatmap.zones.scale import zones_axis
from tests.support.hand_made import steady
from tests.support.skill_market import walk

BARS = walk(4, 6)
EDGES = np.arange(20.0, 260.5, 0.5)


def lumpy(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two grids of random lumps."""
    grids = np.random.default_rng(seed).exponential(1.0, (2, len(BARS), 48)).repeat(10, axis=2) ** 2
    return grids[0], grids[1]


def past_zones(edges: np.ndarray = EDGES, seed: int = 9) -> PastZones:
    """Return the map of these lumps, or of the part of it that lies within the edges."""
    shown = slice(int(np.searchsorted(EDGES, edges[0])), int(np.searchsorted(EDGES, edges[-1])))
    long, short = lumpy(seed)
    return PastZones(edges, long[:, shown], short[:, shown], BARS.time, BARS, DEFAULT_DENSITY_RULES)


def test_it_finds_what_the_full_search_finds() -> None:
    """On every column and side: what find_zones finds on the axis of /v1/zones, from the bars closed by then."""
    stood, (long, short) = past_zones(), lumpy(9)
    for column in range(20, len(BARS), 7):
        price = float(BARS.close[column])
        axis = zones_axis(price_axis(price, 15, bin_size=0.5), price, price, DEFAULT_DENSITY_RULES)
        seen = slice(axis.first - 40, axis.first - 40 + axis.count)
        full = find_zones(axis.edges, long[column, seen], short[column, seen], price, BARS.part(0, column + 1))
        for side in Side:
            wanted = {zone.id: zone for zone in full.hot if zone.side == side}
            assert len(stood.hot(column, side)) == len(wanted)
            for bins in stood.hot(column, side):
                zone = wanted[zone_id("hot", side, stood.numbered(bins), 0.5)]
                assert (EDGES[bins[0]], EDGES[bins[1]]) == (zone.low, zone.high)
                assert stood.notional(column, side, bins) == pytest.approx(zone.notional)


def test_the_rest_of_the_axis_has_no_part_in_it() -> None:
    """An axis that ends 24 % from the highest and lowest close gives the zones of one that goes on."""
    low, high = 0.76 * BARS.close.min(), 1.24 * BARS.close.max()
    narrow = EDGES[np.searchsorted(EDGES, low, "right") - 1 : np.searchsorted(EDGES, high) + 1]
    assert len(narrow) < len(EDGES)
    cut, whole = past_zones(narrow), past_zones()
    columns = range(len(BARS))
    zones = [[cut.numbered(zone) for side in Side for zone in cut.hot(column, side)] for column in columns]
    assert zones == [[whole.numbered(zone) for side in Side for zone in whole.hot(column, side)] for column in columns]
    assert sum(map(len, zones)) > 100


def test_no_bin_of_a_hot_zone_stands_out_less_than_said() -> None:
    """`excess` is never under `least_excess` in a hot zone, so looking only where it is not loses none."""
    stood = past_zones()
    for side in Side:
        cells = [(c, bin_) for c in range(len(BARS)) for zone in stood.hot(c, side) for bin_ in range(*zone)]
        columns, bins = np.array(cells).T
        assert len(cells) > 500
        assert (stood.excess(columns, side, bins) >= stood.least_excess).all()


def test_only_columns_with_a_next_bar_are_followed() -> None:
    """Neither the last column nor one before a gap is."""
    late = BARS.time + np.where(np.arange(len(BARS)) > 50, BARS.step, 0)
    gapped = type(BARS)(**{**BARS.__dict__, "time": late})
    long, short = lumpy(1)
    followed = PastZones(EDGES, long, short, late, gapped, DEFAULT_DENSITY_RULES).followed()
    assert followed.tolist() == [n for n in range(len(BARS) - 1) if n != 50]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"long": np.zeros((10, 99))}, "long, short"),
        ({"time": steady(10).time + 1}, "time"),
        ({"time": steady(10).time[::-1]}, "time"),
        ({"edges": np.arange(50.0, 151.0) ** 2}, "edges"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], name: str) -> None:
    """Grids and times must fit the edges and the bars."""
    bars, grid = steady(10), np.zeros((10, 100))
    inputs = {"edges": np.arange(50.0, 151.0), "long": grid, "short": grid, "time": bars.time} | change
    with pytest.raises(ValueError, match=name):
        PastZones(**inputs, bars=bars, rules=DEFAULT_DENSITY_RULES)
