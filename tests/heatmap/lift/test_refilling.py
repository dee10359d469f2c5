"""The flat map is full where price has not been, empty where it just was, and refills."""

import numpy as np
import pytest

from service.heatmap.lift.refilling import FASTEST, REFILL, flat_map, numpy_loop
from tests.support.hand_made import bars_of


def test_new_lows_find_it_full_and_old_ones_empty() -> None:
    """A first fall sweeps all, the same fall right after it hardly anything, one as far beyond half and half."""
    bars = bars_of([(100, 100, 100, 100), (100, 100, 90, 100), (100, 100, 90, 100), (100, 100, 81, 100)])
    long = flat_map(bars).fullness.long
    assert np.isnan(long[0])
    assert long[1] == pytest.approx(1.0)
    assert long[2] == pytest.approx(REFILL, abs=0.01)
    assert long[3] == pytest.approx(0.5, abs=0.03)


def test_it_refills_at_an_even_rate() -> None:
    """After n bars of standing still, 1 - (1 - rate)^n of what was swept is back."""
    still = [(100.0, 100.0, 100.0, 100.0)] * 30
    bars = bars_of([(100, 100, 100, 100), (100, 100, 90, 100), *still, (100, 100, 90, 100)])
    assert flat_map(bars).fullness.long[-1] == pytest.approx(1 - (1 - REFILL) ** 31, abs=0.01)


def test_sides_are_mirrored() -> None:
    """Shorts meet a rise as longs meet a fall."""
    fall = [(100, 100, 100, 100), (100, 100, 90, 95), (95, 96, 88, 90)]
    rise = [tuple(1e4 / np.array(row)[[0, 2, 1, 3]]) for row in fall]
    np.testing.assert_allclose(flat_map(bars_of(fall)).fullness.long, flat_map(bars_of(rise)).fullness.short, atol=1e-2)


def test_what_is_swept_is_how_far_times_how_full() -> None:
    """Nothing where the bar did not go beyond the close before."""
    made = flat_map(bars_of([(100, 100, 100, 100), (100, 110, 100, 110), (110, 111, 99, 100)]))
    assert made.swept.long[:2].tolist() == [0.0, 0.0]
    assert made.swept.long[2] == pytest.approx(np.log(110 / 99) * made.fullness.long[2])
    assert made.swept.short[1] == pytest.approx(np.log(1.1), rel=0.01)


@pytest.mark.parametrize("bars", [1, 2, 300])
def test_compiled_and_numpy_give_the_same_bytes(bars: int) -> None:
    """Whichever runs, the lifts of the flat map are the same to the last bit."""
    assert FASTEST is not numpy_loop, "not built: `make test` does it"
    random = np.random.default_rng(bars)
    at_close, at_worst = random.integers(0, 900, (2, bars))
    found, expected = (loop(at_close, at_worst, 1000) for loop in (FASTEST, numpy_loop))
    assert found.tobytes() == expected.tobytes()
