"""Zones that are gone say when, why and how much of them price took; what still stands is not among them."""

import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES
from service.heatmap.inventory.assumptions import Assumptions, typical_venue
from service.heatmap.inventory.inventory import heatmap_of, take_inventory
from service.heatmap.touches.ended import EndedZone, find_ended
from service.heatmap.touches.past_zones import PastZones
from service.heatmap.zones.find import find_zones
from service.heatmap.zones.scale import zones_axis
from tests.support.hand_made import Row, bars_of
from tests.support.log_bins import AXIS, PRICE, level
from tests.support.skill_market import walk

QUIET: Row = (PRICE, PRICE + 5.0, PRICE - 5.0, PRICE)
WARM_UP, COLUMNS = 40, 6
# 400 in each bin of 950 to 956, 100 around; the zone that is cut from it has its edges inside 945..961
CLUMP = (950.0, 956.0, 400.0)
STOOD = np.where(AXIS.centres < PRICE, level(CLUMP), 0.0)
SHORT = np.where(AXIS.centres > PRICE, 100.0, 0.0)


def ended(longs: list[Floats], *last: Row, price: float = PRICE, now: Floats | None = None) -> tuple[EndedZone, ...]:
    """Return what ended on the columns of the last bars, each given its longs; the bars before `last` are quiet."""
    bars = bars_of([*[QUIET] * (WARM_UP + len(longs) - len(last)), *last])
    long, short = np.array(longs), np.tile(SHORT, (len(longs), 1))
    past = PastZones(AXIS, long, short, bars.time[-len(longs) :], bars, DEFAULT_DENSITY_RULES)
    return find_ended(past, find_zones(AXIS, long[-1] if now is None else now, SHORT, price, bars))


def cut(lowest: float) -> Floats:
    """Return the clump with what price took on its way to its lowest."""
    return np.where(AXIS.edges[1:] <= lowest, STOOD, 0.0)


def test_swept() -> None:
    """Price dives through it and comes back: all of it is taken in that bar, and it held most when it last stood."""
    dive: Row = (PRICE, PRICE + 5.0, 940.0, PRICE)
    (zone,) = ended([STOOD] * 4 + [cut(940.0)] * 2, dive, QUIET)
    (before,) = find_zones(AXIS, STOOD, SHORT, PRICE, bars_of([QUIET] * WARM_UP)).hot
    assert (zone.id, zone.side) == (before.id, Side.LONG)
    assert (zone.low, zone.high, zone.core, zone.peak) == (before.low, before.high, before.core, before.peak)
    assert zone.notional == pytest.approx(before.notional)
    assert (zone.why, zone.swept, zone.left) == ("swept", pytest.approx(1.0), 0.0)
    bars = bars_of([QUIET] * (WARM_UP + 6))
    assert zone.ended_at == bars.close_time[WARM_UP + 4]
    assert zone.height_at == bars.close_time[WARM_UP]


def test_swept_in_part() -> None:
    """Price turns inside it: the share counts what it held where price went, and the rest stands."""
    dive: Row = (PRICE, PRICE + 5.0, 951.5, PRICE)
    (zone,) = ended([STOOD] * 4 + [cut(951.5)] * 2, dive, QUIET)
    assert zone.why == "swept"
    assert zone.swept + zone.left == pytest.approx(1.0, abs=0.1)
    assert 0.5 < zone.swept < 0.95


def test_swept_since_the_last_close() -> None:
    """It stood at the last close, and the price of now lies beyond it: no close has seen it gone."""
    (zone,) = ended([STOOD] * 6, price=940.0, now=cut(940.0))
    assert (zone.why, zone.swept, zone.ended_at) == ("swept", pytest.approx(1.0), None)


def test_closed() -> None:
    """Its amount shrinks to that of its surroundings, and price was never there."""
    (zone,) = ended([STOOD] * 3 + [np.where(AXIS.centres < PRICE, 100.0, 0.0)] * 3)
    assert (zone.why, zone.swept) == ("closed", 0.0)
    assert 0.2 < zone.left < 0.5


def test_faded() -> None:
    """Its amount stands, and as much has come to stand around it."""
    (zone,) = ended([STOOD] * 3 + [np.where(AXIS.centres < PRICE, 400.0, 0.0)] * 3)
    assert (zone.why, zone.swept, zone.left) == ("faded", 0.0, 1.0)


def test_what_stands_has_not_ended() -> None:
    """A zone that stands, one that came back, and one that price went away from."""
    level_one = np.where(AXIS.centres < PRICE, 100.0, 0.0)
    assert ended([STOOD] * 6) == ()
    assert ended([STOOD, STOOD, level_one, level_one, STOOD, STOOD]) == ()
    away: Row = (PRICE, 1180.0, PRICE, 1180.0)
    assert ended([STOOD] * 6, away, (1180.0, 1185.0, 1175.0, 1180.0), price=1180.0) == ()


def test_what_held_nothing_has_not_ended() -> None:
    """Heat is of both sides: shorts that stand below the price make no zone there in which no long stands."""
    bars = bars_of([QUIET] * (WARM_UP + 2))
    none, below = np.zeros((2, AXIS.count)), np.tile(np.where(AXIS.centres < PRICE, level(CLUMP), 0.0), (2, 1))
    none[:, 10] = 1.0  # an empty side has no zones
    below[1] = 100.0
    past = PastZones(AXIS, none, below, bars.time[-2:], bars, DEFAULT_DENSITY_RULES)
    assert past.hot(0, Side.LONG) == []
    assert find_ended(past, find_zones(AXIS, none[1], below[1], PRICE, bars)) == ()


def test_the_last_to_end_comes_first() -> None:
    """Two clumps, of which the farther one goes later."""
    both = np.where(AXIS.centres < PRICE, level(CLUMP, (900.0, 906.0, 400.0)), 0.0)
    far = np.where(AXIS.centres < PRICE, level((900.0, 906.0, 400.0)), 0.0)
    gone = np.where(AXIS.centres < PRICE, 100.0, 0.0)
    first, second = ended([both, both, far, far, gone, gone])
    assert first.high < second.low
    assert first.ended_at is not None
    assert second.ended_at is not None
    assert first.ended_at > second.ended_at


def test_what_is_told_of_an_end_stays_true() -> None:
    """On the model's own columns: no later bar changes what is told of a zone that ended before."""
    bars = walk(6, 8)
    low, high = float(bars.low.min()), float(bars.high.max())
    axis = zones_axis(low, high, DEFAULT_DENSITY_RULES)
    grid = heatmap_of(take_inventory(bars, Assumptions(), typical_venue(), axis, 60))
    first, told = len(bars) - 60, 0

    def after(columns: int) -> dict[tuple[str, int | None], EndedZone]:
        part: Bars = bars.part(0, first + columns)
        past = PastZones(
            axis, grid.long[:columns], grid.short[:columns], grid.time[:columns], part, DEFAULT_DENSITY_RULES
        )
        now = find_zones(axis, grid.long[columns - 1], grid.short[columns - 1], float(part.close[-1]), part)
        return {(zone.id, zone.ended_at): zone for zone in find_ended(past, now)}

    for columns in range(20, 60, 4):
        earlier, later = after(columns), after(columns + 1)
        shared = earlier.keys() & later.keys()
        assert all(earlier[key] == later[key] for key in shared)
        told += len(shared)
    assert told > 20
