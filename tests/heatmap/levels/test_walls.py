import numpy as np
import pytest

from service.heatmap.levels.rules import LevelRules
from service.heatmap.levels.walls import book_walls

RULES = LevelRules()


def bids(**extra: float) -> np.ndarray:
    """Return 1 coin on every dollar from 999 down to 800; a900=10 makes it 10 coins at 900."""
    rows = np.array([[1000.0 - i, 1.0] for i in range(1, 201)])
    for name, amount in extra.items():
        rows[rows[:, 0] == float(name[1:]), 1] = amount
    return rows


def test_an_even_book_has_no_walls() -> None:
    """Depth that is alike everywhere is no wall, however large."""
    assert book_walls(bids(), "bid_wall", RULES) == []


def test_the_largest_first() -> None:
    """Cells holding four times the usual are walls; three times is not."""
    found = book_walls(bids(a900=30.0, a950=60.0, a850=4.0), "bid_wall", RULES)
    assert [round(level.price) for level in found] == [950, 900]
    assert found[0].size == pytest.approx(60 * 950, rel=0.03)
    assert found[0].low <= 950.0 <= found[0].high


def test_at_most_five() -> None:
    """Of seven walls the five largest are told."""
    found = book_walls(bids(**{f"a{price}": 20.0 + price / 100 for price in range(810, 950, 20)}), "bid_wall", RULES)
    assert [round(level.price) for level in found] == [930, 910, 890, 870, 850]


@pytest.mark.parametrize("levels", [None, bids()[:0], bids()[:5], np.full((50, 2), 3.0)])
def test_no_book_no_walls(levels: np.ndarray | None) -> None:
    """Without a book, or with too few or only one price in it, nothing stands out."""
    assert book_walls(levels, "ask_wall", RULES) == []
