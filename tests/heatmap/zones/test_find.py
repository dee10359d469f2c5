import math
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.density.heat import heat_of
from service.heatmap.density.hot_cold_thresholds import DensityRules
from service.heatmap.levels.level import at_price
from service.heatmap.zones.age import GridHistory
from service.heatmap.zones.find import Gap, ZoneMap, find_zones
from service.heatmap.zones.rules import ZoneRules
from service.heatmap.zones.zone import Zone
from tests.support.hand_made import steady, walk_to
from tests.support.log_bins import AXIS, BARS, HALF, PRICE, level

NOTHING = np.zeros(AXIS.count)
# A level with nothing next to the price, beyond which it stands out; two clumps, and a trough of 2 % beyond them
LONG = level((985, 1001, 1.0), (950, 956, 300.0), (900, 904, 250.0), (870, 890, 50.0))


def found(long: Floats = LONG, short: Floats = NOTHING, **options: Any) -> ZoneMap:
    """Find the zones of a profile around the price."""
    return find_zones(AXIS, long, short, PRICE, options.pop("bars", BARS), **options)


def near(zones: ZoneMap, price: float) -> Zone:
    """Return the zone that holds a price."""
    return next(zone for zone in zones.hot + zones.cold if zone.low <= price <= zone.high)


def test_clumps_are_hot_the_trough_is_cold_and_the_gap_neither() -> None:
    """Both clumps are found where they are; what price has emptied is the gap, and what lies beyond is cold."""
    zones = found()
    peaks = sorted(zone.peak for zone in zones.hot)
    # What borders on the trough and on the gap stands out from these too.
    assert peaks == [pytest.approx(at, abs=3.0) for at in (868.0, 902.0, 953.0, 983.0)]
    assert {zone.side for zone in zones.hot} == {Side.LONG}
    (trough,) = (zone for zone in zones.cold if zone.peak < 900)
    assert (trough.kind, trough.side, trough.stop) == ("cold", Side.LONG, None)
    assert 868 < trough.low < 875 < trough.peak < 889 < trough.high < 892
    assert 975 < zones.gap.low < 990
    assert zones.gap.high == PRICE


def test_figures_of_a_zone_on_paper() -> None:
    """Notional, share, distances and stop follow from the zone's edges, core and stop from its ATR."""
    zone = near(found(), 953.0)
    inside = LONG[slice(*zone.bins)]
    assert (zone.low, zone.high) == pytest.approx(tuple(AXIS.edges[list(zone.bins)]))
    assert zone.notional == inside.sum()
    assert zone.share == pytest.approx(inside.sum() / LONG.sum())
    assert zone.distance_atr == pytest.approx((PRICE - zone.high) / 10.0)
    assert zone.distance_pct == pytest.approx(100 * (PRICE - zone.high) / PRICE)
    assert zone.low <= zone.core.low < zone.peak < zone.core.high <= zone.high
    assert 2.5 <= zone.core.high - zone.core.low <= 5.0
    assert zone.stop is not None
    assert zone.stop.price == pytest.approx(zone.core.low - 5.0)
    assert zone.core.high - zone.stop.price <= 10.0


def test_a_zone_is_as_narrow_as_its_timeframe_moves() -> None:
    """It ends one ATR from its peak at most, and its core has half an ATR; the name is the same."""
    wide = level((915, 925, 400.0))
    coarse, fine = (near(found(wide, bars=steady(40, PRICE, half)), 920.0) for half in (10.0, 2.0))
    for zone, atr in ((coarse, 20.0), (fine, 4.0)):
        assert max(zone.high - zone.peak, zone.peak - zone.low) <= atr
        assert zone.core.high - zone.core.low <= 0.5 * atr * (1 + 1e-9)
    assert fine.high - fine.low < 0.6 * (coarse.high - coarse.low)
    assert fine.id == coarse.id


