from dataclasses import replace

import numpy as np
import pytest

from service.heatmap.base.side import Side
from service.heatmap.density.side import map_side
from service.heatmap.levels.level import at_price
from service.heatmap.zones.describe import Describer, Inputs
from service.heatmap.zones.rules import ZoneRules
from service.heatmap.zones.scale import scale_of
from tests.support.hand_made import blocks, steady

PRICE = 1000.0
EDGES = np.arange(800.0, 1201.0)
BARS = steady(40, PRICE, 5.0)
RULES = ZoneRules()
SCALE = scale_of(BARS, PRICE, RULES.density)
MAP = blocks(EDGES, (800, 1000, 100.0), (950, 960, 1000.0))
SIDE = map_side(
    EDGES[:-1] + 0.5, MAP, PRICE, Side.LONG,
    sigma_bins=SCALE.sigma, background_bins=SCALE.background(RULES.density), reach=SCALE.reach,
)  # fmt: skip
# 950 .. 960 as outward bins
CLUMP = (40, 50)
INPUTS = Inputs(
    edges=EDGES,
    bin_size=1.0,
    bars=BARS,
    scale=SCALE,
    total=float(MAP.sum()),
    bids=None,
    asks=None,
    average_leverage=None,
    history=None,
    levels=(at_price("swing_low", 955.0), at_price("swing_high", 985.0)),
    confidence=np.full(400, 0.5),
    brightest=2_000.0,
    stop_atr=0.5,
    rules=RULES,
)


def test_where_a_hot_zone_lies() -> None:
    """Edges, distances and the stop follow from the bins and the ATR of 10."""
    zone = Describer(INPUTS).hot(SIDE, CLUMP)
    assert (zone.kind, zone.side, zone.low, zone.high, zone.bins) == ("hot", Side.LONG, 950.0, 960.0, (150, 160))
    assert (zone.distance_pct, zone.distance_atr) == pytest.approx((4.0, 4.0))
    assert zone.stop is not None
    assert zone.stop.price == pytest.approx(945.0)
    assert 950.0 < zone.peak < 960.0


def test_what_a_hot_zone_holds() -> None:
    """Notional is the sum of its bins, its share that of the whole, and levels in it are in confluence."""
    zone = Describer(INPUTS).hot(SIDE, CLUMP)
    assert zone.notional == pytest.approx(10_000.0)
    assert zone.share == pytest.approx(10_000.0 / MAP.sum())
    assert [level.price for level in zone.confluence] == [955.0]
    assert zone.score_parts.confidence == 0.5
    assert (zone.age, zone.average_leverage, zone.vacuum) == (None, None, None)


def test_intensity_is_of_the_brightest() -> None:
    """A map drawn twice as bright halves the intensity, and none is over 1."""
    usual, dark = (Describer(replace(INPUTS, brightest=most)).hot(SIDE, CLUMP).intensity for most in (2_000.0, 4_000.0))
    assert usual == pytest.approx(2.0 * dark)
    assert Describer(replace(INPUTS, brightest=1.0)).hot(SIDE, CLUMP).intensity == 1.0


def test_leverage_is_weighted_by_notional() -> None:
    """Bins without a known leverage do not count."""
    leverage = np.full(400, np.nan)
    leverage[150:155] = 20.0
    assert Describer(replace(INPUTS, average_leverage=leverage)).hot(SIDE, CLUMP).average_leverage == pytest.approx(
        20.0
    )


def test_a_cold_zone_has_no_stop_and_may_be_a_vacuum() -> None:
    """Without a book nobody knows whether it is thin; with one that is dense elsewhere it is."""
    plain = Describer(INPUTS).cold(SIDE, (5, 25))
    assert (plain.kind, plain.stop, plain.vacuum, plain.depth_source) == ("cold", None, None, "volume")
    prices = np.concatenate((np.linspace(999.0, 996.0, 30), np.linspace(970.0, 960.0, 30)))
    book = np.column_stack((prices, np.full(60, 5.0)))
    seen = Describer(replace(INPUTS, bids=book, asks=book + np.array([50.0, 0.0]))).cold(SIDE, (5, 25))
    assert (seen.vacuum, seen.depth_source) == (True, "book")


def test_a_zone_at_the_price_has_a_finite_weight() -> None:
    """Before it there is no depth; a score takes it a quarter of an ATR away."""
    zone = Describer(INPUTS).hot(SIDE, (0, 10))
    assert (zone.distance_pct, zone.depth_to_reach, zone.touch_probability.h1) == (0.0, 0.0, 1.0)
    assert 0 < zone.score < float("inf")
