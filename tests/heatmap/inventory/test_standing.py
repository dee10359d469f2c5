"""What stands of some populations is what stands of them among all, and each place's sum is over them."""

import numpy as np
import pytest

from service.heatmap.base.axis import PriceAxis
from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import side_path
from service.heatmap.inventory.assumptions import Assumptions
from service.heatmap.inventory.flows import flows_of
from service.heatmap.inventory.inventory import StockTaker, newest_of
from service.heatmap.inventory.kernel import OneSide, stand_together
from service.heatmap.inventory.other_mixes import MIXES, rivals
from service.heatmap.inventory.standing import Standing
from tests.support.kernel_market import FEW, VENUE, random_bars

AXIS_PRICES = np.linspace(60.0, 160.0, 300)
RECORDED = ("swept", "opened", "levered", "unlevered", "closed")


def standing(side: Side) -> Standing:
    """Return one side under several populations."""
    return StockTaker(random_bars(5, 200), FEW, VENUE).sides[side].stand()


def adverse(side: Side) -> np.ndarray:
    """Return places on both sides of the price."""
    return -side.sign * np.log(AXIS_PRICES)


@pytest.mark.parametrize("side", Side)
def test_parts_add_up_to_the_whole(side: Side) -> None:
    """By bar and by place, whichever way the populations are told apart."""
    whole = standing(side)
    count = len(whole.levered_by)
    assert count > 1
    parts = [whole.part(slice(0, 1)), whole.part(slice(1, count))]
    for name in RECORDED:
        together = np.sum([getattr(part, name) for part in parts], axis=0)
        np.testing.assert_allclose(together, getattr(whole, name), rtol=1e-9, atol=1e-9 * whole.levered.max())
    beyond = np.sum([part.beyond_now(adverse(side)) for part in parts], axis=0)
    np.testing.assert_allclose(beyond, whole.beyond_now(adverse(side)), rtol=1e-12)


@pytest.mark.parametrize("side", Side)
def test_what_is_run_together_is_what_is_run_apart(side: Side) -> None:
    """Other assumptions of one market stand in one run as they would each in its own."""
    bars = random_bars(9, 200)
    path, flow = side_path(bars, side), flows_of(bars)
    few, usual = (StockTaker(bars, assumed, VENUE).sides[side].populations for assumed in (FEW, Assumptions()))
    sides = [OneSide(path, flow, populations) for populations in (few, usual, few[:1], usual[::-1])]
    reach = float(adverse(side).max())
    for together, one in zip(stand_together(sides, reach), sides, strict=True):
        alone = one.stand(reach=reach)
        tolerance = 1e-12 * alone.levered.max()
        for name in (*RECORDED, "remaining"):
            np.testing.assert_allclose(getattr(together, name), getattr(alone, name), rtol=1e-12, atol=tolerance)
        np.testing.assert_allclose(
            together.beyond_by_population(adverse(side)), alone.beyond_by_population(adverse(side)), atol=tolerance
        )


def test_of_nothing_nothing_stands() -> None:
    """No side, no run."""
    assert stand_together([], 1.0) == []


def test_inventories_of_one_market_are_taken_at_once() -> None:
    """Each is the one that its taker finds alone, on the axis and of the sides that were asked for."""
    axis, taker = PriceAxis(1.0, 40, 120), StockTaker(random_bars(4, 200), FEW, VENUE)
    takers = [taker.under(assumed) for assumed in rivals(FEW, VENUE.rule).values()]
    inventories = newest_of(takers, axis, (Side.SHORT,))
    assert len(inventories) == len(takers) == len(MIXES)
    for inventory, each in zip(inventories, takers, strict=True):
        assert list(inventory.sides) == [Side.SHORT]
        alone = each.newest(axis).held_between(Side.SHORT, axis.edges)
        assert alone.sum() > 0
        np.testing.assert_allclose(inventory.held_between(Side.SHORT, axis.edges), alone, atol=1e-12 * alone.sum())
