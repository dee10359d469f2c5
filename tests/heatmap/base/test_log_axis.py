"""The axis of equal widths in log price: at the same places for every request."""

import numpy as np
import pytest

from service.heatmap.base.log_axis import LOWEST_SHARE, log_axis_between


def test_it_covers_both_prices_with_equal_log_widths() -> None:
    """Edges are whole multiples of the step in log price."""
    axis = log_axis_between(90.0, 110.0, 0.0006)
    assert axis.edges[0] <= 90.0
    assert axis.edges[-1] >= 110.0
    np.testing.assert_allclose(np.diff(np.log(axis.edges)), 0.0006, rtol=1e-9)
    np.testing.assert_allclose(np.log(axis.edges) / 0.0006, np.round(np.log(axis.edges) / 0.0006), atol=1e-6)
    assert len(axis.part_edges) == axis.count + 1


def test_edges_never_move() -> None:
    """Another range has the same edges where both are."""
    near, far = log_axis_between(95.0, 105.0, 0.0006), log_axis_between(50.0, 200.0, 0.0006)
    assert set(near.edges.tolist()) <= set(far.edges.tolist())


@pytest.mark.parametrize("low", [0.0, -5.0, 1e-9])
def test_an_axis_may_begin_at_0(low: float) -> None:
    """There the logarithm ends at a share of the highest price."""
    axis = log_axis_between(low, 100.0, 0.01)
    assert axis.edges[0] == pytest.approx(100.0 * LOWEST_SHARE, rel=0.02)
