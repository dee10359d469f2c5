import numpy as np
import pytest

from service.heatmap.inventory.closing import (
    FARTHEST,
    Closing,
    bands_of,
    close_by_distance,
    faster_near,
    lanes_summed,
    survival_by_band,
)
from service.heatmap.inventory.lattice import STEP

BANDS = Closing(np.array([10 * STEP, 20 * STEP]), np.array([3.0, 2.0, 0.5]))


def test_each_band_keeps_a_power_of_the_share_kept() -> None:
    """A factor multiplies the rate of closing; populations that close all alike have one band, whatever others have."""
    found = survival_by_band([np.array([1.0, 0.9]), np.array([1.0, 0.5])], [None, BANDS])
    assert found[0, 1].tolist() == [0.9, 0.9, 0.9]
    assert found[1, 1] == pytest.approx([0.125, 0.25, 0.5**0.5])
    assert found[:, 0].tolist() == [[1.0] * 3] * 2


def test_faster_near_follows_its_formula() -> None:
    """Every band's factor is the formula's within it, to half of what a band may span."""
    closing = faster_near(0.1, 0.005)
    middles = 0.5 * (closing.distance[1:] + closing.distance[:-1])
    assert closing.factor[1:-1] == pytest.approx(1.0 + 0.1 / (middles + 0.005), rel=0.06)
    assert closing.factor[0] == pytest.approx(1.0 + 0.1 / 0.005, rel=0.06)
    assert closing.factor[-1] == pytest.approx(1.0 + 0.1 / (FARTHEST + 0.005))
    assert closing.distance[-1] == pytest.approx(FARTHEST)
    assert (np.diff(closing.distance) > 0.0).all()
    assert (np.diff(closing.factor) < 0.0).all()


def test_bands_are_counted_from_the_close() -> None:
    """A band's end moves with the price, and stays within what there is to close."""
    bands = bands_of((None, BANDS))
    assert bands.of(0).even
    assert not bands.of(1).even
    assert bands.of(1).ends(close=100, begin=105, slots=130) == [5, 15, 25]
    assert bands.of(1).ends(close=100, begin=115, slots=118) == [0, 3, 3]


def test_what_the_row_does_not_hold_is_closed_as_the_farthest() -> None:
    """Positions that no price liquidates and those without leverage are as far away as can be."""
    row = np.array([4.0, 4.0, 1.0])
    left, without = close_by_distance(row, [1, 3], [0.25, 0.5], levered=12.0, unlevered=5.0, target=100.0)
    assert row.tolist() == [1.0, 2.0, 0.5]
    assert (left, without) == (1.0 + 2.5 + 1.5, 2.5)


def test_no_more_is_left_than_the_target() -> None:
    """Where slow closing would leave more than open interest, all are closed in proportion until it is met."""
    row = np.array([4.0, 4.0])
    left, without = close_by_distance(row, [1, 2], [0.5, 1.0], levered=8.0, unlevered=2.0, target=4.0)
    assert row == pytest.approx([1.0, 2.0])
    assert (left, without) == pytest.approx((3.0, 1.0))


def test_lanes_sum_everything() -> None:
    """The order of a sum changes its last digits alone."""
    for count in range(10):
        assert lanes_summed(np.arange(1.0, count + 1.0)) == count * (count + 1) / 2
