"""The base rate is what moves of that size came to in the past, counted by hand."""

import numpy as np
import pytest

from service.heatmap.base.bars import Bars
from service.heatmap.cascade.past_moves import FEWEST_MOVES, base_rate
from tests.support.skill_market import walk


def by_hand(bars: Bars, move: float) -> list[tuple[float, float, int]]:
    """Return of each bar that fell so far: how far it fell, how far the day did, and its UTC day."""
    found = []
    for at in range(1, len(bars) - 24 + 1):
        before = bars.close[at - 1]
        fell = 100 * (bars.low[at] / before - 1)
        if fell <= move:
            day = 100 * (bars.low[at : at + 24].min() / before - 1)
            found.append((fell, day, int(bars.time[at] // 86_400_000)))
    return found


def test_counted_by_hand() -> None:
    """Number, days and tenths, from the mildest to the deepest."""
    bars = walk(3, 60)
    rows = by_hand(bars, -1.0)
    told = base_rate(bars, -1.0)
    assert (told.moves, told.days) == (len(rows), len({row[2] for row in rows}))
    assert told.bar == pytest.approx(np.quantile([row[0] for row in rows], (0.9, 0.5, 0.1)))
    assert told.day == pytest.approx(np.quantile([row[1] for row in rows], (0.9, 0.5, 0.1)))


def test_rises_are_counted_by_their_highs() -> None:
    """Every rise of 1 % ends at 1 % or more, and its day no lower."""
    told = base_rate(walk(4, 60), 1.0)
    assert told.bar is not None
    assert told.day is not None
    assert 1.0 <= told.bar[0] <= told.bar[1] <= told.bar[2]
    assert all(day >= bar for bar, day in zip(told.bar, told.day, strict=True))


def test_too_few_moves_are_counted_and_not_told() -> None:
    """A tenth of a handful is no tenth."""
    told = base_rate(walk(5, 20), -30.0)
    assert told.moves < FEWEST_MOVES
    assert (told.bar, told.day) == (None, None)


def test_what_has_no_day_yet_is_left_out() -> None:
    """Bars of the last 24 hours have no day to tell of."""
    bars = walk(6, 30)
    assert base_rate(bars, -0.5).moves == len(by_hand(bars, -0.5))
    assert base_rate(bars.part(0, 10), -0.5).moves == 0
