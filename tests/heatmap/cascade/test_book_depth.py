"""Depth as a curve: where levels are filled, what a move clears, where the book ended, what lies beyond."""

import numpy as np
import pytest

from service.heatmap.cascade.book_depth import DepthCurve, Direction, depth_curve

PRICE = 100.0
BIDS = np.array([[99.0, 10.0], [98.0, 20.0], [96.0, 5.0]])
ASKS = np.array([[101.0, 10.0], [102.0, 20.0], [104.0, 5.0]])
RESTING = {"down": [990.0, 2_950.0, 3_430.0], "up": [1_010.0, 3_050.0, 3_570.0]}


def curve(direction: Direction) -> DepthCurve:
    """Return the curve of three levels, 1, 2 and 4 % away."""
    return depth_curve(BIDS if direction == "down" else ASKS, PRICE, direction)


@pytest.mark.parametrize("direction", ["down", "up"])
def test_levels_add_up_outwards(direction: Direction) -> None:
    """The visible nodes are the book's own levels, nearest first, each with all that rests up to it."""
    found = curve(direction)
    assert found.visible == 3
    assert found.distance[:3] == pytest.approx([0.01, 0.02, 0.04])
    assert found.cumulative[:3] == pytest.approx(RESTING[direction])


@pytest.mark.parametrize(("direction", "end"), [("down", 96.0), ("up", 104.0)])
def test_the_book_ends_at_its_last_level_with_an_amount(direction: Direction, end: float) -> None:
    """In any order, and a level without an amount is none."""
    levels = np.vstack([BIDS if direction == "down" else ASKS, [[50.0 if direction == "down" else 150.0, 0.0]]])
    for rows in (levels, levels[::-1]):
        found = depth_curve(rows, PRICE, direction)
        assert found.book_end_price == pytest.approx(end)
        assert found.cumulative[: found.visible] == pytest.approx(RESTING[direction])


@pytest.mark.parametrize(
    ("usd", "level"), [(1.0, 0.01), (989.9, 0.01), (990.1, 0.02), (2_949.9, 0.02), (3_429.9, 0.04), (1e9, 0.04)]
)
def test_the_level_that_fills_an_order(usd: float, level: float) -> None:
    """The first level up to which as much rests, or the last one."""
    assert curve("down").level_that_fills(np.array([usd])) == pytest.approx([level])


@pytest.mark.parametrize(
    ("distance", "usd"), [(0.0, 0.0), (0.01, 0.0), (0.0101, 990.0), (0.02, 990.0), (0.03, 2_950.0), (0.04, 2_950.0)]
)
def test_a_move_clears_the_levels_before_it(distance: float, usd: float) -> None:
    """What rests exactly where the move ends still stands."""
    assert curve("down").taken_before(distance) == pytest.approx(usd)


def test_beyond_the_book_it_is_a_power_law() -> None:
    """From the last level on depth grows with distance to the exponent; of a book of few levels that is 1."""
    found = curve("down")
    beyond = found.distance[found.visible :]
    assert found.exponent == 1.0
    assert beyond[0] > 0.04
    assert beyond[-1] == pytest.approx(0.95)
    assert found.cumulative[found.visible :] == pytest.approx(3_430.0 * beyond / 0.04)


@pytest.mark.parametrize(("grows", "told"), [(0.75, 0.75), (1.5, 1.5), (0.2, 0.5), (4.0, 2.0)])
def test_the_exponent_is_that_of_the_book(grows: float, told: float) -> None:
    """Depth that grows with distance to some power is read as that power, held between a half and two."""
    away = np.linspace(0.0005, 0.05, 400)
    amount = np.diff(1e6 * away**grows, prepend=0.0) / (PRICE * (1 + away))
    found = depth_curve(np.column_stack([PRICE * (1 + away), amount]), PRICE, "up")
    assert found.exponent == pytest.approx(told, abs=0.03)


def test_spread_out_gives_each_level_the_gap_before_it() -> None:
    """Half-way to the first level half of it, half-way between two levels half of the second."""
    assert curve("down").spread_out(np.array([0.005, 0.01, 0.015, 0.03])) == pytest.approx([495, 990, 1_970, 3_190])
