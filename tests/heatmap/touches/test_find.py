from dataclasses import asdict

import numpy as np
import orjson
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import log_axis_between
from service.heatmap.base.side import Side
from service.heatmap.touches.find import Touches, find_touches
from service.heatmap.zones.find import find_zones
from tests.support.hand_made import bars_of, steady
from tests.support.log_bins import AXIS, MIDDLE, PRICE, STEP, level
from tests.support.skill_market import walk
from tests.support.slowly import few_fast

# Forty quiet bars at the price, one that dives to 951 on ten times the volume and closes at 995, and four that rise
QUIET = [(PRICE, PRICE + 5.0, PRICE - 5.0, PRICE)] * 40
DIVE = [(PRICE, PRICE, 951.0, 995.0), (995.0, 1004.0, 994.0, 1002.0)]
BARS = bars_of(QUIET + DIVE + QUIET[:4], [100.0 + i % 3 for i in range(40)] + [1000.0] + [100.0] * 5)
NOTHING = np.zeros(AXIS.count)
LONG = np.where(AXIS.centres < PRICE, level((950, 956, 400.0)), 0.0)
SHORT = np.where(AXIS.centres > PRICE, 100.0, 0.0)


def grids(bars: Bars) -> tuple[Floats, Floats]:
    """Return a map in which a clump stands at 950..956 until it is swept, and a level above the price."""
    long, short = np.tile(LONG, (len(bars), 1)), np.tile(SHORT, (len(bars), 1))
    lowest = np.minimum.accumulate(np.minimum(bars.low, PRICE - 0.1 * (bars.low > 990)))
    long[AXIS.edges[None, 1:] > np.where(lowest > 990, np.inf, lowest)[:, None]] = 0.0
    return long, short


def found(bars: Bars = BARS) -> Touches:
    """Find the touches of the dive."""
    return find_touches(AXIS, *grids(bars), bars.time, bars)


def test_the_dive_is_a_confirmed_sweep() -> None:
    """One touch: of the clump as it stood before, with spike and wick, reclaimed and reversed."""
    (touch,) = found().touches
    before = find_zones(AXIS, LONG, SHORT, PRICE, BARS.part(0, 40))
    (zone,) = (z for z in before.hot if z.low <= 953 <= z.high)
    assert (touch.bar, touch.time, touch.side) == (40, int(BARS.time[40]), Side.LONG)
    assert touch.zone_id == zone.id
    assert (touch.zone_low, touch.zone_high) == pytest.approx((zone.low, zone.high), rel=1e-8)
    assert touch.distance_atr == pytest.approx(zone.distance_atr)
    assert touch.wick_share == pytest.approx(44 / (PRICE - 951.0))
    assert touch.volume_z is not None
    assert touch.volume_z > 100
    assert touch.reclaim
    assert (touch.open, touch.high, touch.low, touch.close) == (PRICE, PRICE, 951.0, 995.0)
    assert touch.depth == pytest.approx((zone.high - 951.0) / (zone.high - zone.low))
    assert 0.0 < touch.depth < 1.0
    assert (touch.outcome, touch.confirmation) == ("swept_and_reversed", "confirmed")
    assert touch.follow_through_1 == pytest.approx(0.7)
    assert touch.follow_through_4 == pytest.approx((PRICE - 995.0) / 10.0)
    assert touch.follow_through_24 is None


@pytest.mark.parametrize("seed", range(3))
def test_mirrored_maps_give_mirrored_touches(seed: int) -> None:
    """A random map and walk, and both turned round in log price: the same touches of the other side, nearly.

    Lengths are in price, which is not the same up and down, so a zone at the edge of a length may differ.
    """
    random = np.random.default_rng(seed)
    path = MIDDLE + random.normal(0.0, 2.0, (960, 4)).cumsum(axis=1) / 2
    here, there = (touches_of(turn * (path - MIDDLE) * STEP, seed, turn) for turn in (1, -1))
    mine = {(touch.bar, touch.side) for touch in here.touches}
    theirs = {(touch.bar, Side.SHORT if touch.side is Side.LONG else Side.LONG) for touch in there.touches}
    assert len(mine) > 20
    assert len(mine & theirs) > 0.9 * len(mine | theirs)


