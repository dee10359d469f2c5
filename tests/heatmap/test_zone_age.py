import numpy as np
import pytest

from service.heatmap.zone_age import Age, GridHistory, cold_age, hot_age
from service.heatmap.zone_rules import ZoneRules

RULES = ZoneRules()
TIME = np.arange(5, dtype=np.int64) * 1000


def history(column: list[float], bins: int = 10, ground: float = 10.0) -> GridHistory:
    """Return a grid whose bins 4..6 hold these values over time, each bin, and all others `ground`."""
    grid = np.full((len(column), bins), ground)
    grid[:, 4:6] = np.array(column)[:, None]
    return GridHistory(TIME[: len(column)], grid, np.zeros_like(grid))


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
    assert hot_age(history(column), "long", (4, 6), RULES) == wanted


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ([10, 10, 3, 2, 1], Age(2000, at_least=False)),
        ([1, 10, 10, 2, 9], Age(3000, at_least=False)),
        ([1, 1, 1, 1, 1], Age(0, at_least=True)),
    ],
)
def test_cold_age(column: list[float], wanted: Age) -> None:
    """A cold zone stands from the bar since which it has always been at most 60 % as dense as around it."""
    assert cold_age(history(column), "long", (4, 6), (0, 10), 4.0, RULES) == wanted


def test_the_other_side_does_not_count() -> None:
    """What stood on the short side says nothing about a long zone."""
    grid = history([0, 0, 6, 8, 10])
    other = GridHistory(grid.time, grid.long, np.full_like(grid.long, 99.0))
    assert hot_age(other, "long", (4, 6), RULES).since == 2000
    assert hot_age(other, "short", (4, 6), RULES) == Age(0, at_least=True)