def test_heat_and_colour_are_those_of_the_map() -> None:
    """A hot zone has its peak's heat, a cold one its mean, and both the colour of that heat."""
    zones = found()
    heat = heat_of(LONG[None], AXIS.bin_size)[0]
    hot, cold = near(zones, 953.0), near(zones, 880.0)
    assert hot.heat == heat[slice(*hot.bins)].max()
    assert cold.heat == pytest.approx(heat[slice(*cold.bins)].mean())
    assert (hot.colour, cold.colour) == ("extreme", "cold")


def test_denser_and_easier_to_reach_ranks_higher() -> None:
    """Without a book the nearer, denser clump is first, and the score is the product of its parts."""
    zones = found()
    assert near(zones, 953.0).rank < near(zones, 902.0).rank
    assert [zone.score for zone in zones.hot] == sorted((zone.score for zone in zones.hot), reverse=True)
    for zone in zones.hot:
        parts = zone.score_parts
        assert zone.score == pytest.approx(parts.weight * parts.heat * parts.data_quality)
        assert parts.heat == zone.heat
        assert parts.depth is not None
        assert parts.weight == pytest.approx(math.log1p(zone.notional / parts.depth))
        assert parts.depth_source == "volume"
    assert zones.cold[0].score_parts.heat == pytest.approx(1.0 - zones.cold[0].heat)


def test_a_level_map_has_no_zones_whatever_its_level() -> None:
    """Nor one that falls or rises slowly away from the price."""
    slope = np.abs(np.arange(AXIS.count) - AXIS.count / 2)
    for values in (level(), level(ground=1e-3), 100.0 + slope, 400.0 - slope):
        zones = found(values, values)
        assert (zones.hot, zones.cold) == ((), ())


def test_data_quality_scales_the_score() -> None:
    """One figure for the map, or one per bin."""
    full, half = near(found(), 953.0), near(found(data_quality=0.5), 953.0)
    assert half.score == pytest.approx(0.5 * full.score)
    per_bin = np.where(AXIS.edges[:-1] < 930, 1.0, 0.1)
    assert near(found(data_quality=per_bin), 953.0).score_parts.data_quality == pytest.approx(0.1)
    assert near(found(data_quality=per_bin), 902.0).score_parts.data_quality == pytest.approx(1.0)


def test_depth_from_the_book() -> None:
    """A book of 50 USD per dollar down to 940 shows what bars the way to the near clump, and not to the far one."""
    bids = np.array([[1000.0 - i, 50.0 / (1000.0 - i)] for i in range(1, 61)])
    zones = found(bids=bids, asks=bids)
    clump, far = near(zones, 953.0), near(zones, 902.0)
    assert clump.depth_to_reach == pytest.approx(50.0 * math.floor(1000.0 - clump.high), rel=0.03)
    assert clump.depth_source == "book"
    assert far.depth_to_reach > clump.depth_to_reach
    assert far.depth_source == far.score_parts.depth_source == "book_extrapolated"
    assert near(found(), 953.0).depth_source == "volume"


def test_vacuum_is_cold_where_the_book_is_thin_too() -> None:
    """The same cold zone is a vacuum with hardly a bid in it, none with a full book, and unknown without one."""
    full = np.array([[1000.0 - i, 50.0 / (1000.0 - i)] for i in range(1, 161)])
    thin = full.copy()
    thin[(full[:, 0] > 865.0) & (full[:, 0] < 895.0), 1] /= 100.0
    assert near(found(bids=thin, asks=full), 880.0).vacuum is True
    assert near(found(bids=full, asks=full), 880.0).vacuum is False
    assert near(found(), 880.0).vacuum is None
    assert near(found(bids=thin, asks=full), 953.0).vacuum is None


