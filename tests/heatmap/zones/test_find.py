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
from service.heatmap.density.rules import DensityRules
from service.heatmap.levels.level import at_price
from service.heatmap.zones.age import GridHistory
from service.heatmap.zones.find import ZoneMap, find_zones
from service.heatmap.zones.rules import ZoneRules
from service.heatmap.zones.zone import Zone
from tests.support.hand_made import blocks, mirrored, steady, walk_to

PRICE = 1000.0
EDGES = np.arange(800.0, 1201.0)
NOTHING = np.zeros(400)
# ATR 10 an hour and 10 * sqrt(24) = 49 a day: sigma is 0.4 % = 4 bins, zones are sought within 15 % = 150
BARS = steady(40, PRICE, 5.0)
# A ground with a trough next to the price and two clumps, 950..960 and 880..890
LONG = blocks(EDGES, (800, 970, 100.0), (970, 1000, 10.0), (950, 960, 1000.0), (880, 890, 600.0))


def found(long: Floats = LONG, short: Floats = NOTHING, **options: Any) -> ZoneMap:
    """Find the zones of a profile around 1,000."""
    return find_zones(EDGES, long, short, PRICE, options.pop("bars", BARS), **options)


def by_id(zones: ZoneMap) -> dict[str, Zone]:
    """Return all zones by id."""
    return {zone.id: zone for zone in zones.hot + zones.cold}


def near(zones: ZoneMap, price: float) -> Zone:
    """Return the zone that holds a price."""
    return next(zone for zone in zones.hot + zones.cold if zone.low <= price <= zone.high)


def test_clumps_are_hot_and_the_trough_is_cold() -> None:
    """Both clumps are found where they are, and the empty stretch by the price is cold."""
    zones = found()
    assert [int(zone.peak) for zone in sorted(zones.hot, key=lambda z: z.peak)] == [885, 955]
    assert [zone.side for zone in zones.hot] == [Side.LONG, Side.LONG]
    trough = near(zones, 990.0)
    assert (trough.kind, trough.side) == ("cold", Side.LONG)
    assert 960 < trough.low < 985
    assert trough.high == 1000.0


def test_figures_of_a_zone_on_paper() -> None:
    """Notional, share, distances and stop follow from the zone's edges."""
    zone = near(found(), 955.0)
    inside = LONG[int(zone.low - 800) : int(zone.high - 800)]
    assert zone.bins == (int(zone.low - 800), int(zone.high - 800))
    assert zone.notional == inside.sum()
    assert zone.share == pytest.approx(inside.sum() / LONG.sum())
    assert zone.distance_atr == pytest.approx((1000.0 - zone.high) / 10.0)
    assert zone.distance_pct == pytest.approx((1000.0 - zone.high) / 10.0)
    assert zone.stop is not None
    assert zone.stop.price == pytest.approx(zone.low - 5.0)
    alt = near(found(major=False), 955.0).stop
    assert alt is not None
    assert alt.price == pytest.approx(zone.low - 10.0)


def test_intensity_is_against_the_whole_map_or_the_given_scale() -> None:
    """The densest zone is extreme; against a scale ten times brighter it is cold."""
    zones = found()
    assert (near(zones, 955.0).intensity, near(zones, 955.0).colour) == (1.0, "extreme")
    assert 0.5 < near(zones, 885.0).intensity < 0.8
    assert near(found(brightest=10_000.0), 955.0).colour == "cold"
    assert near(found(brightest=1.0), 955.0).intensity == 1.0


def test_denser_and_easier_to_reach_ranks_higher() -> None:
    """Without a book the nearer, denser clump is first, and the score is the product of its parts."""
    assert [int(zone.peak) for zone in found().hot] == [955, 885]
    assert [zone.rank for zone in found().hot] == [1, 2]
    for zone in found().hot:
        parts = zone.score_parts
        assert zone.score == pytest.approx(parts.weight * parts.contrast * parts.confidence)
        assert parts.depth is not None
        assert parts.weight == pytest.approx(math.log1p(zone.notional / parts.depth))
        assert parts.depth_source == "volume"


def test_contrast_is_against_three_per_cent_around() -> None:
    """The clump's mean density over the mean background of its bins: a Gaussian of 3 % = 30 bins, up to the price."""
    zone = near(found(), 955.0)
    start, stop = zone.bins
    bins = np.arange(200)
    weights = np.exp(-0.5 * ((bins - np.arange(start, stop)[:, None]) / 30.0) ** 2)
    weights[np.abs(bins - np.arange(start, stop)[:, None]) > 90] = 0.0
    around = (weights @ LONG[:200] / weights.sum(axis=1)).mean()
    assert zone.score_parts.contrast == pytest.approx(LONG[start:stop].mean() / around)


def test_a_wide_void_is_cold_to_its_middle() -> None:
    """A void of 6 % by the price is one cold zone, although all within 3 % of its middle is as empty."""
    (void,) = found(blocks(EDGES, (800, 940, 100.0), (940, 1000, 1.0), (880, 900, 500.0))).cold
    assert void.low < 955
    assert void.high == 1000.0


