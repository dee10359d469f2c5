import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.levels.rules import LevelRules
from service.heatmap.levels.volume_profile import profile_axis, value_area, volume_levels, volume_profile
from tests.support.hand_made import bars_of

EDGES = np.arange(90.0, 111.0)


def plain_profile(bars: Bars, edges: Floats) -> list[float]:
    """Spread each bar over its range, bin by bin."""
    result = [0.0] * (len(edges) - 1)
    for low, high, volume in zip(bars.low.tolist(), bars.high.tolist(), bars.volume.tolist(), strict=True):
        for i in range(len(result)):
            if high > low:
                overlap = min(high, edges[i + 1]) - max(low, edges[i])
                result[i] += volume * max(0.0, overlap) / (high - low)
            elif edges[i] <= low < edges[i + 1]:
                result[i] += volume
    return result


@given(
    st.lists(
        st.tuples(st.floats(85.0, 115.0), st.floats(0.0, 12.0).map(lambda x: round(x, 2)), st.floats(0.0, 1e3)),
        min_size=1,
        max_size=20,
    )
)
def test_profile_against_the_plain_one(rows: list[tuple[float, float, float]]) -> None:
    """The ramps' sums give each bin what spreading bar by bin gives, whatever lies off the axis."""
    bars = bars_of([(low, low + span, low, low) for low, span, _ in rows], [volume for _, _, volume in rows])
    np.testing.assert_allclose(volume_profile(bars, EDGES), plain_profile(bars, EDGES), atol=1e-6)


def test_volume_on_the_axis_is_all_there() -> None:
    """Nothing is lost or made between the edges."""
    bars = bars_of([(100.0, 104.3, 97.1, 101.0), (101.0, 101.0, 101.0, 101.0)], [5.0, 7.0])
    assert volume_profile(bars, EDGES).sum() == pytest.approx(12.0)


@pytest.mark.parametrize(
    ("profile", "wanted"),
    [
        ([1, 2, 10, 5, 1], (2, 4)),
        ([0, 0, 10, 0, 0], (2, 3)),
        ([3, 3, 10, 3, 3], (1, 4)),
        ([10, 1, 1, 1, 1], (0, 1)),
        ([4, 4, 4, 4, 4], (0, 4)),
    ],
)
def test_value_area_on_paper(profile: list[float], wanted: tuple[int, int]) -> None:
    """70 % around the fullest bin; the fuller neighbour first, both when they are equal."""
    assert value_area(np.array(profile, dtype=float), 0.7) == wanted


def test_levels_of_a_two_humped_profile() -> None:
    """The higher hump is the point of control, the other a high-volume node, the trough between a low-volume node."""
    centres = 0.5 * (EDGES[1:] + EDGES[:-1])
    profile = 10 * np.exp(-0.5 * ((centres - 95.5) / 1.5) ** 2) + 8 * np.exp(-0.5 * ((centres - 105.5) / 1.5) ** 2)
    found = volume_levels(profile, EDGES, 0.5, 2, LevelRules())
    prices = {kind: [level.price for level in found if level.kind == kind] for kind in {level.kind for level in found}}
    assert prices["point_of_control"] == [95.5]
    assert prices["high_volume_node"] == [105.5]
    assert len(prices["low_volume_node"]) == 1
    assert 99.0 < prices["low_volume_node"][0] < 102.0
    start, stop = value_area(profile, 0.7)
    assert prices["value_area_low"] == [EDGES[start]]
    assert prices["value_area_high"] == [EDGES[stop]]


def test_nothing_traded_on_the_axis() -> None:
    """No volume, no levels."""
    assert volume_levels(np.zeros(20), EDGES, 0.5, 2, LevelRules()) == []


@pytest.mark.parametrize(("price", "size"), [(100.0, 0.1), (61_234.0, 100.0), (0.0123, 2e-5)])
def test_the_profile_has_bins_of_its_own(price: float, size: float) -> None:
    """A tenth of a per cent, rounded up to a nice number; edges are whole multiples and cover all that traded."""
    bars = bars_of([(price, 1.05 * price, 0.95 * price, price)] * 3)
    axis = profile_axis(bars, LevelRules())
    assert axis.bin_size == pytest.approx(size)
    np.testing.assert_allclose(axis.edges / size, np.round(axis.edges / size), atol=1e-6)
    assert volume_profile(bars, axis.edges).sum() == pytest.approx(bars.volume.sum())


@pytest.mark.parametrize("low", [1e-3, 1.0, 100.0])
def test_the_profile_is_bounded_however_far_price_went(low: float) -> None:
    """A market that fell to a hundred-thousandth, or never moved, has a profile of at most 2,000 bins."""
    axis = profile_axis(bars_of([(100.0, 100.0, low, 100.0)]), LevelRules())
    assert axis.count <= 2000
