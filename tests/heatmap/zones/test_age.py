import numpy as np
import pytest

from service.heatmap.base.arrays import Span
from service.heatmap.base.side import Side
from service.heatmap.density.heat import heat_of
from service.heatmap.zones.age import Age, GridHistory, cold_age, hot_age
from service.heatmap.zones.rules import ZoneRules

RULES = ZoneRules()
STEP = 0.001
TIME = np.arange(5, dtype=np.int64) * 1000


def history(column: list[float], bins: int = 10, ground: float = 10.0, at: Span = (4, 6)) -> GridHistory:
    """Return a grid whose bins `at` hold these values over time, each bin, and all others `ground`."""
    grid = np.full((len(column), bins), ground)
    grid[:, slice(*at)] = np.array(column)[:, None]
    return GridHistory(TIME[: len(column)], grid, np.zeros_like(grid), STEP)


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ([0, 0, 6, 8, 10], Age(2000, at_least=False)),
        ([0, 9, 4, 8, 10], Age(3000, at_least=False)),
        ([5, 6, 7, 8, 10], Age(0, at_least=True)),
        ([0, 0, 0, 0, 10], Age(4000, at_least=False)),
    ],
)
def test_hot_age(column: list[float], wanted: Age) -> None:
    """A zone stands from the bar since which it has always held half of what it holds now."""
    assert hot_age(history(column), Side.LONG, (4, 6), RULES) == wanted


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ([10, 10, 3, 2, 1], Age(2000, at_least=False)),
        ([1, 10, 10, 2, 9], Age(3000, at_least=False)),
        ([1, 1, 1, 1, 1], Age(0, at_least=True)),
    ],
)
def test_cold_age(column: list[float], wanted: Age) -> None:
    """A cold zone stands from the bar since which its mean heat has been no more than a cold zone's may be."""
    grid = history(column, bins=60, at=(20, 30))
    assert cold_age(grid, (20, 30), RULES) == wanted
    np.testing.assert_array_equal(grid.heat.whole, heat_of(grid.long.astype(np.float64), STEP))


def test_the_other_side_does_not_count() -> None:
    """What stood on the short side says nothing about a long zone."""
    grid = history([0, 0, 6, 8, 10])
    other = GridHistory(grid.time, grid.long, np.full_like(grid.long, 99.0), STEP)
    assert hot_age(other, Side.LONG, (4, 6), RULES).since == 2000
    assert hot_age(other, Side.SHORT, (4, 6), RULES) == Age(0, at_least=True)


@pytest.mark.parametrize("age", [1, 2, 63, 64, 65, 66, 191, 192, 193, 299, 300])
def test_a_long_history_is_looked_back_on_as_far_as_need_be(age: int) -> None:
    """However the columns are looked through, the newest break is found; after none it may be older."""
    time, wanted = 1000 * np.arange(300, dtype=np.int64), Age(1000 * (300 - age), at_least=age == 300)
    dense, hollow = np.full((300, 10), 10.0), np.full((300, 60), 10.0)
    dense[: 300 - age, 4:6] = 1.0
    dense[: max(0, 290 - age), 4:6] = 10.0
    hollow[300 - age :, 20:30] = 1.0
    hollow[: max(0, 290 - age), 20:30] = 1.0
    assert hot_age(GridHistory(time, dense, dense, STEP), Side.LONG, (4, 6), RULES) == wanted
    assert cold_age(GridHistory(time, hollow, hollow, STEP), (20, 30), RULES) == wanted