def touches_of(moves: Floats, seed: int, turn: int) -> Touches:
    """Return the touches of a path in log price about the price, float64[T, 4], on a map of random lumps."""
    prices = PRICE * np.exp(moves)
    rows = zip(prices[:, 0], prices.max(axis=1), prices.min(axis=1), prices[:, 3], strict=True)
    bars = bars_of([(float(o), float(h), float(low), float(c)) for o, h, low, c in rows])
    lumps = np.random.default_rng(seed).exponential(1.0, (2, len(bars), AXIS.count // 5)).repeat(5, axis=2) ** 2
    long, short = (lumps[0], lumps[1]) if turn > 0 else (lumps[1, :, ::-1], lumps[0, :, ::-1])
    return find_touches(AXIS, long, short, bars.time, bars)


@pytest.mark.slow
def test_what_the_touching_bar_makes_has_no_part_in_it() -> None:
    """Altering the touching bar's own column, or any but the one before it, leaves each touch and its zone alone."""
    bars, random = walk(8, 20), np.random.default_rng(3)
    axis = log_axis_between(40.0, 220.0, 0.002)
    long, short = random.exponential(1.0, (2, len(bars), axis.count // 8 + 1)).repeat(8, axis=2)[:, :, : axis.count]
    touches = find_touches(axis, long, short, bars.time, bars).touches
    assert len(touches) > 10
    for touch in touches[::3]:
        altered = [grid[::-1, ::-1].copy() for grid in (long, short)]
        for grid, original in zip(altered, (long, short), strict=True):
            grid[touch.bar - 1] = original[touch.bar - 1]
        again = find_touches(axis, altered[0], altered[1], bars.time, bars).touches
        assert [other for other in again if other.bar == touch.bar] == [t for t in touches if t.bar == touch.bar]


@pytest.mark.parametrize("seed", few_fast(range(5)))
def test_the_seed_moves_nothing_but_the_ends(seed: int) -> None:
    """Whichever days are drawn, touches, means and readings are the same, and the ends nearly so."""
    usual, other = found_in_walk(0), found_in_walk(seed + 1)
    assert other.touches == usual.touches
    for mine, theirs in zip(usual.summary.comparisons, other.summary.comparisons, strict=True):
        assert (theirs.hot, theirs.placebo, theirs.reading) == (mine.hot, mine.placebo, mine.reading)
        assert mine.low is not None
        assert mine.high is not None
        assert (theirs.low, theirs.high) == pytest.approx((mine.low, mine.high), abs=0.1 * (mine.high - mine.low))


def found_in_walk(seed: int) -> Touches:
    """Return the touches of sixty days of lumps that stand where they stand."""
    bars, random = walk(8, 60), np.random.default_rng(2)
    axis = log_axis_between(20.0, 300.0, 0.002)
    grid = np.tile(random.exponential(1.0, axis.count // 8 + 1).repeat(8)[: axis.count] ** 2, (len(bars), 1))
    return find_touches(axis, grid, grid, bars.time, bars, seed=seed)


def test_a_zone_the_bar_helped_to_form_is_not_touched() -> None:
    """A clump that appears only on the dive's own column was not there to be touched."""
    long, short = grids(BARS)
    long[:40] = SHORT[::-1]
    assert find_touches(AXIS, long, short, BARS.time, BARS).touches == ()


def test_later_columns_change_nothing_before() -> None:
    """Altering map and bars from a bar on leaves the touches before it as they were, but for follow-through."""
    bars = walk(8, 20)
    random = np.random.default_rng(0)
    axis = log_axis_between(40.0, 220.0, 0.002)
    long, short = random.exponential(1.0, (2, len(bars), axis.count // 8 + 1)).repeat(8, axis=2)[:, :, : axis.count]
    cut = 300
    whole = find_touches(axis, long, short, bars.time, bars).touches
    part = find_touches(axis, long[:cut], short[:cut], bars.time[:cut], bars.part(0, cut)).touches
    keys = ("time", "side", "zone_id", "zone_notional", "volume_z", "wick_share", "reclaim", "confirmation")
    seen = [[[getattr(t, key) for key in keys] for t in touches if t.bar < cut] for touches in (whole, part)]
    assert len(seen[1]) > 10
    assert seen[0] == seen[1]


def test_earlier_bars_warm_up_the_measures() -> None:
    """Columns may begin later than the bars; the figures are those of the whole."""
    long, short = grids(BARS)
    late = find_touches(AXIS, long[30:], short[30:], BARS.time[30:], BARS)
    assert late.touches == found().touches


def test_no_touch_is_an_answer() -> None:
    """A market that stands still gives an empty list and says that there is too little to tell."""
    quiet = found(steady(30, 1000.0, 5.0))
    assert quiet.touches == ()
    assert quiet.summary.verdict.startswith("Too few touches")


def test_an_answer_is_json_and_repeats() -> None:
    """Plain fields, and the same inputs give the same bytes."""
    assert orjson.dumps(asdict(found())) == orjson.dumps(asdict(found()))


def test_no_bars_is_said() -> None:
    """Without bars there is nothing to touch anything."""
    with pytest.raises(ValueError, match="bars: none"):
        find_touches(AXIS, np.zeros((0, AXIS.count)), np.zeros((0, AXIS.count)), steady(0).time, steady(0))
