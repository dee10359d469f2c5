from dataclasses import replace

import numpy as np
import pytest

from service.heatmap.assumptions import Assumptions
from service.heatmap.axis import PriceAxis, price_axis
from service.heatmap.bars import Bars
from service.heatmap.inventory import Inventory, heatmap, take_inventory
from service.heatmap.leverage import parse_mix
from service.heatmap.leverage_split import split_by_leverage
from service.heatmap.path import LONG, SHORT, SIDES
from service.heatmap.profile import BANDS, Profile, profile
from tests.heatmap import kernel_twin
from tests.heatmap.kernel_market import FEW, MARKS, RATE, VENUE, random_bars, real_bars
from tests.shared_data import SYMBOLS, requires_shared

AXIS = PriceAxis(0.5, 80, 400)


def taken(bars: Bars, assumptions: Assumptions = FEW) -> Inventory:
    """Return the inventory of the last bar within AXIS."""
    return take_inventory(bars, assumptions, VENUE, (40.0, 240.0), 1)


def profile_of(seed: int, assumptions: Assumptions = FEW) -> Profile:
    """Return the profile of random bars at their last close."""
    bars = random_bars(seed, 40)
    return profile(taken(bars, assumptions), AXIS, float(bars.close[-1]))


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("seed", range(3))
def test_split_agrees_with_the_twin(seed: int, side: int, marks: str) -> None:
    """Each leverage bucket of each bin holds what plain loops put there, within 0.2 % of the fullest."""
    bars = random_bars(seed, 12, marks=marks)
    inventory = take_inventory(bars, FEW, VENUE, (1e-6, 1e9), 1)
    mix, start = FEW.mix, inventory.sides[side].start
    buckets = kernel_twin.buckets_of(mix.edges.tolist(), mix.weights.tolist(), RATE + FEW.early, side)
    stands = kernel_twin.run(bars, buckets, side, FEW.churn, mix.unlevered)[-1].bins
    split = split_by_leverage(inventory, side)
    wanted = np.zeros_like(split)
    for number, amounts in stands.items():
        if 0 <= number - start < wanted.shape[1]:
            wanted[:, number - start] = amounts
    assert split == pytest.approx(wanted, rel=0.0, abs=2e-3 * wanted.max())
    assert split.sum(axis=1) == pytest.approx(wanted.sum(axis=1), rel=1e-3, abs=1e-9)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("seed", range(4))
def test_split_sums_to_the_row(seed: int, side: int) -> None:
    """The buckets of a bin make what stands in it, also where the window is cut tight."""
    bars = random_bars(seed, 60, marks="wider")
    for reach in ((1e-6, 1e9), (0.95 * bars.close[-1], 1.1 * bars.close[-1])):
        inventory = take_inventory(bars, Assumptions(), VENUE, reach, 3)
        split, row = split_by_leverage(inventory, side), inventory.sides[side].rows[-1]
        assert split.sum(axis=0) == pytest.approx(row, rel=1e-9, abs=1e-9 * row.max())
        assert (split >= 0.0).all()


@pytest.mark.parametrize("seed", range(4))
def test_bands_and_curves(seed: int) -> None:
    """Bands make the bin's notional, which is the map's last column, and curves run away from the price."""
    made = profile_of(seed)
    column = heatmap(taken(random_bars(seed, 40)), AXIS)
    for side, last in ((LONG, column.long[-1]), (SHORT, column.short[-1])):
        found = made.sides[side]
        assert np.array_equal(found.notional, last)
        assert found.by_band.sum(axis=0) == pytest.approx(found.notional, rel=1e-9, abs=1e-9 * found.total)
        outwards = found.cumulative[::-1] if side == LONG else found.cumulative
        assert np.all(np.diff(outwards) >= 0.0)
        assert outwards[-1] == pytest.approx(found.total)
        assert found.total == pytest.approx(found.notional.sum())


@requires_shared
@pytest.mark.parametrize("symbol", SYMBOLS)
def test_real_hours(symbol: str) -> None:
    """On real hours every bin is split by band, and leverage lies in the mix's range and falls away from the price."""
    bars = real_bars(symbol)
    axis = price_axis(float(bars.close[-1]), 15.0)
    inventory = take_inventory(bars, Assumptions(), VENUE, (float(axis.edges[0]), float(axis.edges[-1])), 1)
    made = profile(inventory, axis, float(bars.close[-1]))
    for side, found in made.sides.items():
        assert found.by_band.sum(axis=0) == pytest.approx(found.notional, rel=1e-9, abs=1e-9 * found.total)
        held = found.notional > 0
        assert np.all((found.average_leverage[held] >= 2.0) & (found.average_leverage[held] <= 125.0))
        assert not found.average_leverage[~held].any()
        distance = np.abs(np.log(axis.centres / made.price))
        near, far = held & (distance < 0.02), held & (distance > 0.1)
        assert found.average_leverage[near].mean() > 3 * found.average_leverage[far].mean(), side


def test_bands_hold_their_own_leverage() -> None:
    """A mix of one leverage stands in the one band that holds it, at that leverage."""
    made = profile_of(1, replace(FEW, mix=parse_mix("20:1")))
    for found in made.sides.values():
        held = [n for n in range(len(BANDS)) if found.by_band[n].any()]
        assert [made.bands[n] for n in held] == [(10.0, 25.0)]
        assert found.average_leverage[found.notional > 0] == pytest.approx(FEW.mix.levels[2], rel=1e-9)


def test_max_pain_is_the_fullest_bin() -> None:
    """Max pain names the middle of the bin with the most, and how much that is."""
    for found in profile_of(2).sides.values():
        worst = int(np.argmax(found.notional))
        assert found.max_pain == AXIS.centres[worst]
        assert found.max_pain_notional == found.notional[worst] == found.notional.max()


@pytest.mark.parametrize("seed", range(4))
def test_imbalance(seed: int) -> None:
    """Imbalance lies between -1 (only longs) and 1 (only shorts) and is that of the totals."""
    made = profile_of(seed)
    long, short = made.sides[LONG].total, made.sides[SHORT].total
    assert made.imbalance == pytest.approx((short - long) / (short + long))
    assert -1.0 <= made.imbalance <= 1.0


def test_an_axis_on_one_side_of_the_price() -> None:
    """Above the price there are only shorts to liquidate."""
    bars = random_bars(1, 40)
    close = float(bars.close[-1])
    axis = PriceAxis(0.5, int(close / 0.5) + 2, 100)
    made = profile(take_inventory(bars, FEW, VENUE, (close, 2 * close), 1), axis, close)
    assert (made.imbalance, made.sides[LONG].total) == (1.0, 0.0)
    assert made.sides[LONG].max_pain is None


def test_nothing_stands() -> None:
    """Without leverage both sides are empty, with no max pain and no imbalance."""
    made = profile_of(1, replace(FEW, mix=parse_mix("1:1")))
    assert made.imbalance == 0.0
    for found in made.sides.values():
        assert (found.total, found.max_pain, found.max_pain_notional) == (0.0, None, 0.0)
        assert not found.by_band.any()
        assert not found.average_leverage.any()
