from typing import Any

import numpy as np
import pytest

from service.heatmap.touch_events import StoodZones, enters, stood_zones, zone_entries
from service.heatmap.zone_rules import DEFAULT_RULES
from service.heatmap.zones import find_zones
from tests.heatmap.hand_made import bars_of, steady
from tests.heatmap.skill_market import walk

EDGES = np.arange(50.0, 151.0)


def a_zone(sign: int, first: int, last: int, bars: int) -> StoodZones:
    """Return one zone that stood on every column but the last."""
    columns = np.arange(bars - 1)
    ones = np.ones(bars - 1, dtype=np.int64)
    return StoodZones(columns, sign * ones, first * ones, last * ones, np.arange(bars), np.ones(bars))


def test_an_entry_needs_a_bar_outside_before() -> None:
    """Price falls to a zone at 90..95: the bar that reaches 95 enters, the next one that is still there does not."""
    bars = bars_of([(100, 101, 99, 100), (100, 100, 94, 96), (96, 97, 93, 96), (96, 99, 96, 98), (98, 98, 95, 96)])
    entries, number = zone_entries(EDGES, a_zone(1, 40, 45, 5), bars)
    assert entries.bar.tolist() == [1, 4]
    assert number.tolist() == [0, 3]
    assert (entries.near.tolist(), entries.far.tolist()) == ([95.0, 95.0], [90.0, 90.0])


def test_a_short_zone_is_entered_from_below() -> None:
    """The mirror image: a zone at 105..110 is entered by the bar that reaches up to 105."""
    bars = bars_of([(100, 101, 99, 100), (100, 106, 100, 104), (104, 105, 103, 104)])
    entries, _ = zone_entries(EDGES, a_zone(-1, 55, 60, 3), bars)
    assert entries.bar.tolist() == [1]
    assert (entries.near.tolist(), entries.far.tolist()) == ([105.0], [110.0])


def test_nothing_enters_across_a_gap() -> None:
    """After missing bars it is not known what touched what."""
    bars = bars_of([(100, 101, 99, 100), (100, 100, 94, 96)])
    gapped = type(bars)(**{**bars.__dict__, "time": bars.time + np.array([0, bars.step])})
    one = np.array([1])
    assert enters(bars, one, one, np.array([95.0])).tolist() == [True]
    assert enters(gapped, one, one, np.array([95.0])).tolist() == [False]


def lumpy(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return edges around 100 and two grids of lumps that fade and grow."""
    random = np.random.default_rng(seed)
    edges = np.arange(60.0, 160.5, 0.5)
    grids = random.exponential(1.0, (2, count, 20)).repeat(10, axis=2) ** 2
    return edges, grids[0], grids[1]


def test_the_core_finds_what_the_full_search_finds() -> None:
    """On every column: the bins of the hot zones that find_zones describes from the bars closed by then."""
    bars = walk(4, 6)
    edges, long, short = lumpy(len(bars), 9)
    core = stood_zones(edges, long, short, bars.time, bars, DEFAULT_RULES)
    for column in range(20, len(bars), 17):
        full = find_zones(edges, long[column], short[column], float(bars.close[column]), bars.part(0, column + 1))
        mine = core.column == column
        bins = set(zip(core.sign[mine], core.first[mine], core.last[mine], strict=True))
        assert bins == {(1 if zone.side == "long" else -1, *zone.bins) for zone in full.hot}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"long": np.zeros((10, 99))}, "long, short"),
        ({"time": steady(10).time + 1}, "time"),
        ({"time": steady(10).time[::-1]}, "time"),
        ({"edges": EDGES**2}, "edges"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], name: str) -> None:
    """Grids and times must fit the edges and the bars."""
    bars = steady(10)
    inputs = {"edges": EDGES, "long": np.zeros((10, 100)), "short": np.zeros((10, 100)), "time": bars.time} | change
    with pytest.raises(ValueError, match=name):
        stood_zones(**inputs, bars=bars, rules=DEFAULT_RULES)
