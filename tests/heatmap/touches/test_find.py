from dataclasses import asdict

import numpy as np
import orjson
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.density.rules import DensityRules
from service.heatmap.touches.find import Touch, Touches, find_touches
from service.heatmap.zones.find import find_zones
from tests.support.hand_made import bars_of, blocks, mirrored, steady
from tests.support.skill_market import walk

EDGES = np.arange(800.0, 1201.0)
# What is the same upside down
ALIKE = (
    "bar", "zone_notional", "distance_atr", "depth", "volume_z", "wick_share", "reclaim", "outcome", "confirmation",
    "follow_through_1", "follow_through_4", "follow_through_24",
)  # fmt: skip
# Forty quiet bars at 1,000, one that dives to 957 on ten times the volume and closes at 995, and four that rise
QUIET = [(1000.0, 1005.0, 995.0, 1000.0)] * 40
DIVE = [(1000.0, 1000.0, 957.0, 995.0), (995.0, 1004.0, 994.0, 1002.0)]
BARS = bars_of(QUIET + DIVE + QUIET[:4], [100.0 + i % 3 for i in range(40)] + [1000.0] + [100.0] * 5)
LONG = blocks(EDGES, (800, 970, 100.0), (970, 1000, 10.0), (950, 960, 1000.0))


def grids(bars: Bars) -> tuple[Floats, Floats]:
    """Return a map in which a clump stands at 950..960 until it is swept, and nothing above the price."""
    long = np.tile(LONG, (len(bars), 1))
    lowest = np.minimum.accumulate(bars.low)
    long[EDGES[None, 1:] > lowest[:, None]] = 0.0
    return long, np.zeros_like(long)


def found(bars: Bars = BARS) -> Touches:
    """Find the touches of the dive."""
    return find_touches(EDGES, *grids(bars), bars.time, bars)


def test_the_dive_is_a_confirmed_sweep() -> None:
    """One touch: of the clump as it stood before, with spike and wick, reclaimed and reversed."""
    (touch,) = found().touches
    before = find_zones(EDGES, LONG, np.zeros(400), 1000.0, BARS.part(0, 40))
    (zone,) = (z for z in before.hot if z.low <= 955 <= z.high)
    assert (touch.bar, touch.time, touch.side) == (40, int(BARS.time[40]), Side.LONG)
    assert (touch.zone_id, touch.zone_low, touch.zone_high) == (zone.id, zone.low, zone.high)
    assert touch.distance_atr == pytest.approx(zone.distance_atr)
    assert touch.wick_share == pytest.approx(38 / 43)
    assert touch.volume_z is not None
    assert touch.volume_z > 100
    assert touch.reclaim
    assert (touch.open, touch.high, touch.low, touch.close) == (1000.0, 1000.0, 957.0, 995.0)
    assert touch.depth == pytest.approx((zone.high - 957.0) / (zone.high - zone.low))
    assert 0.0 < touch.depth < 1.0
    assert (touch.outcome, touch.confirmation) == ("swept_and_reversed", "confirmed")
    assert touch.follow_through_1 == pytest.approx(0.7)
    assert touch.follow_through_4 == pytest.approx(0.5)
    assert touch.follow_through_24 is None


def test_the_mirror_image_is_a_short_touch() -> None:
    """A spike up into shorts gives the same figures on the other side."""
    turned = mirrored(BARS, 1000.0)
    long, short = grids(BARS)
    (there,) = find_touches(EDGES, short[:, ::-1], long[:, ::-1], turned.time, turned).touches
    (here,) = found().touches
    assert there.side == Side.SHORT
    assert (there.zone_low, there.zone_high) == (2000.0 - here.zone_high, 2000.0 - here.zone_low)
    assert (there.open, there.high, there.low, there.close) == (1000.0, 1043.0, 1000.0, 1005.0)
    assert [getattr(there, key) for key in ALIKE] == [getattr(here, key) for key in ALIKE]


