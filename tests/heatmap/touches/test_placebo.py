import numpy as np
import pytest

from service.heatmap.base.log_axis import log_axis_between
from service.heatmap.base.side import Side
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES
from service.heatmap.touches.entries import BandEntries, zone_entries
from service.heatmap.touches.past_zones import PastZones
from service.heatmap.touches.placebo import hour_of_day, placebo_entries
from tests.support.skill_market import walk

BARS = walk(21, 40)
AXIS = log_axis_between(20.0, 300.0, 0.002)
EDGES = AXIS.edges


@pytest.fixture(scope="module")
def stood() -> PastZones:
    """Return a map of lumps of random height on every column."""
    random = np.random.default_rng(1)
    lumps = random.exponential(1.0, (2, len(BARS), AXIS.count // 8 + 1)).repeat(8, axis=2)[:, :, : AXIS.count]
    return PastZones(AXIS, lumps[0], lumps[1], BARS.time, BARS, DEFAULT_DENSITY_RULES)


@pytest.fixture(scope="module")
def touches(stood: PastZones) -> BandEntries:
    """Return the entries into its zones."""
    return zone_entries(stood)[0]


def by_hand(stood: PastZones, touches: BandEntries, number: int) -> list[tuple[int, float, float]]:
    """Return bar and edges of every placebo of a touch, looked for bar by bar."""
    bar, unit = int(touches.bar[number]), float(touches.atr[number])
    side = Side.LONG if touches.sign[number] > 0 else Side.SHORT
    near_away = (BARS.close[bar - 1] - touches.near[number]) / unit
    far_away = (BARS.close[bar - 1] - touches.far[number]) / unit
    found = []
    for other in range(1, len(BARS)):
        if other == bar or (BARS.time[other] - BARS.time[bar]) % 86_400_000:
            continue
        near, far = (float(BARS.close[other - 1] - away * stood.atr[other - 1]) for away in (near_away, far_away))
        if side is Side.LONG:
            entered = BARS.low[other] <= near < BARS.low[other - 1]
        else:
            entered = BARS.high[other] >= near > BARS.high[other - 1]
        low, high = sorted((near, far))
        hot = [EDGES[list(zone.bins)] for zone in stood.hot(other - 1, side)]
        if entered and all(high <= bottom or low >= top for bottom, top in hot):
            found.append((other, near, far))
    return found


def test_every_matching_band_is_taken(stood: PastZones, touches: BandEntries) -> None:
    """Same side, hour, distance and width in ATR; another bar; entered; clear of hot zones: all of these, no others."""
    placebo, owner = placebo_entries(stood, touches)
    assert len(owner) > 100
    assert {-1, 1} == set(placebo.sign.tolist())
    for number in range(len(touches.bar)):
        mine = placebo.take(np.flatnonzero(owner == number))
        wanted = by_hand(stood, touches, number)
        assert mine.bar.tolist() == [bar for bar, _, _ in wanted]
        np.testing.assert_allclose(mine.near, [near for _, near, _ in wanted], rtol=1e-12)
        np.testing.assert_allclose(mine.far, [far for _, _, far in wanted], rtol=1e-12)
        assert (mine.sign == touches.sign[number]).all()
        np.testing.assert_array_equal(mine.atr, stood.atr[mine.bar - 1])


def test_a_band_off_the_axis_is_no_placebo(stood: PastZones, touches: BandEntries) -> None:
    """What the axis does not show cannot be called free of hot zones."""
    wide = BandEntries(touches.bar, touches.sign, touches.near, touches.near - 1e4, touches.atr)
    assert not len(placebo_entries(stood, wide)[1])


def test_hours_are_those_of_the_clock() -> None:
    """The first bar opened at midnight UTC."""
    np.testing.assert_array_equal(hour_of_day(BARS, np.array([0, 5, 23, 24, 50])), [0, 5, 23, 0, 2])


def test_no_touches_no_placebos(stood: PastZones, touches: BandEntries) -> None:
    """Nothing to match is not an error."""
    placebo, owner = placebo_entries(stood, touches.take(np.array([], dtype=np.int64)))
    assert len(placebo.bar) == len(owner) == 0