def test_confidence_scales_the_score() -> None:
    """One figure for the map, or one per bin."""
    full, half = near(found(), 955.0), near(found(confidence=0.5), 955.0)
    assert half.score == pytest.approx(0.5 * full.score)
    per_bin = np.where(EDGES[:-1] < 900, 1.0, 0.1)
    assert near(found(confidence=per_bin), 955.0).score_parts.confidence == pytest.approx(0.1)
    assert near(found(confidence=per_bin), 885.0).score_parts.confidence == pytest.approx(1.0)


def test_depth_from_the_book() -> None:
    """A book of 50 USD per dollar down to 940 shows what bars the way to the near clump, and not to the far one."""
    bids = np.array([[1000.0 - i, 50.0 / (1000.0 - i)] for i in range(1, 61)])
    zones = found(bids=bids, asks=bids)
    clump, far = near(zones, 955.0), near(zones, 885.0)
    assert clump.depth_to_reach == pytest.approx(50.0 * (1000.0 - clump.high - 1))
    assert clump.depth_source == "book"
    assert far.depth_to_reach > clump.depth_to_reach
    assert far.depth_source == far.score_parts.depth_source == "book_extrapolated"
    assert near(found(), 955.0).depth_source == "volume"


def test_vacuum_is_cold_where_the_book_is_thin_too() -> None:
    """The same cold zone is a vacuum with hardly a bid in it, none with a full book, and unknown without one."""
    full = np.array([[1000.0 - i, 50.0 / (1000.0 - i)] for i in range(1, 61)])
    thin = full.copy()
    thin[full[:, 0] > 965.0, 1] /= 100.0
    assert near(found(bids=thin, asks=full), 990.0).vacuum is True
    assert near(found(bids=full, asks=full), 990.0).vacuum is False
    assert near(found(), 990.0).vacuum is None
    assert near(found(bids=thin, asks=full), 955.0).vacuum is None


def test_average_leverage_is_weighted_by_notional() -> None:
    """Leverage 10 where the clump stands and 50 around it: near 10 in the zone, and None where it is not known."""
    leverage = np.where((EDGES[:-1] >= 950) & (EDGES[:-1] < 960), 10.0, 50.0)
    zone = near(found(average_leverage=leverage), 955.0)
    weights = LONG[slice(*zone.bins)]
    assert zone.average_leverage == pytest.approx(np.average(leverage[slice(*zone.bins)], weights=weights))
    assert near(found(), 955.0).average_leverage is None
    assert near(found(average_leverage=np.full(400, np.nan)), 955.0).average_leverage is None


def test_confluence_lists_the_levels_inside() -> None:
    """Levels in the zone are told, others are not."""
    inside, outside = at_price("swing_low", 955.0), at_price("swing_low", 920.0)
    assert near(found(levels=(inside, outside)), 955.0).confluence == (inside,)


def test_touch_probability_falls_with_distance_and_grows_with_time() -> None:
    """The near clump is likelier to be touched than the far one, and a day is longer than an hour."""
    bars = walk_to([1000.0 * (1 + 0.01 * (i % 2)) for i in range(41)])
    zones = found(bars=bars)
    clump, far = near(zones, 955.0).touch_probability, near(zones, 885.0).touch_probability
    assert 0.0 < clump.h1 < clump.h4 < clump.h24 < 1.0
    assert far.h24 < clump.h24
    assert near(found(), 999.0).touch_probability.h1 == 1.0


def test_age_comes_from_the_past_columns() -> None:
    """A clump that is there since the second of three columns is that old; without columns there is no age."""
    grid = np.stack([blocks(EDGES, (800, 1000, 50.0)), LONG, LONG])
    history = GridHistory(np.array([10, 20, 30], dtype=np.int64), grid, np.zeros_like(grid))
    age = near(found(history=history), 955.0).age
    assert age is not None
    assert (age.since, age.at_least) == (20, False)
    assert near(found(), 955.0).age is None


def test_zones_end_at_the_window() -> None:
    """What lies farther than 15 %, or than 4 daily ATR if that is nearer, is not a zone."""
    far = blocks(EDGES, (800, 1000, 10.0), (820, 840, 1000.0))
    assert not [zone for zone in found(far).hot if zone.low < 850]
    quiet = found(LONG, bars=steady(40, PRICE, 0.5))
    assert quiet.scale.reach == pytest.approx(4 * math.sqrt(24.0))
    assert all(zone.low >= 980 for zone in quiet.hot + quiet.cold)


def test_an_empty_side_is_said_and_has_no_zones() -> None:
    """Nothing on the short side: no cold zone from 1,000 up, but a note."""
    zones = found()
    assert {zone.side for zone in zones.hot + zones.cold} == {Side.LONG}
    assert "no short positions stand on the map" in zones.notes
    assert found(NOTHING).hot == ()


def test_an_answer_is_json() -> None:
    """Every field of a zone is plain, so the edge only has to encode it."""
    encoded = orjson.loads(orjson.dumps(asdict(replace(found(), sides={}))))
    assert encoded["hot"][0]["score_parts"]["depth_source"] == "volume"