def test_average_leverage_is_weighted_by_notional() -> None:
    """Leverage 10 where the clump stands and 50 around it: near 10 in the zone, and None where it is not known."""
    leverage = np.where((AXIS.centres >= 950) & (AXIS.centres < 956), 10.0, 50.0)
    zone = near(found(average_leverage=leverage), 953.0)
    weights = LONG[slice(*zone.bins)]
    assert zone.average_leverage == pytest.approx(np.average(leverage[slice(*zone.bins)], weights=weights))
    assert near(found(), 953.0).average_leverage is None
    assert near(found(average_leverage=np.full(AXIS.count, np.nan)), 953.0).average_leverage is None


def test_confluence_lists_the_levels_inside() -> None:
    """Levels in the zone are told, others are not."""
    inside, outside = at_price("swing_low", 953.0), at_price("swing_low", 930.0)
    assert near(found(levels=(inside, outside)), 953.0).confluence == (inside,)


def test_touch_probability_falls_with_distance_and_grows_with_time() -> None:
    """The near clump is likelier to be touched than the far one, and a day is longer than an hour."""
    bars = walk_to([1000.0 * (1 + 0.01 * (i % 2)) for i in range(41)])
    zones = found(bars=bars)
    clump, far = near(zones, 953.0).touch_probability, near(zones, 902.0).touch_probability
    assert 0.0 < clump.h1 < clump.h4 < clump.h24 < 1.0
    assert far.h24 < clump.h24


def test_age_comes_from_the_past_columns() -> None:
    """A clump that is there since the second of three columns is that old; without columns there is no age."""
    grid = np.stack([level(ground=50.0), LONG, LONG])
    history = GridHistory(np.array([10, 20, 30], dtype=np.int64), grid, np.zeros_like(grid), AXIS.bin_size)
    age = near(found(history=history), 953.0).age
    assert age is not None
    assert (age.since, age.at_least) == (20, False)
    assert near(found(), 953.0).age is None


def test_zones_end_at_the_window() -> None:
    """What peaks farther than 15 %, or than 4 daily ATR if that is nearer, is not a zone."""
    far = level((820, 824, 1000.0))
    assert not [zone for zone in found(far).hot if zone.low < 840]
    quiet = found(bars=steady(40, PRICE, 0.5))
    assert quiet.scale.reach == pytest.approx(4 * math.sqrt(24.0))
    assert all(zone.peak >= 980 for zone in quiet.hot + quiet.cold)


def test_an_empty_side_is_said_and_has_no_zones() -> None:
    """Nothing on the short side: no zone and no gap there, but a note."""
    zones = found()
    assert {zone.side for zone in zones.hot + zones.cold} == {Side.LONG}
    assert "no short positions stand on the map" in zones.notes
    empty = found(NOTHING)
    assert (empty.hot, empty.cold, empty.gap) == ((), (), Gap(PRICE, PRICE))


def test_an_answer_is_json() -> None:
    """Every field of a zone is plain, so the edge only has to encode it."""
    zones = found()
    encoded = orjson.loads(orjson.dumps([asdict(zone) for zone in zones.hot + zones.cold]))
    assert encoded[0]["score_parts"]["depth_source"] == "volume"


@pytest.mark.parametrize("moved", [-3.0, -1.0, 1.0, 3.0])
def test_ids_stand_when_price_moves_a_little(moved: float) -> None:
    """A price a few bins on leaves the clumps' names as they were."""
    before = {near(found(), at).id for at in (902.0, 953.0)}
    moved_on = find_zones(AXIS, LONG, NOTHING, PRICE + moved, BARS)
    after = {near(moved_on, at).id for at in (902.0, 953.0)}
    assert before == after


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"long": NOTHING[:-1]}, Side.LONG),
        ({"short": NOTHING - 1.0}, Side.SHORT),
        ({"long": NOTHING * np.nan}, Side.LONG),
        ({"price": 0.0}, "price"),
        ({"price": math.inf}, "price"),
        ({"bars": steady(0)}, "bars"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], name: str) -> None:
    """What does not fit is refused with its name."""
    good: dict[str, Any] = {"axis": AXIS, "long": LONG, "short": NOTHING, "price": PRICE, "bars": BARS}
    with pytest.raises(ValueError, match=name):
        find_zones(**(good | change))