@pytest.mark.parametrize("seed", range(3))
def test_mirrored_prices_give_mirrored_touches(seed: int) -> None:
    """A random map and walk, and both turned upside down: the same touches of the other side, and the same summary.

    Prices keep so near to one another that lengths in per cent of them are nearly the same for both.
    """
    random, middle = np.random.default_rng(seed), 20_000.0
    closes = middle + np.round(random.normal(0.0, 0.5, 960) * 4) / 4
    wicks = np.round(random.exponential(2.0, (2, 960)) * 4) / 4
    opens = np.append(middle, closes[:-1])
    high, low = np.maximum(opens, closes) + wicks[0], np.minimum(opens, closes) - wicks[1]
    bars = bars_of(list(zip(opens.tolist(), high.tolist(), low.tolist(), closes.tolist(), strict=True)))
    edges = middle + np.arange(-100.0, 100.25, 0.25)
    # the first bars' ATR is under the floor, which is in per cent of the price
    late = slice(20, None)
    grids = random.exponential(1.0, (2, len(bars), 100)).repeat(8, axis=2)[:, late] ** 2
    density = DensityRules(smoothing_pct=0.002, smoothing_atr=0.0, background_pct=0.0151, window_pct=0.1)
    here = find_touches(edges, grids[0], grids[1], bars.time[late], bars, density=density)
    turned = mirrored(bars, middle)
    there = find_touches(edges, grids[1][:, ::-1], grids[0][:, ::-1], turned.time[late], turned, density=density)
    assert len(here.touches) > 20
    assert {touch.side for touch in here.touches} == {Side.LONG, Side.SHORT}
    for mine, theirs in zip(in_order(here), in_order(there, turned=True), strict=True):
        assert {mine.side, theirs.side} == {Side.LONG, Side.SHORT}
        assert (mine.zone_low + theirs.zone_high, mine.zone_high + theirs.zone_low) == (2 * middle, 2 * middle)
        assert (mine.high + theirs.low, mine.low + theirs.high) == (2 * middle, 2 * middle)
        assert figures(theirs) == figures(mine)
    assert there.summary.verdict == here.summary.verdict
    assert [item.placebo for item in there.summary.comparisons] == pytest.approx(
        [item.placebo for item in here.summary.comparisons]
    )


def figures(touch: Touch) -> list[object]:
    """Return what is the same upside down, without the dust of rounding."""
    values = [getattr(touch, key) for key in ALIKE]
    return [round(value, 8) if isinstance(value, float) else value for value in values]


def in_order(found: Touches, *, turned: bool = False) -> list[Touch]:
    """Return the touches by bar and zone, those of a mirrored market as their originals would be."""
    return sorted(found.touches, key=lambda touch: (touch.bar, -touch.zone_high if turned else touch.zone_low))


def test_what_the_touching_bar_makes_has_no_part_in_it() -> None:
    """Altering the touching bar's own column, or any but the one before it, leaves each touch and its zone alone."""
    bars, random = walk(8, 20), np.random.default_rng(3)
    edges = np.arange(40.0, 220.0, 0.5)
    long, short = random.exponential(1.0, (2, len(bars), 36)).repeat(10, axis=2)[:, :, : len(edges) - 1] ** 2
    touches = find_touches(edges, long, short, bars.time, bars).touches
    assert len(touches) > 10
    for touch in touches[::3]:
        altered = [grid[::-1, ::-1].copy() for grid in (long, short)]
        for grid, original in zip(altered, (long, short), strict=True):
            grid[touch.bar - 1] = original[touch.bar - 1]
        again = find_touches(edges, altered[0], altered[1], bars.time, bars).touches
        assert [other for other in again if other.bar == touch.bar] == [t for t in touches if t.bar == touch.bar]


@pytest.mark.parametrize("seed", range(5))
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
    edges = np.arange(20.0, 300.0, 0.5)
    grid = np.tile(random.exponential(1.0, 80).repeat(7)[: len(edges) - 1] ** 2, (len(bars), 1))
    return find_touches(edges, grid, grid, bars.time, bars, seed=seed)


def test_a_zone_the_bar_helped_to_form_is_not_touched() -> None:
    """A clump that appears only on the dive's own column was not there to be touched."""
    long, short = grids(BARS)
    long[:40] = 100.0
    assert find_touches(EDGES, long, short, BARS.time, BARS).touches == ()


def test_later_columns_change_nothing_before() -> None:
    """Altering map and bars from a bar on leaves the touches before it as they were, but for follow-through."""
    bars = walk(8, 20)
    random = np.random.default_rng(0)
    edges = np.arange(40.0, 220.0, 0.5)
    long, short = random.exponential(1.0, (2, len(bars), 36)).repeat(10, axis=2)[:, :, : len(edges) - 1] ** 2
    cut = 300
    whole = find_touches(edges, long, short, bars.time, bars).touches
    part = find_touches(edges, long[:cut], short[:cut], bars.time[:cut], bars.part(0, cut)).touches
    keys = ("time", "side", "zone_id", "zone_notional", "volume_z", "wick_share", "reclaim", "confirmation")
    seen = [[[getattr(t, key) for key in keys] for t in touches if t.bar < cut] for touches in (whole, part)]
    assert len(seen[1]) > 10
    assert seen[0] == seen[1]


def test_earlier_bars_warm_up_the_measures() -> None:
    """Columns may begin later than the bars; the figures are those of the whole."""
    long, short = grids(BARS)
    late = find_touches(EDGES, long[30:], short[30:], BARS.time[30:], BARS)
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
        find_touches(EDGES, np.zeros((0, 400)), np.zeros((0, 400)), steady(0).time, steady(0))
