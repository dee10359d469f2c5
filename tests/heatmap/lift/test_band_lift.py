"""Band lift finds a lift that is there, its size, and none where heat says nothing."""

import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import BySide, Side
from service.heatmap.lift.band_lift import arms_of, band_lifts
from service.heatmap.lift.hours import adverse_moves, hours_of
from service.heatmap.lift.refilling import flat_map
from tests.support.skill_market import Case, market


def measured(case: Case, heat: BySide[Floats], liquidated: BySide[Floats], resamples: int = 100) -> list[float]:
    """Return the lift of heat with its ends."""
    hours = hours_of(case.bars, liquidated, np.ones(len(case.bars), dtype=bool))
    made = band_lifts(hours, heat, flat_map(case.bars), resamples=resamples, seed=0).heat
    assert made.value is not None
    assert made.low is not None
    assert made.high is not None
    return [made.low, made.value, made.high]


def drawn(case: Case, seed: int) -> BySide[Floats]:
    """Return heat drawn by lot, even from 0 to 1."""
    random = np.random.default_rng(seed)
    return BySide(*(random.random(len(case.bars)) for _ in Side))


def test_a_lift_of_three_is_found() -> None:
    """Liquidations of 3^(1.5 heat): the thirds' heat differs by two thirds on average, so the lift is three."""
    case = market(5, days=120)
    heat, moves = drawn(case, 1), adverse_moves(case.bars)
    amounts = BySide(*(1e6 * np.maximum(np.nan_to_num(moves[s]), 0) * 3.0 ** (1.5 * heat[s]) for s in Side))
    low, value, high = measured(case, heat, amounts)
    assert value == pytest.approx(3.0, rel=0.1)
    assert low < value < high


def test_heat_that_is_only_the_distance_has_none() -> None:
    """It ranks hours as their move does, and is held against hours that moved alike; what is left is within a tenth."""
    case = market(6, days=120)
    moves = adverse_moves(case.bars)
    random = np.random.default_rng(0)
    amounts = BySide(*(np.maximum(np.nan_to_num(moves[s]), 0) * random.lognormal(0, 0.3, len(case.bars)) for s in Side))
    assert measured(case, moves, amounts)[1] < 1.25
    low, _, high = measured(case, drawn(case, 2), amounts)
    assert low < 1.0 < high


def test_heat_of_the_flat_map_adds_nothing_to_it() -> None:
    """At equal fullness of the flat map, its own heat is worth next to nothing."""
    case = market(7, days=120)
    hours = hours_of(case.bars, case.liquidated, np.ones(len(case.bars), dtype=bool))
    random = np.random.default_rng(0)
    heat = BySide(*(random.random(len(case.bars)) for _ in Side))
    made = band_lifts(hours, heat, flat_map(case.bars), resamples=0, seed=0)
    assert made.heat_at_equal_flat.value == pytest.approx(1.0, abs=0.25)
    assert made.heat_at_equal_flat.hours > 100


def test_arms_are_thirds_of_each_cell() -> None:
    """By rank within the cell; cells with fewer than six hours are left out."""
    score = np.array([3.0, 1.0, 2.0, 6.0, 5.0, 4.0, 9.0, 8.0])
    arms = arms_of(score, np.arange(8.0), np.array([0, 0, 0, 0, 0, 0, 1, 1]))
    assert sorted(arms.top.tolist()) == [3, 4]
    assert sorted(arms.bottom.tolist()) == [1, 2]
    assert arms.top_liquidated.sum() == pytest.approx(3 + 4 - 2 * 2.5)


def test_nothing_to_measure_on_is_said() -> None:
    """No hour that went far enough: counts of 0 and no figure."""
    case = market(8, days=12)
    hours = hours_of(case.bars, case.liquidated, np.zeros(len(case.bars), dtype=bool))
    made = band_lifts(hours, drawn(case, 3), flat_map(case.bars), resamples=50, seed=0)
    assert (made.heat.value, made.heat.hours, made.heat.days) == (None, 0, 0)
