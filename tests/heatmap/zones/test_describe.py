import math
from dataclasses import replace

import numpy as np
import pytest

from service.heatmap.base.side import BySide, Side
from service.heatmap.density.heat import heat_of
from service.heatmap.density.side import map_side
from service.heatmap.density.spans import Run
from service.heatmap.levels.level import at_price
from service.heatmap.zones.depth import book_curves
from service.heatmap.zones.describe import Describer, Inputs
from service.heatmap.zones.id import zone_id
from service.heatmap.zones.rules import ZoneRules
from service.heatmap.zones.scale import scale_of
from tests.support.log_bins import AXIS, BARS, HALF, PRICE, level

RULES = ZoneRules()
SCALE = scale_of(BARS, PRICE, RULES.density)
MAP = level((950, 960, 1000.0))
SIDE = map_side(AXIS, MAP, heat_of(MAP[None], AXIS.bin_size)[0], PRICE, Side.LONG, SCALE.reach)
# About 950 .. 960 as outward bins
CLUMP = Run((40, 52), (41, 52), (43, 48), 45)
HOLLOW = Run((5, 25), (5, 25), (10, 15), 12)
INPUTS = Inputs(
    axis=AXIS,
    bars=BARS,
    scale=SCALE,
    total=float(MAP.sum()),
    book_seen=False,
    books=BySide(None, None),
    average_leverage=None,
    history=None,
    levels=(at_price("swing_low", 955.0), at_price("swing_high", 985.0)),
    data_quality=np.full(AXIS.count, 0.5),
    rules=RULES,
)


def test_where_a_hot_zone_lies() -> None:
    """Edges, core, distances and the stop follow from the bins and the ATR of 10."""
    zone = Describer(INPUTS).hot(SIDE, CLUMP)
    assert (zone.kind, zone.side, zone.bins) == ("hot", Side.LONG, (HALF - 52, HALF - 41))
    assert (zone.low, zone.high) == pytest.approx(tuple(AXIS.edges[list(zone.bins)]), rel=1e-8)
    assert zone.distance_pct == pytest.approx(100 * (1 - math.exp(-0.041)), abs=1e-6)
    assert zone.core.high == pytest.approx(AXIS.edges[HALF - 43], rel=1e-8)
    assert zone.peak == pytest.approx(SIDE.centres[45], rel=1e-8)
    assert zone.stop is not None
    assert zone.stop.price == pytest.approx(zone.core.low - 5.0)
    assert zone.id == zone_id("hot", Side.LONG, (AXIS.first + HALF - 52, AXIS.first + HALF - 40), AXIS.bin_size)


def test_a_core_is_never_wider_than_half_an_atr() -> None:
    """Where a bin is, the core is the part of it around the peak."""
    calm = replace(INPUTS, scale=replace(SCALE, atr=0.5))
    zone = Describer(calm).hot(SIDE, Run((40, 52), (45, 46), (45, 46), 45))
    assert zone.core.high - zone.core.low == pytest.approx(0.25, abs=1e-5)
    assert (zone.core.low + zone.core.high) / 2 == pytest.approx(zone.peak)


def test_what_a_hot_zone_holds() -> None:
    """Notional is the sum of its bins, its share that of the whole, and levels in it are in confluence."""
    zone = Describer(INPUTS).hot(SIDE, CLUMP)
    assert zone.notional == MAP[HALF - 52 : HALF - 41].sum()
    assert zone.share == pytest.approx(zone.notional / MAP.sum())
    assert [level.price for level in zone.confluence] == [955.0]
    assert zone.score_parts.data_quality == 0.5
    assert (zone.age, zone.average_leverage, zone.vacuum) == (None, None, None)


def test_leverage_is_weighted_by_notional() -> None:
    """Bins without a known leverage do not count."""
    leverage = np.full(AXIS.count, np.nan)
    leverage[HALF - 50 : HALF - 45] = 20.0
    assert Describer(replace(INPUTS, average_leverage=leverage)).hot(SIDE, CLUMP).average_leverage == pytest.approx(
        20.0
    )


def test_a_cold_zone_has_no_stop_and_may_be_a_vacuum() -> None:
    """Without a book nobody knows whether it is thin; with one that is dense elsewhere it is."""
    plain = Describer(INPUTS).cold(SIDE, HOLLOW)
    assert (plain.kind, plain.stop, plain.vacuum, plain.depth_source) == ("cold", None, None, "volume")
    prices = np.concatenate((np.linspace(999.0, 996.0, 30), np.linspace(970.0, 960.0, 30)))
    book = np.column_stack((prices, np.full(60, 5.0)))
    seen = Describer(replace(INPUTS, books=book_curves(book, book + np.array([50.0, 0.0]), PRICE))).cold(SIDE, HOLLOW)
    assert (seen.vacuum, seen.depth_source) == (True, "book")


def test_a_zone_at_the_price_has_a_finite_weight() -> None:
    """Before it there is no depth; a score takes it a quarter of an ATR away."""
    inside = replace(INPUTS, scale=replace(SCALE, price=PRICE - 0.5))
    zone = Describer(inside).hot(SIDE, Run((0, 10), (0, 10), (3, 8), 5))
    assert (zone.distance_pct, zone.depth_to_reach, zone.touch_probability.h1) == (0.0, 0.0, 1.0)
    assert 0 < zone.score < float("inf")
