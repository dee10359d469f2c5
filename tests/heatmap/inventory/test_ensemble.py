import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.axis import PriceAxis, price_axis
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.ensemble import (
    Ensemble,
    ensemble_of,
    ensemble_side,
    members,
    summed_ensembles,
    take_ensemble,
    tilted,
)
from service.heatmap.inventory.inventory import StockTaker, heatmap_of, take_inventory
from service.heatmap.inventory.leverage import Mix, parse_mix
from service.heatmap.margin.tiers import flat_tiers
from tests.support.skill_market import walk

VENUE = VenueTerms("binance", flat_tiers(0.004, max_leverage=125.0))
MIXES = ("default", "conservative", "retail", "degen", "5:0.3,10:0.7", "1:1,20:3", "1:1")


@pytest.fixture(scope="module")
def bars() -> Bars:
    """Return ten days of a walking price."""
    return walk(3, 10)


@pytest.fixture(scope="module")
def axis(bars: Bars) -> PriceAxis:
    """Return an axis that reaches past every liquidation price of these bars."""
    return price_axis(float(bars.close[-1]), 90.0, bins=600)


@pytest.mark.parametrize("mix", ["default", "retail"])
def test_the_first_member_is_the_callers_own(mix: str) -> None:
    """The caller's assumptions stand first; the others differ from them in one thing each, and from each other."""
    own = Assumptions.of(parse_mix(mix), churn=1.5, position_notional=5e4)
    first, *others = members(own)
    assert first is own

    def mixes(m: Assumptions) -> list[Mix]:
        return [each.mix for each in m.populations]

    def shares(m: Assumptions) -> list[float]:
        return [each.share for each in m.populations]

    changed = [(m.churn != own.churn, mixes(m) != mixes(own), shares(m) != shares(own)) for m in others]
    assert changed == [
        *[(True, False, False)] * 2,
        *[(False, True, False)] * 2,
        *[(False, False, True)] * 2,
    ]
    assert [m.churn for m in others[:2]] == [0.75, 3.0]
    assert all(sum(shares(m)) == pytest.approx(1.0) for m in (first, *others))
    assert others[4].populations[0].share < own.populations[0].share < others[5].populations[0].share
    assert {(m.fast_churn, m.fast_hours, m.position_notional, m.liquidation_buffer) for m in others} == {
        (own.fast_churn, own.fast_hours, own.position_notional, own.liquidation_buffer)
    }
    levels = [float(m.fast_mix.levels @ m.fast_mix.weights) for m in (others[2], first, others[3])]
    assert levels == sorted(levels)


def test_what_a_mix_is_tilted_to_is_one_object() -> None:
    """Its curves and their tables are remembered by it, from one answer to the next."""
    first, second = (members(Assumptions.of(parse_mix("default"))) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert all(a.mix is b.mix for a, b in zip(one.populations, other.populations, strict=True))


@given(st.sampled_from(MIXES), st.floats(-2.0, 2.0))
def test_tilting_conserves_the_levered_share(name: str, power: float) -> None:
    """Weights still sum to 1 - unlevered, none is negative, and the ratio of two is their leverages' to the power."""
    mix = parse_mix(name)
    found = tilted(mix, power)
    assert found.weights.sum() + found.unlevered == pytest.approx(1.0)
    assert found.unlevered == mix.unlevered
    assert (found.weights >= 0).all()
    held = np.flatnonzero(mix.weights)
    if len(held):
        changed = found.weights[held] / mix.weights[held]
        expected = (mix.levels[held] / mix.levels[held[0]]) ** power
        np.testing.assert_allclose(changed / changed[0], expected, rtol=1e-9)


def test_the_first_row_is_the_map_that_is_shown(bars: Bars, axis: PriceAxis) -> None:
    """Under the caller's assumptions the ensemble gives the heatmap's own last column."""
    made = take_ensemble(bars, Assumptions(), VENUE, axis)
    shown = heatmap_of(take_inventory(bars, Assumptions(), VENUE, axis))
    np.testing.assert_allclose(made.long[0], shown.long[-1], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(made.short[0], shown.short[-1], rtol=1e-9, atol=1e-9)


def test_what_was_taken_before_changes_nothing(bars: Bars, axis: PriceAxis) -> None:
    """Of a market whose map was taken on a longer axis the ensemble is the same, and so is either side alone."""
    taker, fresh = StockTaker(bars, Assumptions(), VENUE), take_ensemble(bars, Assumptions(), VENUE, axis)
    taker.newest(axis.widened(0.5 * float(axis.edges[0]), 2.0 * float(axis.edges[-1])))
    made = ensemble_of(taker, axis)
    for side in Side:
        np.testing.assert_array_equal(made[side], fresh[side])
        np.testing.assert_array_equal(ensemble_side(taker, axis, side), fresh[side])


@pytest.mark.parametrize("mix", ["default", "conservative"])
def test_every_member_conserves_open_interest(bars: Bars, axis: PriceAxis, mix: str) -> None:
    """No member stands for more coin than the open interest, and each for nearly all of what carries leverage."""
    made = take_ensemble(bars, Assumptions.of(parse_mix(mix)), VENUE, axis)
    assert made.long.shape == made.short.shape == (7, axis.count)
    for side in (made.long, made.short):
        coin = (side / axis.centres).sum(axis=1)
        assert (coin <= bars.open_interest[-1] * (1 + 1e-9)).all()
        assert (coin > 0.4 * bars.open_interest[-1]).all()
    assert len({row.tobytes() for row in made.long}) == 7


def test_quantiles_are_ordered_and_hold_the_middle(bars: Bars, axis: PriceAxis) -> None:
    """q10 <= q50 <= q90 in every bin; with seven members the q50 is the fourth of them in order."""
    made = take_ensemble(bars, Assumptions(), VENUE, axis)
    for side, (low, middle, high) in made.quantiles.items():
        rows = np.sort(getattr(made, side), axis=0)
        assert (low <= middle).all()
        assert (middle <= high).all()
        np.testing.assert_array_equal(middle, rows[3])
        np.testing.assert_allclose(low, rows[0] + 0.6 * (rows[1] - rows[0]), rtol=1e-12)


def test_agreement_on_paper() -> None:
    """Members alike agree wholly; of 0..4 in one bin q10 is 0.4 and q90 is 3.6: a ninth; nothing is agreed upon too."""
    same, none = np.full((5, 3), 2.0), np.zeros((5, 3))
    assert Ensemble(same, same).agreement == 1.0
    assert Ensemble(none, none).agreement == 1.0
    spread = none.copy()
    spread[:, 1] = np.arange(5.0)
    assert Ensemble(none, spread).agreement == pytest.approx(1 / 9)


def test_ensembles_add_up_member_by_member() -> None:
    """The sum of two exchanges takes each member of one with the same member of the other."""
    one, other = np.arange(10.0).reshape(5, 2), np.ones((5, 2))
    total = summed_ensembles([Ensemble(one, other), Ensemble(10.0 * one, 10.0 * other)])
    np.testing.assert_array_equal(total.long, 11.0 * one)
    np.testing.assert_array_equal(total.short, 11.0 * other)
