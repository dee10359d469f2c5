from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.bars import Bars
from service.heatmap.flows import flows
from tests.heatmap.hand_made import steady
from tests.heatmap.kernel_market import random_bars

NAN = np.nan


def bars_with(interest: list[float], volume: list[float]) -> Bars:
    """Return bars of one price with this open interest and volume."""
    return replace(steady(len(interest)), open_interest=np.array(interest), volume=np.array(volume))


def test_opens_and_closes_share_the_volume() -> None:
    """Closes are (churn * V - d) / 2, so that with opens of (churn * V + d) / 2 both make the volume."""
    found = flows(bars_with([100, 110, 104], [50, 50, 50]), 0.8)
    assert found.closes == pytest.approx([20.0, 15.0, 23.0])
    assert not found.clipped.any()
    assert found.known.all()


def test_a_change_that_volume_cannot_explain() -> None:
    """Only opens, or only closes, then; how much the data is off by is told."""
    found = flows(bars_with([100, 130, 90], [10, 10, 10]), 1.0)
    assert found.closes == pytest.approx([5.0, 0.0, 40.0])
    assert found.clipped == pytest.approx([0.0, 20.0, 30.0])


def test_missing_open_interest() -> None:
    """What is not known is carried over, or back to the start, and marked; closes come from volume alone there."""
    found = flows(bars_with([NAN, NAN, 100, NAN, 120], [10, 10, 10, 10, 30]), 1.0)
    assert found.open_interest.tolist() == [100, 100, 100, 100, 120]
    assert found.known.tolist() == [False, False, True, False, True]
    assert found.closes == pytest.approx([5, 5, 5, 5, 5])


def test_no_open_interest() -> None:
    """Without a single one there is nothing to scale to."""
    with pytest.raises(ValueError, match="open_interest: not known for any bar"):
        flows(bars_with([NAN, NAN], [1, 1]), 1.0)


@given(seed=st.integers(0, 10_000), churn=st.floats(0.0, 4.0))
def test_always_possible(seed: int, churn: float) -> None:
    """Closes are never negative, and never less than the fall of open interest."""
    found = flows(random_bars(seed, 30), churn)
    fall = -np.diff(found.open_interest, prepend=found.open_interest[0])
    assert np.all(found.closes >= np.maximum(fall, 0.0))
    assert np.all(found.clipped >= 0.0)
