"""The base rate is what moves of that size came to in the past, counted by hand."""

import numpy as np
import pytest

from service.heatmap.base.bars import Bars
from service.heatmap.cascade.past_moves import FEWEST_MOVES, base_rate, standing_within
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
    told = base_rate(bars, -1.0).past
    assert (told.moves, told.days) == (len(rows), len({row[2] for row in rows}))
    assert told.bar == pytest.approx(np.quantile([row[0] for row in rows], (0.9, 0.5, 0.1)))
    assert told.day == pytest.approx(np.quantile([row[1] for row in rows], (0.9, 0.5, 0.1)))
    assert told.again_bar == pytest.approx(np.mean([row[0] <= -2.0 for row in rows]))
    assert told.again_day == pytest.approx(np.mean([row[1] <= -2.0 for row in rows]))


def test_rises_are_counted_by_their_highs() -> None:
    """Every rise of 1 % ends at 1 % or more, and its day no lower."""
    told = base_rate(walk(4, 60), 1.0).past
    assert told.bar is not None
    assert told.day is not None
    assert 1.0 <= told.bar[0] <= told.bar[1] <= told.bar[2]
    assert all(day >= bar for bar, day in zip(told.bar, told.day, strict=True))


def test_too_few_moves_are_counted_and_not_told() -> None:
    """A tenth of a handful is no tenth."""
    told = base_rate(walk(5, 20), -30.0).past
    assert told.moves < FEWEST_MOVES
    assert (told.bar, told.day, told.again_bar, told.again_day) == (None, None, None, None)


def test_what_has_no_day_yet_is_left_out() -> None:
    """Bars of the last 24 hours have no day to tell of."""
    bars = walk(6, 30)
    assert base_rate(bars, -0.5).past.moves == len(by_hand(bars, -0.5))
    assert base_rate(bars.part(0, 10), -0.5).past.moves == 0


def test_what_stands_in_the_way_on_paper() -> None:
    """Of 100 USD a dollar below 100, a fall of 2 % meets 200 of 1,000; a rise meets what stands above."""
    edges = np.arange(90.0, 111.0)
    below, above = np.where(edges[:-1] < 100.0, 100.0, 0.0), np.where(edges[:-1] >= 100.0, 50.0, 0.0)
    columns = np.stack([below, below, np.zeros(20), below])
    prices = np.array([100.0, 95.5, 100.0, 91.0])
    told = standing_within(edges, columns, prices, -2.0)
    assert told[:2] == pytest.approx([0.2, 0.191])
    # nothing stands, and a fall that leaves the axis
    assert np.isnan(told[2:]).all()
    assert standing_within(edges, above[None], np.array([100.0]), 3.0) == pytest.approx([0.3])


@pytest.mark.parametrize(("now", "third"), [(0.01, "least"), (0.5, "middle"), (0.99, "most")])
def test_moves_with_as_much_in_their_way(now: float, third: str) -> None:
    """Only those are told whose third by what stood before them is now's, counted by hand."""
    bars = walk(3, 90)
    random = np.random.default_rng(1)
    standing = random.random(len(bars))
    standing[:200] = np.nan
    standing[-1] = now
    told = base_rate(bars, -0.7, standing)
    assert told.swept is not None
    assert (told.swept.third, told.swept.share) == (third, now)
    ends = range(1, len(bars) - 24 + 1)
    moves = [at for at in ends if bars.low[at] / bars.close[at - 1] - 1 <= -0.007 and np.isfinite(standing[at - 1])]
    low, high = np.quantile([standing[at - 1] for at in moves], (1 / 3, 2 / 3))
    mine = [
        at
        for at in moves
        if sum(standing[at - 1] > end for end in (low, high)) == ["least", "middle", "most"].index(third)
    ]
    assert told.swept.past.moves == len(mine) >= FEWEST_MOVES
    fell = [100 * (bars.low[at] / bars.close[at - 1] - 1) for at in mine]
    assert told.swept.past.bar == pytest.approx(np.quantile(fell, (0.9, 0.5, 0.1)))
    assert (told.told_by, told.best) == ("move_and_swept", told.swept.past)


def test_too_few_with_as_much_in_their_way_falls_back() -> None:
    """Then all moves of the size are told, and that is said; so it is where nothing is known of now."""
    bars = walk(3, 60)
    all_of_them = base_rate(bars, -1.0)
    assert (all_of_them.swept, all_of_them.told_by) == (None, "move")
    standing = np.full(len(bars), np.nan)
    assert base_rate(bars, -1.0, standing) == all_of_them
    fell = [at for at in range(1, len(bars) - 23) if bars.low[at] / bars.close[at - 1] - 1 <= -0.01]
    standing[[at - 1 for at in fell[:6]]] = np.arange(6.0)
    standing[-1] = 0.5
    few = base_rate(bars, -1.0, standing)
    assert few.swept is not None
    assert few.swept.past.moves == 2
    assert (few.told_by, few.best) == ("move", all_of_them.past)
