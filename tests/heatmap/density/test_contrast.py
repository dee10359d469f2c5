import numpy as np
import pytest

from service.heatmap.base.side import Side
from service.heatmap.compare.consensus import MapZone, ZoneDifference, compare_zones
from service.heatmap.density.contrast import Relief
from service.heatmap.density.rules import DensityRules
from service.heatmap.density.side import map_side
from service.heatmap.zones.find import find_zones
from tests.support.hand_made import blocks, steady

PRICE = 1000.0
EDGES = np.arange(800.0, 1201.0)
RULES = DensityRules()


def relief_of(
    clump: float, at: tuple[float, float] = (900, 920), side: Side = Side.LONG, price: float = PRICE
) -> Relief:
    """Make a level map of 100 a bin with one clump of so much more."""
    mass = blocks(EDGES, (800, 1200, 100.0))
    mass[(EDGES[:-1] >= at[0]) & (EDGES[:-1] < at[1])] += clump
    centres = (EDGES[1:] + EDGES[:-1]) / 2
    one = map_side(centres, mass, price, side, sigma_bins=4.0, background_bins=30.0, reach=150.0)
    return Relief(EDGES, {side: one})


@pytest.mark.parametrize(("side", "at"), [(Side.LONG, (900, 920)), (Side.SHORT, (1080, 1100))])
def test_excess_is_the_mean_over_the_run(side: Side, at: tuple[float, float]) -> None:
    """It is the smoothed mass in the run over the background's, bins cut by its ends counting in part."""
    relief = relief_of(50.0, at, side)
    one, (low, high) = relief.sides[side], at
    excess, part = relief.excess(side, low, high), relief.excess(side, low + 0.5, high - 0.5)
    outward = slice(80, 100)
    assert excess == pytest.approx(one.smoothed[outward].sum() / one.background[outward].sum() - 1)
    weights = np.ones(20)
    weights[[0, -1]] = 0.5
    by_hand = (weights @ one.smoothed[outward]) / (weights @ one.background[outward]) - 1
    assert part == pytest.approx(by_hand)
    assert 0 < excess < part < one.excess.max()


def test_a_level_map_does_not_stand_out() -> None:
    """Nor does a map where it is level beside a clump, nor an empty side, nor one that does not reach the run."""
    assert relief_of(0.0).excess(Side.LONG, 900, 920) == pytest.approx(0, abs=1e-12)
    assert relief_of(50.0).excess(Side.LONG, 955, 975) < 0
    empty = map_side(
        EDGES[:-1] + 0.5, np.zeros(400), PRICE, Side.LONG, sigma_bins=4.0, background_bins=30.0, reach=150.0
    )
    assert Relief(EDGES, {Side.LONG: empty}).excess(Side.LONG, 900, 920) == 0
    assert relief_of(50.0).excess(Side.LONG, 1100, 1120) == 0


def test_where_the_price_has_been_nothing_stands_out() -> None:
    """A run of which under a quarter is still on the side is not there, whatever that quarter holds."""
    assert relief_of(500.0, price=904.0).excess(Side.LONG, 900, 920) == 0
    assert relief_of(500.0, price=906.0).excess(Side.LONG, 900, 920) > 0.5


def compared(clump_a: float, clump_b: float) -> ZoneDifference:
    """Compare the zones of two maps that differ in nothing but how high their one clump is."""
    bars, short = steady(40, PRICE, 5.0), np.zeros(400)
    read = [
        find_zones(EDGES, blocks(EDGES, (800, 1000, 100.0), (900, 920, 100.0 + clump)), short, PRICE, bars)
        for clump in (clump_a, clump_b)
    ]
    a, b = ([MapZone(z.id, z.side, z.low, z.high, z.notional) for z in one.hot if z.low > 850] for one in read)
    of_a, of_b = (Relief(EDGES, one.sides) for one in read)
    return compare_zones(
        a,
        b,
        lambda z: of_a.excess(z.side, z.low, z.high),
        lambda z: of_b.excess(z.side, z.low, z.high),
        faint=RULES.faint_excess,
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
    """Return the clumps, 0.1 apart, of which the one makes a hot zone and the other none."""
    height = 0.1
    while not compared(height, 0.0).only_a:
        height += 0.1
    return height, height - 0.1
