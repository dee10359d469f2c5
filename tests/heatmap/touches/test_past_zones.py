from typing import Any

import numpy as np
import pytest

from service.heatmap.base.log_axis import LogAxis, log_axis_between
from service.heatmap.base.side import Side
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES
from service.heatmap.touches.past_zones import PastZones
from service.heatmap.zones.find import find_zones
from service.heatmap.zones.scale import zones_axis
from tests.support.hand_made import steady
from tests.support.skill_market import walk

BARS = walk(4, 6)
STEP = 0.002
AXIS = log_axis_between(20.0, 260.0, STEP)


def lumpy(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two grids of random lumps."""
    lumps = np.random.default_rng(seed).exponential(1.0, (2, len(BARS), AXIS.count // 8 + 1)).repeat(8, axis=2)
    return lumps[0, :, : AXIS.count], lumps[1, :, : AXIS.count]


def past_zones(axis: LogAxis = AXIS, seed: int = 9) -> PastZones:
    """Return the map of these lumps, or of the part of it that lies on the axis."""
    shown = axis.within(AXIS)
    long, short = lumpy(seed)
    return PastZones(axis, long[:, shown], short[:, shown], BARS.time, BARS, DEFAULT_DENSITY_RULES)


def test_it_finds_what_the_full_search_finds() -> None:
    """On every column and side: what find_zones finds on the axis of /v1/zones, from the bars closed by then."""
    stood, (long, short) = past_zones(), lumpy(9)
    seen = 0
    for column in range(20, len(BARS), 7):
        price = float(BARS.close[column])
        axis = zones_axis(price, price, DEFAULT_DENSITY_RULES, STEP)
        shown = axis.within(AXIS)
        full = find_zones(axis, long[column, shown], short[column, shown], price, BARS.part(0, column + 1))
        for side in Side:
            wanted = {zone.id: zone for zone in full.hot if zone.side == side}
            assert {past.id for past in stood.hot(column, side)} == set(wanted)
            for past in stood.hot(column, side):
                zone = wanted[past.id]
                assert AXIS.edges[list(past.bins)].tolist() == pytest.approx([zone.low, zone.high], rel=1e-8)
                assert stood.notional(column, side, past.bins) == pytest.approx(zone.notional)
                seen += 1
    assert seen > 50


def test_the_rest_of_the_axis_has_no_part_in_it() -> None:
    """The axis of all columns' zones gives the zones of one that goes on."""
    narrow = zones_axis(float(BARS.close.min()), float(BARS.close.max()), DEFAULT_DENSITY_RULES, STEP)
    assert narrow.count < AXIS.count
    cut, whole = past_zones(narrow), past_zones()
    ids = [[[zone.id for zone in one.hot(c, side)] for side in Side for c in range(len(BARS))] for one in (cut, whole)]
    assert ids[0] == ids[1]
    assert sum(map(len, ids[0])) > 100


def test_what_meets_a_hot_zone() -> None:
    """Each bin of a zone does, each beside it does not unless it lies in another, and none beyond the axis."""
    stood = past_zones()
    for side in Side:
        inside = {(c, at) for c in range(len(BARS)) for zone in stood.hot(c, side) for at in range(*zone.bins)}
        beside = {(c, at + more) for c, at in inside for more in (-1, 1)} | {(0, -1), (0, AXIS.count)}
        columns, bins = np.array(sorted(inside | beside)).T
        assert len(inside) > 500
        expected = [cell in inside for cell in zip(columns.tolist(), bins.tolist(), strict=True)]
        assert past_zones().meets(columns, bins, bins + 1, side).tolist() == expected
    assert not stood.meets(columns, bins, bins, Side.LONG).any()


@pytest.mark.parametrize("side", Side)
def test_the_nearest_edges(side: Side) -> None:
    """Those of the first zone of the columns that are asked for, -1 where there is none."""
    stood, near, columns = past_zones(), 1 if side is Side.LONG else 0, np.arange(len(BARS))[::-2]
    hot = [stood.hot(column, side) for column in columns.tolist()]
    assert past_zones().nearest_edges(columns, side).tolist() == [zones[0].bins[near] if zones else -1 for zones in hot]


def test_only_columns_with_a_next_bar_are_followed() -> None:
    """Neither the last column nor one before a gap is."""
    late = BARS.time + np.where(np.arange(len(BARS)) > 50, BARS.step, 0)
    gapped = type(BARS)(**{**BARS.__dict__, "time": late})
    long, short = lumpy(1)
    followed = PastZones(AXIS, long, short, late, gapped, DEFAULT_DENSITY_RULES).followed()
    assert followed.tolist() == [n for n in range(len(BARS) - 1) if n != 50]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"long": np.zeros((10, 99))}, "long, short"),
        ({"time": steady(10).time + 1}, "time"),
        ({"time": steady(10).time[::-1]}, "time"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], name: str) -> None:
    """Grids and times must fit the edges and the bars."""
    bars, grid = steady(10), np.zeros((10, 100))
    inputs: dict[str, Any] = {"axis": LogAxis(0.01, 400, 100), "long": grid, "short": grid, "time": bars.time} | change
    with pytest.raises(ValueError, match=name):
        PastZones(**inputs, bars=bars, rules=DEFAULT_DENSITY_RULES)


def test_a_column_asked_for_twice_has_its_zones_each_time() -> None:
    """Within one search, and in a later one; what was looked at before has no part in them."""
    stood, once = past_zones(), past_zones()
    runs = stood.runs(np.array([30, 31, 30]), Side.LONG)
    first, last = (runs.rows[runs.column == number].tolist() for number in (0, 2))
    assert first == last
    assert [stood.hot(column, Side.LONG) for column in (30, 31)] == [once.hot(column, Side.LONG) for column in (30, 31)]
    assert stood.hot(30, Side.LONG)
