"""Zone lift finds what zones are worth where liquidations hang on them, and nothing where they do not."""

import math

import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide, Side
from service.heatmap.density import DEFAULT_DENSITY_RULES
from service.heatmap.inventory import Assumptions, heatmap_of, take_inventory, typical_venue
from service.heatmap.lift.hours import adverse_moves, hours_of
from service.heatmap.lift.zone_lift import lifts_at, nearest, shifted_lifts, zone_lifts
from service.heatmap.touches import PastZones
from service.heatmap.zones import zones_axis
from tests.support.skill_market import walk


@pytest.fixture(scope="module")
def bars() -> Bars:
    """Return a made-up market of 80 days."""
    return walk(11, 80)


@pytest.fixture(scope="module")
def past(bars: Bars) -> PastZones:
    """Return its zones after every bar."""
    axis = zones_axis(float(bars.low.min()), float(bars.high.max()), DEFAULT_DENSITY_RULES)
    made = heatmap_of(take_inventory(bars, Assumptions(), typical_venue(), axis, len(bars)))
    return PastZones(axis, made.long, made.short, bars.time, bars, DEFAULT_DENSITY_RULES)


def entered(past: PastZones, side: Side) -> np.ndarray:
    """Return which bars enter a zone that stood before them, read off prices, bool[T]."""
    bars, found = past.bars, np.zeros(len(past.bars), dtype=bool)
    for bar in range(1, len(bars)):
        for zone in past.hot(bar - 1, side):
            low, high = past.edges[list(zone.bins)]
            found[bar] |= bars.low[bar] <= high if side is Side.LONG else bars.high[bar] >= low
    return found


def amounts(past: PastZones, factor: float) -> BySide[Floats]:
    """Return liquidations in proportion to the move, times a factor in bars that enter a zone."""
    moves = adverse_moves(past.bars)
    random = np.random.default_rng(0)
    luck = random.lognormal(0.0, 0.2, len(past.bars))
    return BySide(
        *(1e6 * luck * np.maximum(np.nan_to_num(moves[s]), 0.0) * np.where(entered(past, s), factor, 1.0) for s in Side)
    )


@pytest.mark.parametrize("factor", [1.0, 2.5])
def test_the_lift_that_is_there_is_found(bars: Bars, past: PastZones, factor: float) -> None:
    """Entering is worth `factor`, its interval says how sure that is, and the placebo has none of it."""
    hours = hours_of(bars, amounts(past, factor), np.arange(len(bars)) >= 168)
    made = zone_lifts(past, hours, resamples=100, seed=0)
    assert made.zones.value == pytest.approx(factor, rel=0.1)
    assert made.zones.value is not None
    assert made.zones.low is not None
    assert made.zones.high is not None
    assert made.zones.low < made.zones.value < made.zones.high
    assert made.placebo.value == pytest.approx(1.0, abs=0.25)
    assert made.zones.hours > 100
    assert made.zones.days > 50


def test_distances_are_to_the_near_edge(past: PastZones) -> None:
    """A bar that goes so far is at the zone, whichever side."""
    for side in Side:
        distances = nearest(past, side, np.arange(len(past.bar)))
        column = int(np.flatnonzero(np.isfinite(distances))[-1])
        price = float(past.bars.close[column])
        reached = price * math.exp(-side.sign * distances[column])
        zone = past.hot(column, side)[0]
        assert reached == pytest.approx(float(past.edges[zone.bins[1 if side is Side.LONG else 0]]))


def test_only_columns_that_hours_come_after_are_looked_at(bars: Bars, past: PastZones) -> None:
    """The others are not a number, and lifts are those of all columns."""
    hours = hours_of(bars, amounts(past, 2.0), np.arange(len(bars)) >= 168)
    every = BySide(*(nearest(past, side, np.arange(len(past.bar))) for side in Side))
    some = nearest(past, Side.LONG, np.array([300, 500]))
    assert np.flatnonzero(~np.isnan(some)).tolist() == [300, 500]
    np.testing.assert_array_equal(some[[300, 500]], every.long[[300, 500]])
    expected = lifts_at(past, every, hours, [0, 700], resamples=50, seed=1)
    assert shifted_lifts(past, hours, [0, 700], resamples=50, seed=1) == expected


def test_too_short_a_past_has_no_placebo(bars: Bars, past: PastZones) -> None:
    """Nothing stood 30 days before the first hours: no hour is counted."""
    hours = hours_of(bars, amounts(past, 1.0), np.arange(len(bars)) < 700)
    made = zone_lifts(past, hours, resamples=50, seed=0)
    assert (made.placebo.value, made.placebo.hours) == (None, 0)
