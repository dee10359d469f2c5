from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.bars import Bars
from service.heatmap.base.errors import BadInput
from service.heatmap.inventory.flows import flows_of
from tests.support.hand_made import steady
from tests.support.kernel_market import random_bars

NAN = np.nan


def bars_with(interest: list[float], volume: list[float]) -> Bars:
    """Return bars of one price with this open interest and volume."""
    return replace(steady(len(interest)), open_interest=np.array(interest), volume=np.array(volume))


def test_closes_are_half_the_volume_less_half_the_change() -> None:
    """Closes are (churn * V - d) / 2, so that with opens of (churn * V + d) / 2 both make the volume."""
    found = flows_of(bars_with([100, 110, 104], [50, 50, 50]))
    assert found.change.tolist() == [0.0, 10.0, -6.0]
    assert found.closes(0.8) == pytest.approx([20.0, 15.0, 23.0])


def test_a_change_that_volume_cannot_explain() -> None:
    """Only opens, or only closes, then: the change of open interest is met all the same."""
    assert flows_of(bars_with([100, 130, 90], [10, 10, 10])).closes(1.0) == pytest.approx([5.0, 0.0, 40.0])


def test_missing_open_interest() -> None:
    """What is not known is carried over, or back to the start; closes come from volume alone there."""
    found = flows_of(bars_with([NAN, NAN, 100, NAN, 120], [10, 10, 10, 10, 30]))
    assert found.open_interest.tolist() == [100, 100, 100, 100, 120]
    assert found.closes(1.0) == pytest.approx([5, 5, 5, 5, 5])


def test_no_open_interest() -> None:
    """Without a single one there is nothing to scale to."""
    with pytest.raises(BadInput, match="open_interest: not known for any bar"):
        flows_of(bars_with([NAN, NAN], [1, 1]))


@given(seed=st.integers(0, 10_000), churn=st.floats(0.0, 4.0))
def test_survival_leaves_room_for_what_comes(seed: int, churn: float) -> None:
    """A share of 0..1 survives each bar, and never more than its open interest holds."""
    found = flows_of(random_bars(seed, 30))
    kept = found.survival(churn)
    before = found.open_interest - found.change
    assert np.all((kept >= 0.0) & (kept <= 1.0))
    assert np.all(kept * before <= found.open_interest * (1 + 1e-12))
    assert kept[0] == 1.0


@given(change=st.floats(-0.5, 0.5), turnover=st.floats(0.0, 3.0), parts=st.integers(2, 48))
def test_survival_composes(change: float, turnover: float, parts: int) -> None:
    """Closing in many steps leaves what one step leaves: 24 hours close as much as their day."""
    end, volume = 100.0 * (1 + change), 200.0 * turnover + 100.0 * abs(change)
    one = flows_of(bars_with([100.0, end], [0.0, volume]))
    steps = np.linspace(100.0, end, parts + 1)
    many = flows_of(bars_with(steps.tolist(), [0.0, *[volume / parts] * parts]))
    assert many.survival(1.0).prod() == pytest.approx(one.survival(1.0)[1], rel=1e-9)


@given(closes=st.floats(0.0, 3.0), change=st.floats(-1e-6, 1e-6))
def test_survival_is_smooth_at_no_change(closes: float, change: float) -> None:
    """Open interest that hardly moves closes as open interest that does not."""
    found = flows_of(bars_with([100.0, 100.0 * (1 + change)], [0.0, 200.0 * closes]))
    assert found.survival(1.0)[1] == pytest.approx(np.exp(-max(closes, -change)), rel=1e-5)


def test_open_interest_that_goes_to_nothing_leaves_nobody() -> None:
    """And what comes after an open interest of nothing has nobody to lose."""
    found = flows_of(bars_with([100.0, 0.0, 50.0], [1.0, 1.0, 1.0]))
    assert found.survival(1.0).tolist() == [1.0, 0.0, 1.0]
