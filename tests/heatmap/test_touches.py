from dataclasses import asdict

import numpy as np
import orjson
import pytest

from service.heatmap.bars import Bars, Floats
from service.heatmap.touches import Touches, find_touches
from service.heatmap.zones import find_zones
from tests.heatmap.hand_made import bars_of, blocks, mirrored, steady
from tests.heatmap.skill_market import walk

EDGES = np.arange(800.0, 1201.0)
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
    return find_touches(EDGES, *grids(bars), bars.time, bars, seed=1)


def test_the_dive_is_a_confirmed_sweep() -> None:
    """One touch: of the clump as it stood before, with spike and wick, reclaimed and reversed."""
    (touch,) = found().touches
    before = find_zones(EDGES, LONG, np.zeros(400), 1000.0, BARS.part(0, 40))
    (zone,) = (z for z in before.hot if z.low <= 955 <= z.high)
    assert (touch.bar, touch.time, touch.side) == (40, int(BARS.time[40]), "long")
    assert (touch.zone_id, touch.zone_low, touch.zone_high) == (zone.id, zone.low, zone.high)
    assert touch.distance_atr == pytest.approx(zone.distance_atr)
    assert touch.wick_share == pytest.approx(38 / 43)
    assert touch.volume_z is not None
    assert touch.volume_z > 100
    assert touch.reclaim
    assert (touch.outcome, touch.confirmation) == ("swept_and_reversed", "confirmed")
    assert touch.follow_through_1 == pytest.approx(0.7)
    assert touch.follow_through_4 == pytest.approx(0.5)
    assert touch.follow_through_24 is None


def test_the_mirror_image_is_a_short_touch() -> None:
    """A spike up into shorts gives the same figures on the other side."""
    turned = mirrored(BARS, 1000.0)
    long, short = grids(BARS)
    (there,) = find_touches(EDGES, short[:, ::-1], long[:, ::-1], turned.time, turned, seed=1).touches
    (here,) = found().touches
    assert there.side == "short"
    assert (there.zone_low, there.zone_high) == (2000.0 - here.zone_high, 2000.0 - here.zone_low)
    keys = ("bar", "zone_notional", "distance_atr", "wick_share", "outcome", "confirmation", "follow_through_4")
    assert [getattr(there, key) for key in keys] == [getattr(here, key) for key in keys]


def test_a_zone_the_bar_helped_to_form_is_not_touched() -> None:
    """A clump that appears only on the dive's own column was not there to be touched."""
    long, short = grids(BARS)
    long[:40] = 100.0
    assert find_touches(EDGES, long, short, BARS.time, BARS, seed=1).touches == ()


def test_later_columns_change_nothing_before() -> None:
    """Altering map and bars from a bar on leaves the touches before it as they were, but for follow-through."""
    bars = walk(8, 20)
    random = np.random.default_rng(0)
    edges = np.arange(40.0, 220.0, 0.5)
    long, short = random.exponential(1.0, (2, len(bars), 36)).repeat(10, axis=2)[:, :, : len(edges) - 1] ** 2
    cut = 300
    whole = find_touches(edges, long, short, bars.time, bars, seed=1).touches
    part = find_touches(edges, long[:cut], short[:cut], bars.time[:cut], bars.part(0, cut), seed=1).touches
    keys = ("time", "side", "zone_id", "zone_notional", "volume_z", "wick_share", "reclaim", "confirmation")
    seen = [[[getattr(t, key) for key in keys] for t in touches if t.bar < cut] for touches in (whole, part)]
    assert len(seen[1]) > 10
    assert seen[0] == seen[1]


def test_earlier_bars_warm_up_the_measures() -> None:
    """Columns may begin later than the bars; the figures are those of the whole."""
    long, short = grids(BARS)
    late = find_touches(EDGES, long[30:], short[30:], BARS.time[30:], BARS, seed=1)
    assert late.touches == found().touches


def test_no_touch_is_an_answer() -> None:
    """A market that stands still gives an empty list and says that there is too little to tell."""
    quiet = found(steady(30, 1000.0, 5.0))
    assert quiet.touches == ()
    assert quiet.summary.verdict.startswith("Too few touches")


def test_an_answer_is_json_and_repeats() -> None:
    """Plain fields, and the same seed gives the same bytes."""
    assert orjson.dumps(asdict(found())) == orjson.dumps(asdict(found()))


def test_no_bars_is_said() -> None:
    """Without bars there is nothing to touch anything."""
    with pytest.raises(ValueError, match="bars: none"):
        find_touches(EDGES, np.zeros((0, 400)), np.zeros((0, 400)), steady(0).time, steady(0), seed=1)
