import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.axis import PriceAxis
from service.heatmap.base.side import Side
from service.heatmap.inventory.assumptions import Assumptions, curves
from service.heatmap.inventory.deposit_loop import CELL
from service.heatmap.inventory.inventory import take_inventory
from service.heatmap.inventory.lattice import STEP
from service.heatmap.profile.by_leverage import buckets_of, split_by_leverage
from service.heatmap.profile.profile import BANDS
from tests.support import kernel_twin
from tests.support.kernel_market import FEW, MARKS, RATE, VENUE, random_bars


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("seed", range(3))
def test_split_agrees_with_the_twin(seed: int, side: Side, marks: str) -> None:
    """Each leverage bucket of each step holds what plain loops put there, within 1 % of the fullest."""
    bars = random_bars(seed, 12, marks=marks)
    inventory = take_inventory(bars, FEW, VENUE, PriceAxis(1.0, 1, 2000))
    mix, paces = FEW.fast_mix, [(each.share, each.churn * FEW.churn) for each in FEW.populations]
    buckets = kernel_twin.buckets_of(mix.edges.tolist(), mix.weights.tolist(), RATE + FEW.liquidation_buffer, side)
    stands = kernel_twin.run(bars, buckets, side, paces, mix.unlevered)[-1].bins
    first, last = min(stands), max(stands) + 1
    prices = np.exp(-side.sign * STEP * np.arange(first, last + 1))[:: -side.sign]
    leverage, split = split_by_leverage(inventory, side, prices, BANDS)
    split = split[:, :: -side.sign]
    held = np.flatnonzero(mix.weights)[::-1]
    assert leverage == pytest.approx(mix.levels[held])
    wanted = np.zeros_like(split)
    for number, amounts in stands.items():
        wanted[:, number - first] = np.array(amounts)[len(mix.weights) - 1 - held]
    assert split == pytest.approx(wanted, rel=0.0, abs=1e-2 * wanted.max())
    assert split.sum(axis=1) == pytest.approx(wanted.sum(axis=1), rel=3e-3, abs=1e-9)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("seed", range(4))
def test_split_sums_to_what_stands(seed: int, side: Side) -> None:
    """The buckets of an interval make what stands in it, also where the axis is cut tight."""
    bars = random_bars(seed, 60, marks="wider")
    for axis in (PriceAxis(0.5, 2, 1000), PriceAxis(0.1, int(9.5 * bars.close[-1]), 200)):
        inventory = take_inventory(bars, Assumptions(), VENUE, axis)
        _, split = split_by_leverage(inventory, side, axis.edges, BANDS)
        held = inventory.held_between(side, axis.edges)
        assert split.sum(axis=0) == pytest.approx(held, rel=1e-9, abs=1e-3 * held.max())
        assert (split >= 0.0).all()


def test_buckets_of_a_curve_are_its_shares_between_its_ends() -> None:
    """Joined, they hold what it holds, no bucket crosses a band, and they are worked out once."""
    curve = curves(Assumptions(), VENUE)[Side.LONG][3]
    buckets = buckets_of(curve, BANDS)
    share = buckets.density * (buckets.border[buckets.high] - buckets.border[buckets.low]) * CELL
    assert len(share) < len(curve.share) / 3
    assert share.sum() == pytest.approx(curve.share.sum(), rel=1e-2)
    assert leverage_above(10.0, buckets.leverage, share) == pytest.approx(
        leverage_above(10.0, curve.leverage, curve.share), abs=1e-2
    )
    assert buckets_of(curve, BANDS) is buckets


def leverage_above(least: float, leverage: Floats, share: Floats) -> float:
    """Return how much has more leverage than that."""
    return float(share[leverage > least].sum())
