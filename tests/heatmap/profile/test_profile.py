import numpy as np
import pytest

from service.heatmap.base.axis import PriceAxis, price_axis
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.inventory.assumptions import Assumptions
from service.heatmap.inventory.inventory import Inventory, heatmap_of, take_inventory
from service.heatmap.inventory.leverage import parse_mix
from service.heatmap.profile.profile import BANDS, Profile, profile_of
from tests.support.kernel_market import FEW, VENUE, random_bars
from tests.support.simulated_hours import SYMBOLS, hours_of

AXIS = PriceAxis(0.5, 80, 400)


def taken(bars: Bars, assumptions: Assumptions = FEW) -> Inventory:
    """Return the inventory of the last bar within AXIS."""
    return take_inventory(bars, assumptions, VENUE, AXIS)


def random_profile(seed: int, assumptions: Assumptions = FEW) -> Profile:
    """Return the profile of random bars at their last close."""
    bars = random_bars(seed, 40)
    return profile_of(taken(bars, assumptions), float(bars.close[-1]))


@pytest.mark.parametrize("seed", range(4))
def test_bands_and_curves(seed: int) -> None:
    """Bands make the bin's notional, which is the map's last column, and curves run away from the price."""
    made = random_profile(seed)
    column = heatmap_of(taken(random_bars(seed, 40)))
    for side, last in ((Side.LONG, column.long[-1]), (Side.SHORT, column.short[-1])):
        found = made.sides[side]
        assert found.notional == pytest.approx(last, rel=1e-9, abs=1e-9 * last.max())
        assert found.by_band.sum(axis=0) == pytest.approx(found.notional, rel=1e-9, abs=1e-9 * found.total)
        outwards = found.cumulative[::-1] if side is Side.LONG else found.cumulative
        assert np.all(np.diff(outwards) >= 0.0)
        assert outwards[-1] == pytest.approx(found.total)
        assert found.total == pytest.approx(found.notional.sum())


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_two_months_of_hours(symbol: str) -> None:
    """Every bin of a whole market is split by band, leverage is in the mix's range and falls away from the price."""
    bars = hours_of(symbol)
    axis = price_axis(float(bars.close[-1]), 15.0)
    made = profile_of(take_inventory(bars, Assumptions(), VENUE, axis), float(bars.close[-1]))
    for side, found in made.sides.items():
        assert found.by_band.sum(axis=0) == pytest.approx(found.notional, rel=1e-9, abs=1e-9 * found.total)
        held = found.notional > 0
        assert np.all((found.average_leverage[held] >= 1.05) & (found.average_leverage[held] <= 125.0))
        assert not found.average_leverage[~held].any()
        distance = np.abs(np.log(axis.centres / made.price))
        near, far = held & (distance < 0.02), held & (distance > 0.1)
        assert found.average_leverage[near].mean() > 3 * found.average_leverage[far].mean(), side


def test_bands_hold_their_own_leverage() -> None:
    """A mix of one leverage stands in the one band that holds it, at that leverage."""
    made = random_profile(1, Assumptions.of(parse_mix("20:1")))
    for found in made.sides.values():
        held = [n for n in range(len(BANDS)) if found.by_band[n].any()]
        assert [made.bands[n] for n in held] == [(10.0, 25.0)]
        assert found.average_leverage[found.notional > 0] == pytest.approx(FEW.fast_mix.levels[2], rel=1e-9)


@pytest.mark.parametrize("side", Side)
def test_price_that_has_moved_on(side: Side) -> None:
    """What the live price has passed is in no bin and no curve, and is told; nothing is lost on the way."""
    bars = random_bars(2, 40)
    inventory, close = taken(bars), float(bars.close[-1])
    price = close * (0.97 if side is Side.LONG else 1.03)
    before, after = profile_of(inventory, close).sides[side], profile_of(inventory, price).sides[side]
    ahead = AXIS.edges[1:] <= price if side is Side.LONG else AXIS.edges[:-1] >= price
    behind = AXIS.edges[:-1] >= price if side is Side.LONG else AXIS.edges[1:] <= price
    assert after.notional[ahead] == pytest.approx(before.notional[ahead], rel=1e-9)
    assert not after.notional[behind].any()
    assert not after.by_band[:, behind].any()
    assert after.passed > 0.0 == pytest.approx(before.passed, abs=1e-6)
    assert after.total + after.passed == pytest.approx(before.total, rel=0.03)
    nearest = np.flatnonzero(ahead)[-1 if side is Side.LONG else 0]
    straddling = after.notional.sum() - after.notional[ahead].sum()
    assert after.cumulative[nearest] == pytest.approx(after.notional[nearest] + straddling)


@pytest.mark.parametrize("seed", range(4))
def test_imbalance(seed: int) -> None:
    """Imbalance lies between -1 (only longs) and 1 (only shorts) and is that of the totals."""
    made = random_profile(seed)
    long, short = made.sides[Side.LONG].total, made.sides[Side.SHORT].total
    assert made.imbalance == pytest.approx((short - long) / (short + long))
    assert -1.0 <= made.imbalance <= 1.0


def test_an_axis_on_one_side_of_the_price() -> None:
    """Above the price there are only shorts to liquidate."""
    bars = random_bars(1, 40)
    close = float(bars.close[-1])
    axis = PriceAxis(0.5, int(close / 0.5) + 2, 100)
    made = profile_of(take_inventory(bars, FEW, VENUE, axis), close)
    assert (made.imbalance, made.sides[Side.LONG].total) == (1.0, 0.0)


def test_nothing_stands() -> None:
    """Without leverage both sides are empty, with no imbalance."""
    made = random_profile(1, Assumptions.of(parse_mix("1:1")))
    assert made.imbalance == 0.0
    for found in made.sides.values():
        assert (found.total, found.standing) == (0.0, 0.0)
        assert not found.by_band.any()
        assert not found.average_leverage.any()
