"""The book of a crash is as thin as measured, never thicker than that of a calm day, and chosen by the shock's size."""

import numpy as np
import pytest

from service.heatmap.cascade.book_state import CALM_FACTOR, STATES, usual_state

EVEN = (np.arange(2000) + 0.5) / 2000


def test_an_event_has_the_measured_tenths() -> None:
    """3.4 times thinner in the middle, 17 times in one of ten."""
    depths = STATES["event"].depths(EVEN)
    assert np.median(depths) == pytest.approx(1 / 3.4, rel=0.01)
    assert np.quantile(depths, 0.1) == pytest.approx(1 / 17, rel=0.02)
    assert STATES["event"].range()[0] == pytest.approx(1 / 17, rel=1e-6)


def test_states_are_in_order_in_every_draw() -> None:
    """So that a larger shock, which may meet a worse state, ends nearer in no draw."""
    calm, event, worst = (STATES[name].depths(EVEN) for name in ("calm", "event", "worst"))
    assert (worst <= event).all()
    assert (event <= calm).all()
    assert calm.min() == pytest.approx(1 / CALM_FACTOR, rel=1e-3)
    assert [worst.min(), worst.max()] == pytest.approx([1 / 114, 1 / 17], rel=2e-3)
    for state in STATES.values():
        assert (np.diff(state.depths(EVEN)) >= 0).all()
        assert state.median == pytest.approx(np.median(state.depths(EVEN)), rel=0.01)


@pytest.mark.parametrize(("move", "state"), [(-0.01, "calm"), (0.019, "calm"), (-0.02, "event"), (0.3, "event")])
def test_half_a_days_move_is_an_event(move: float, state: str) -> None:
    """Either way; a market that never moved has no events."""
    assert usual_state(move, 0.04) == state
    assert usual_state(move, 0.0) == "calm"