def a_profile(seed: int) -> Floats:
    """Return a lumpy profile with empty stretches."""
    random = np.random.default_rng(seed)
    lumps = np.repeat(random.exponential(1.0, AXIS.count // 5) ** 2, 5)
    return np.round(lumps * random.integers(0, 2, AXIS.count // 10).repeat(10) * 1000.0)


def a_walk(seed: int, count: int = 60) -> Bars:
    """Return hourly bars around the price."""
    random = np.random.default_rng(seed)
    return walk_to((PRICE + np.cumsum(random.normal(0.0, 3.0, count))).tolist(), half_range=2.5)


@settings(max_examples=settings().max_examples, deadline=None)
@given(st.integers(0, 10_000), st.integers(-60, 60))
def test_zones_are_disjoint_on_edges_and_sum_to_at_most_one(seed: int, offset: int) -> None:
    """Whatever the map: zones lie on bin edges, never overlap, have ids of their own, and share at most the whole."""
    zones = find_zones(AXIS, a_profile(seed), a_profile(seed + 1), PRICE + offset, a_walk(seed))
    everything = sorted(zones.hot + zones.cold, key=lambda zone: zone.low)
    assert all(zone.low == float(f"{AXIS.edges[zone.bins[0]]:.9g}") for zone in everything)
    assert all(before.high <= after.low for before, after in pairwise(everything))
    assert sum(zone.share for zone in everything) <= 1.0 + 1e-12
    assert len({zone.id for zone in everything}) == len(everything)
    assert all(zone.low <= zone.core.low < zone.peak < zone.core.high <= zone.high for zone in everything)
    assert all(0 <= zone.heat <= 1 for zone in everything)
    assert zones.gap.low <= PRICE + offset <= zones.gap.high
    assert [zone.rank for zone in zones.hot] == list(range(1, len(zones.hot) + 1))


@settings(max_examples=settings().max_examples, deadline=None)
@given(st.integers(0, 10_000))
def test_mirrored_maps_give_mirrored_zones(seed: int) -> None:
    """Turning the axis round at the price and swapping the sides gives the same zones on the other side.

    Of those within 10 %: the window is in per cent of the price, which log prices are not.
    """
    long, short, bars = a_profile(seed), a_profile(seed + 1), steady(60, PRICE, 5.0)
    here = find_zones(AXIS, long, short, PRICE, bars)
    there = find_zones(AXIS, short[::-1], long[::-1], PRICE, bars)
    inner = range(HALF - 100, HALF + 100)

    def figures(zone: Zone, bins: tuple[int, int]) -> tuple[Any, ...]:
        return (bins, zone.kind, round(zone.notional, 3), round(zone.heat, 6), zone.colour)

    def kept(zones: ZoneMap, *, turned: bool) -> set[tuple[Any, ...]]:
        placed = [
            (zone, (AXIS.count - zone.bins[1], AXIS.count - zone.bins[0]) if turned else zone.bins)
            for zone in zones.hot + zones.cold
        ]
        return {figures(zone, bins) for zone, bins in placed if bins[0] in inner and bins[1] in inner}

    assert kept(here, turned=False) == kept(there, turned=True)


def test_the_same_input_gives_the_same_answer() -> None:
    """Nothing hangs on the moment or on chance."""
    assert found() == found()


def test_a_narrow_window_chooses_among_the_zones() -> None:
    """The zones within it are the very ones of the wide window."""
    narrow = found(rules=ZoneRules(density=DensityRules(window_pct=8.0)))
    wanted = [replace(zone, rank=0) for zone in found().hot if zone.peak > 0.92 * PRICE]
    assert [replace(zone, rank=0) for zone in narrow.hot] == wanted
    assert 0 < len(wanted) < len(found().hot)
