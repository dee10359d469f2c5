"""Which bars a lift is measured on, and what is known of each."""

from dataclasses import replace

import numpy as np

from service.heatmap.base.side import BySide, Side
from service.heatmap.lift.hours import FLOOR, LEAST_MOVE, adverse_moves, hours_of
from tests.support.skill_market import market


def test_moves_are_from_the_close_before() -> None:
    """To the low for longs, to the high for shorts, negative where price stayed on the other side."""
    bars = market(1, days=3).bars
    moves = adverse_moves(bars)
    assert np.isnan(moves.long[0])
    np.testing.assert_allclose(moves.long[1:], np.log(bars.close[:-1] / bars.low[1:]))
    np.testing.assert_allclose(moves.short[1:], np.log(bars.high[1:] / bars.close[:-1]))


def test_only_bars_that_can_be_compared() -> None:
    """Scored, gone far enough, with known liquidations: all three are needed."""
    case = market(2, days=12)
    count = len(case.bars)
    scored = np.arange(count) >= 50
    some = case.liquidated.long.copy()
    some[100] = np.nan
    hours = hours_of(case.bars, BySide(some, case.liquidated.short), scored)
    moves = adverse_moves(case.bars)
    for side in Side:
        assert (hours[side].at >= 50).all()
        assert (hours[side].move > LEAST_MOVE).all()
        wanted = set(np.flatnonzero(scored & (moves[side] > LEAST_MOVE)).tolist())
        assert set(hours[side].at.tolist()) == wanted - ({100} if side is Side.LONG else set())
    floor = FLOOR * np.median(some[hours.long.at][some[hours.long.at] > 0])
    np.testing.assert_allclose(hours.long.liquidated, np.log(some[hours.long.at] + floor))


def test_volatility_knows_the_bars_before_alone() -> None:
    """What a bar itself does has no part in it."""
    case = market(3, days=5)
    every = np.ones(len(case.bars), dtype=bool)
    bars = replace(case.bars, high=case.bars.high.copy())
    bars.high[-1] *= 1.5
    one, other = (hours_of(each, case.liquidated, every).short for each in (case.bars, bars))
    shared = np.isin(other.at, one.at)
    np.testing.assert_array_equal(other.volatility[shared], one.volatility)


def test_nothing_liquidated_is_no_error() -> None:
    """Hours without any liquidation have one and the same logarithm."""
    case = market(4, days=5)
    nothing = BySide(*(np.zeros(len(case.bars)) for _ in Side))
    hours = hours_of(case.bars, nothing, np.ones(len(case.bars), dtype=bool))
    assert set(hours.long.liquidated.tolist()) == {0.0}
