import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import Side
from service.heatmap.compare.consensus import MapZone, ZoneDifference, compare_zones
from service.heatmap.density.hot_cold_thresholds import DensityRules
from service.heatmap.density.relief import Relief
from service.heatmap.zones.find import find_zones, map_sides
from service.heatmap.zones.scale import zone_scale
from tests.support.log_bins import AXIS, BARS, PRICE, level

RULES = DensityRules()
NOTHING = np.zeros(AXIS.count)


def relief_of(clump: float, at: tuple[float, float] = (900, 904), price: float = PRICE) -> Relief:
    """Make a level map of 100 a bin on both sides with one clump of so much more."""
    mass = level((*at, 100.0 + clump))
    return Relief(AXIS.edges, map_sides(AXIS, mass, mass, zone_scale(price, 10.0, 50.0, RULES)))


def test_heat_is_the_mean_over_the_run() -> None:
    """Bins cut by its ends count in part; on either side of the price."""
    for at, side in (((900, 904), Side.LONG), ((1080, 1084), Side.SHORT)):
        relief = relief_of(50.0, at)
        one = relief.sides[side]
        low, high = (float(AXIS.edges[number]) for number in one.axis((50, 60)))
        widths = np.diff(AXIS.edges[slice(one.axis((50, 60))[0], one.axis((50, 60))[1] + 1)])
        outward = widths[::-1] if side is Side.LONG else widths
        assert relief.heat(side, low, high) == pytest.approx(float(outward @ one.heat[50:60] / widths.sum()))
        assert relief.heat(side, *at) > 0.8
        assert relief.heat(side, low, high) < 0.7


def test_a_level_map_does_not_stand_out() -> None:
    """Nor does an empty side, nor one that does not reach the run."""
    assert relief_of(0.0).heat(Side.LONG, 900, 920) == pytest.approx(0.5, abs=1e-6)
    empty = Relief(AXIS.edges, map_sides(AXIS, NOTHING, level(), zone_scale(PRICE, 10.0, 50.0, RULES)))
    assert empty.heat(Side.LONG, 900, 920) == 0
    assert relief_of(50.0).heat(Side.LONG, 1100, 1120) == 0


def test_where_the_price_has_been_nothing_stands_out() -> None:
    """A run of which under a quarter is still on the side is not there, whatever that quarter holds."""
    assert relief_of(500.0, (900, 920), price=904.0).heat(Side.LONG, 900, 920) == 0
    assert relief_of(500.0, (900, 920), price=907.0).heat(Side.LONG, 900, 920) > 0.7


def clumped(clump: float) -> Floats:
    """Return a level map below the price with a clump of so much more."""
    return level((900, 904, 100.0 + clump))


def compared(clump_a: float, clump_b: float) -> ZoneDifference:
    """Compare the zones of two maps that differ in nothing but how high their one clump is."""
    read = [find_zones(AXIS, clumped(clump), NOTHING, PRICE, BARS) for clump in (clump_a, clump_b)]
    a, b = ([MapZone(z.id, z.side, z.low, z.high, z.notional) for z in one.hot if z.low < 950] for one in read)
    of_a, of_b = (Relief(AXIS.edges, one.sides) for one in read)
    return compare_zones(
        a,
        b,
        lambda z: of_a.heat(z.side, z.low, z.high),
        lambda z: of_b.heat(z.side, z.low, z.high),
        faint=RULES.faint,
    )


def test_two_maps_on_either_side_of_the_threshold_agree() -> None:
    """A clump just high enough for a zone is not alone beside one just too low; beside none at all it is."""
    over, under = threshold()
    assert len(compared(over, over).in_both) == 1
    near = compared(over, under)
    assert ([z.side for z in near.faint_in_b], near.in_both, near.only_a) == ([Side.LONG], (), ())
    back = compared(under, over)
    assert (back.faint_in_a, back.faint_in_b, back.only_b) == (near.faint_in_b, (), ())
    far = compared(over, 0.0)
    assert (len(far.only_a), far.faint_in_b) == (1, ())


def threshold() -> tuple[float, float]:
    """Return the clumps, 0.5 apart, of which the one makes a hot zone and the other none."""
    height = 0.5
    while not compared(height, 0.0).only_a:
        height += 0.5
    return height, height - 0.5
