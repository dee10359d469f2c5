from dataclasses import replace

import numpy as np
import pytest

from service.heatmap.base.side import Side
from service.heatmap.inventory.assumptions import Assumptions, typical_venue
from service.heatmap.inventory.from_price import CELLS, by_distance, share_kept, up_to
from service.heatmap.inventory.leverage import parse_mix
from service.heatmap.inventory.populations import AssumedPopulation
from tests.support.hand_made import steady
from tests.support.kernel_market import random_bars

VENUE = typical_venue(40.0, "hyperliquid")
USUAL = Assumptions.of(parse_mix("default"), "hyperliquid")


@pytest.mark.parametrize("count", [2, 30, 60])
def test_cells_are_all_of_open_interest(count: int) -> None:
    """Whatever had closed by then, what stands by distance and what is never liquidated is the open interest."""
    bars = random_bars(2, 60)
    inventory = up_to(bars, count, USUAL, VENUE)
    for side, found in zip(Side, by_distance(inventory), strict=True):
        assert found.cells.shape == (CELLS + 1,)
        assert found.cells.sum() + found.unlevered == pytest.approx(inventory.flows.open_interest[-1], rel=1e-9)
        near = inventory.held_between(
            side, bars.close[count - 1] * np.exp(-side.sign * np.array([0.05, 0.04])[:: side.sign])
        )
        assert found.cells[4] == pytest.approx(near[0], rel=1e-6)


def test_later_bars_change_nothing() -> None:
    """What stood at a moment is the same whatever came after it."""
    bars = random_bars(2, 60)
    whole, cut = (by_distance(up_to(each, 40, USUAL, VENUE)) for each in (bars, bars.part(0, 40)))
    for side in Side:
        assert whole[side].cells.tobytes() == cut[side].cells.tobytes()


def test_what_is_kept_follows_the_churn() -> None:
    """One population closed all alike keeps what its churn leaves of each bar; what price reaches does not count."""
    bars = replace(steady(30, half_range=0.5), volume=np.full(30, 40.0), open_interest=np.full(30, 100.0))
    assumptions = replace(USUAL, populations=(AssumedPopulation("one", 1.0, parse_mix("10:1"), 0.5),))
    kept = share_kept(up_to(bars, 20, assumptions, VENUE), bars, 6, assumptions)
    for side in Side:
        assert kept[side] == pytest.approx(np.exp(-6 * 20.0 / 100.0))


def test_the_far_is_kept_longer() -> None:
    """Of a population that closes by distance, what price does not come near to is kept the longest."""
    bars = replace(steady(30, half_range=0.5), volume=np.full(30, 40.0), open_interest=np.full(30, 100.0))
    near, far = (
        replace(USUAL, populations=(replace(USUAL.populations[1], share=1.0, mix=parse_mix(mix)),))
        for mix in ("40:1", "3:1")
    )
    by_mix = [share_kept(up_to(bars, 20, each, VENUE), bars, 6, each)[Side.LONG] for each in (near, far)]
    assert 0.0 < by_mix[0] < by_mix[1] < 1.0


def test_a_lag_beyond_the_bars_is_not_known() -> None:
    """Where the table ends earlier there is no share."""
    bars = random_bars(2, 60)
    assert np.isnan([*share_kept(up_to(bars, 58, USUAL, VENUE), bars, 3, USUAL)]).all()
    assert np.isfinite([*share_kept(up_to(bars, 57, USUAL, VENUE), bars, 3, USUAL)]).all()