@pytest.mark.parametrize("moved", [-3.0, -1.0, 1.0, 3.0])
def test_ids_stand_when_price_moves_a_little(moved: float) -> None:
    """A price a few bins on leaves the clumps' names as they were."""
    clumps = blocks(EDGES, (800, 970, 100.0), (970, 1000, 10.0), (925, 937, 1000.0), (880, 890, 600.0))
    before = {zone.id for zone in found(clumps).hot}
    after = {zone.id for zone in find_zones(EDGES, clumps, NOTHING, PRICE + moved, BARS).hot}
    assert before == after


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"long": NOTHING[:-1]}, Side.LONG),
        ({"short": NOTHING - 1.0}, Side.SHORT),
        ({"long": NOTHING * np.nan}, Side.LONG),
        ({"price": 0.0}, "price"),
        ({"price": math.inf}, "price"),
        ({"edges": EDGES**2}, "edges"),
        ({"edges": EDGES[::-1]}, "edges"),
        ({"edges": EDGES[:2]}, "edges"),
        ({"bars": steady(0)}, "bars"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], name: str) -> None:
    """What does not fit is refused with its name."""
    good: dict[str, Any] = {"edges": EDGES, "long": LONG, "short": NOTHING, "price": PRICE, "bars": BARS}
    with pytest.raises(ValueError, match=name):
        find_zones(**(good | change))


def a_profile(seed: int, bins: int) -> Floats:
    """Return a lumpy profile with empty stretches."""
    random = np.random.default_rng(seed)
    lumps = np.repeat(random.exponential(1.0, bins // 5 + 1) ** 2, 5)[:bins]
    return np.round(lumps * random.integers(0, 2, bins // 10 + 1).repeat(10)[:bins] * 1000.0)


def a_walk(seed: int, count: int = 60) -> Bars:
    """Return hourly bars around 1,000 whose prices are whole eighths, so that mirroring them is exact."""
    random = np.random.default_rng(seed)
    closes = PRICE + np.round(np.cumsum(random.normal(0.0, 24.0, count))) / 8.0
    return walk_to(closes.tolist(), half_range=2.5)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 400), st.integers(-60, 60))
def test_zones_are_disjoint_on_edges_and_sum_to_at_most_one(seed: int, bins: int, offset: int) -> None:
    """Whatever the map: zones lie on bin edges, never overlap, have ids of their own, and share at most the whole."""
    edges = np.arange(PRICE - bins // 2 + offset, PRICE - bins // 2 + offset + bins + 1)
    zones = find_zones(edges, a_profile(seed, bins), a_profile(seed + 1, bins), PRICE, a_walk(seed))
    everything = sorted(zones.hot + zones.cold, key=lambda zone: zone.low)
    assert all(zone.low in edges and zone.high in edges for zone in everything)
    assert all(before.high <= after.low for before, after in pairwise(everything))
    assert sum(zone.share for zone in everything) <= 1.0 + 1e-12
    assert len({zone.id for zone in everything}) == len(everything)
    assert all(zone.low <= zone.peak <= zone.high and 0 <= zone.intensity <= 1 for zone in everything)
    assert [zone.rank for zone in zones.hot] == list(range(1, len(zones.hot) + 1))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(40, 400), st.integers(-60, 60), st.booleans())
def test_mirrored_prices_give_mirrored_zones(seed: int, bins: int, offset: int, between: bool) -> None:
    """Turning the axis round at the price and swapping the sides gives the same zones on the other side."""
    price = PRICE + 0.5 * between
    edges = np.arange(PRICE - bins // 2 + offset, PRICE - bins // 2 + offset + bins + 1)
    long, short, bars = a_profile(seed, bins), a_profile(seed + 1, bins), a_walk(seed)
    here = find_zones(edges, long, short, price, bars)
    there = find_zones(2 * price - edges[::-1], short[::-1], long[::-1], price, mirrored(bars, price))

    def figures(zone: Zone) -> tuple[Any, ...]:
        return (zone.kind, zone.side, zone.low, zone.high, zone.peak, zone.notional, zone.intensity, zone.colour,
                zone.distance_atr, zone.approach.state, zone.score_parts.contrast)  # fmt: skip

    def turned(zone: Zone) -> Zone:
        other = Side.SHORT if zone.side is Side.LONG else Side.LONG
        return replace(
            zone, side=other, low=2 * price - zone.high, high=2 * price - zone.low, peak=2 * price - zone.peak
        )

    assert sorted(map(figures, here.hot + here.cold)) == sorted(figures(turned(z)) for z in there.hot + there.cold)


def test_the_same_input_gives_the_same_answer() -> None:
    """Nothing hangs on the moment or on chance."""
    assert found() == found()


def test_rules_are_the_callers() -> None:
    """A narrower window leaves the far clump out."""
    assert [int(zone.peak) for zone in found(rules=ZoneRules(density=DensityRules(window_pct=10.0))).hot] == [955]
