from dataclasses import replace

import pytest

from service.heatmap.base.side import Side
from service.heatmap.zones.approach import Approach
from service.heatmap.zones.merge import merged, same
from service.heatmap.zones.score import ScoreParts
from service.heatmap.zones.zone import Core, TouchChance, Zone

ANY = Zone(
    id="", kind="hot", side=Side.LONG, rank=1, low=90.0, high=92.0, peak=91.0, bins=(0, 2), notional=1.0, share=0.1,
    core=Core(90.5, 91.5), heat=0.5, heat_for_distance=0.8, colour="warm", average_leverage=None,
    distance_pct=1.0, distance_atr=1.0,
    touch_probability=TouchChance(0.1, 0.2, 0.3), depth_to_reach=1.0, depth_source="book", score=1.0,
    score_parts=ScoreParts(1.0, 1.0, 1.0, 1.0), confluence=(), approach=Approach("far", 0.0, 0.0, 0.0), age=None,
    stop=None, vacuum=None,
)  # fmt: skip


def zone(low: float, high: float, score: float = 1.0, side: Side = Side.LONG) -> Zone:
    """Return a zone named after its edges."""
    return replace(ANY, id=f"{side} {low:g}-{high:g}", low=low, high=high, score=score, side=side)


def told(**frames: tuple[Zone, ...]) -> list[tuple[str, str, tuple[str, ...], int]]:
    """Return what the merged list says of each zone: its name, its timeframe, all of them, and its rank."""
    rows = merged({name.strip("_"): zones for name, zones in frames.items()})
    return [(row.zone.id, row.timeframe, row.timeframes, row.zone.rank) for row in rows]


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (zone(90, 92), zone(90, 92), True),
        (zone(90, 92), zone(91, 93), True),
        (zone(90, 92), zone(91.1, 93.1), False),
        (zone(90, 100), zone(99, 100.9), True),
        (zone(90, 100), zone(99, 101.1), False),
        (zone(90, 92), zone(92, 94), False),
        (zone(90, 92), zone(90, 92, side=Side.SHORT), False),
    ],
)
def test_same_is_half_of_the_narrower(one: Zone, other: Zone, wanted: bool) -> None:
    """Two zones of a side are one from half of the narrower on, whichever is named first."""
    assert same(one, other) is wanted
    assert same(other, one) is wanted


def test_a_zone_says_on_which_timeframes_it_stands() -> None:
    """The finest timeframe's edges stand, coarser ones add their name; one of the coarse alone has its row."""
    found = told(
        _1h=(zone(90, 92, 3.0), zone(80, 82, 1.0)),
        _4h=(zone(90.5, 92.5, 9.0), zone(60, 70, 2.0)),
        _1d=(zone(60, 70, 5.0), zone(89, 93, 4.0)),
    )
    assert found == [
        ("long 90-92", "1h", ("1h", "4h", "1d"), 1),
        ("long 60-70", "4h", ("4h", "1d"), 2),
        ("long 80-82", "1h", ("1h",), 3),
    ]


def test_a_wide_coarse_zone_confirms_all_that_it_spans() -> None:
    """Two fine zones inside one coarse zone both stand on the coarse timeframe, which gets no row of its own."""
    assert told(_1h=(zone(90, 92, 2.0), zone(94, 96, 1.0)), _1d=(zone(89, 97, 9.0),)) == [
        ("long 90-92", "1h", ("1h", "1d"), 1),
        ("long 94-96", "1h", ("1h", "1d"), 2),
    ]


def test_zones_of_one_timeframe_are_never_merged_with_each_other() -> None:
    """Neighbours on the same timeframe stay two, and one found twice on a timeframe names it once."""
    assert len(told(_1h=(zone(90, 92), zone(91, 93)))) == 2
    found = told(_1h=(zone(90, 100),), _4h=(zone(90, 92), zone(95, 97)))
    assert [row[2] for row in found] == [("1h", "4h")]


def test_ranks_run_over_all_timeframes_by_score() -> None:
    """Ranks are dealt anew, 1 for the best score; among equals the nearer is first, then long before short."""
    near, far = zone(90, 92), replace(zone(70, 72), distance_atr=5.0)
    found = merged({"1h": (far, zone(110, 112, side=Side.SHORT), near), "4h": (zone(40, 42, 7.0),)})
    assert [row.zone.id for row in found] == ["long 40-42", "long 90-92", "short 110-112", "long 70-72"]
    assert [row.zone.rank for row in found] == [1, 2, 3, 4]


def test_zones_of_one_name_are_one() -> None:
    """A coarser zone that has the name of a fine one is that zone, however little of it they share."""
    fine, coarse = zone(100, 110, 2.0), replace(zone(108, 130, 1.0), id=zone(100, 110).id)
    (row,) = merged({"1h": (fine,), "1d": (coarse,)})
    assert (row.zone.id, row.timeframes) == (fine.id, ("1h", "1d"))


def test_nothing_is_nothing() -> None:
    """No zones on any timeframe give an empty list."""
    assert merged({"1h": (), "4h": ()}) == []
