import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.levels.pivots import pivot_bars, swing_levels
from tests.support.hand_made import HOUR, MIDNIGHT, walk_to


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([1, 2, 3, 2, 1], [2]),
        ([1, 2, 3, 3, 2, 1], [2]),
        ([1, 2, 3, 2], []),
        ([3, 2, 1, 2, 3], []),
        ([1, 2, 5, 2, 1, 2, 4, 2, 1], [2, 6]),
        ([], []),
    ],
)
def test_pivots_on_paper(values: list[float], wanted: list[int]) -> None:
    """Two neighbours either way: of equal highs the first, and never among the last two."""
    assert pivot_bars(np.array(values, dtype=float), 2).tolist() == wanted


@given(st.lists(st.integers(0, 6), max_size=60), st.integers(1, 5))
def test_pivots_against_the_definition(values: list[int], reach: int) -> None:
    """The windows agree with checking every bar against its neighbours."""
    wanted = [
        i
        for i in range(reach, len(values) - reach)
        if values[i] > max(values[i - reach : i]) and values[i] >= max(values[i + 1 : i + reach + 1])
    ]
    assert pivot_bars(np.array(values, dtype=float), reach).tolist() == wanted


def test_swing_levels() -> None:
    """A rise to 110 and back makes a swing high at its bar's high, a fall to 90 a swing low at its low."""
    closes = [100 + i for i in range(11)] + [109 - i for i in range(20)] + [91 + i for i in range(12)]
    found = {level.kind: level for level in swing_levels(walk_to(closes), 10, 12)}
    assert (found["swing_high"].price, found["swing_high"].time) == (110.5, MIDNIGHT + 10 * HOUR)
    assert (found["swing_low"].price, found["swing_low"].time) == (89.5, MIDNIGHT + 30 * HOUR)


def test_only_the_latest_are_kept() -> None:
    """Of many pivots the newest stay."""
    closes = [100.0 + 5 * abs(i % 8 - 4) for i in range(100)]
    found = [level for level in swing_levels(walk_to(closes), 3, 2) if level.kind == "swing_high"]
    times = [level.time or 0 for level in found]
    assert times == sorted(times, reverse=True)
    assert len(found) == 2
