from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.errors import BadInput
from service.heatmap.base.side import BySide, Side
from service.heatmap.inventory.assumptions import Assumptions, typical_venue
from service.heatmap.inventory.leverage import parse_mix
from service.heatmap.skill.baselines import path_baselines
from service.heatmap.skill.fit_mix import (
    FOLDS,
    LEAST_DAYS,
    LEAST_GAIN,
    LEAST_TILTED,
    OWN,
    TILTS,
    Fit,
    _r2_gain,
    _rank_gain,
    _resampled_days,
    fit_leverage_mix,
    tilted_high,
)
from service.heatmap.skill.predict import predict_swept
from service.heatmap.skill.score import score_predictions
from service.times import DAY_MS
from tests.support.real_hours import SYMBOLS, load, real_bars
from tests.support.skill_market import walk

VENUE = typical_venue()
USUAL = Assumptions()
BURN, DAYS = 48, 24


@cache
def bars(seed: int = 5, days: int = DAYS) -> Bars:
    """Return hours of a walking price."""
    return walk(seed, days)


def true_liquidations(tilt: float, luck: float = 0.3, seed: int = 5) -> BySide[Floats]:
    """Return what a market whose mix is tilted so would liquidate, times lognormal luck."""
    random = np.random.default_rng([seed, 9])
    predicted = predict_swept(bars(seed), USUAL.with_fast_mix(tilted_high(USUAL.fast_mix, tilt)), VENUE)
    return BySide(*(side * random.lognormal(0.0, luck, len(side)) for side in predicted))


def noise(seed: int) -> BySide[Floats]:
    """Return liquidations that have nothing to do with the bars."""
    random = np.random.default_rng([seed, 3])
    return BySide(*(random.lognormal(0.0, 1.0, len(bars())) for _ in Side))


def fitted(liquidated: BySide[Floats], seed: int = 5, assumptions: Assumptions = USUAL) -> Fit:
    """Fit to the bars of that seed."""
    return fit_leverage_mix(bars(seed), liquidated, assumptions, VENUE, burn=BURN)


def tilt_of(fit: Fit) -> float:
    """Return by which power of leverage the fitted mix differs from the default, where it does."""
    high = USUAL.fast_mix.levels >= LEAST_TILTED
    ratio, levels = (fit.fitted.weights / USUAL.fast_mix.weights)[high], USUAL.fast_mix.levels[high]
    return float(np.log(ratio[-1] / ratio[0]) / np.log(levels[-1] / levels[0]))


@pytest.mark.parametrize("seed", [7, 8])
@pytest.mark.parametrize("tilt", [-1.5, 1.5])
def test_the_sign_of_a_known_tilt_is_found(tilt: float, seed: int) -> None:
    """Data of a tilted market: the tilt chosen last and the one fitted to all have its sign, and it ranks better."""
    found = fitted(true_liquidations(tilt, seed=seed), seed)
    assert np.sign(found.chosen[-1]) == np.sign(tilt)
    assert tilt_of(found) == pytest.approx(found.tilt)
    assert np.sign(found.tilt) == np.sign(tilt)
    assert found.rank_gain.low > 0
    assert found.days == DAYS - BURN // 24


@pytest.mark.parametrize("seed", [7, 8])
def test_a_fit_that_gains_is_used(seed: int) -> None:
    """Where R2 gains as well as the ranking, the fitted mix takes the own one's place."""
    found = fitted(true_liquidations(2.0, seed=seed), seed)
    assert found.gains
    assert found.rank_gain.value >= LEAST_GAIN
    assert found.r2_gain.low > 0
    assert found.mix is found.fitted
    assert found.mix.name == "fitted"
    assert found.days == DAYS - BURN // 24


@pytest.mark.parametrize("seed", [5, 6, 7, 8])
@pytest.mark.parametrize("tilts", [(-1.0, -0.5), (1.0, 0.5)])
def test_folds_of_different_tilts_do_not_measure_as_a_loss(tilts: tuple[float, float], seed: int) -> None:
    """Though a steeper mix predicts more of everything, choosing it in every second fold only still gains."""
    real, predictions = true_liquidations(tilts[0], seed=seed), under_every_tilt(seed)
    folds = np.array_split(np.arange(BURN, len(bars(seed))), FOLDS)
    chosen = [TILTS.index(tilts[number % 2]) for number in range(FOLDS - 1)]
    weights = _resampled_days(bars(seed), folds[1:], 0)
    assert _rank_gain(predictions, real, folds[1:], chosen, weights).value > 0
    assert abs(_r2_gain(path_baselines(bars(seed)), predictions, real, folds[1:], chosen, weights).value) < 0.02


@pytest.mark.parametrize("index", [0, OWN, len(TILTS) - 1])
def test_one_tilt_throughout_gains_what_the_scorer_says(index: int) -> None:
    """Where every fold chooses the same, the gain in R2 is the difference of H1 over these bars; none for the own."""
    real, predictions = true_liquidations(1.0), under_every_tilt(5)
    folds = np.array_split(np.arange(BURN, len(bars())), FOLDS)[1:]
    weights = _resampled_days(bars(), folds, 0)
    found = _r2_gain(path_baselines(bars()), predictions, real, folds, [index] * (FOLDS - 1), weights)
    scored = [
        score_predictions(bars(), real, predictions[n], burn=folds[0][0], resamples=0).r2_gain for n in (index, OWN)
    ]
    assert found.value == pytest.approx(scored[0].value - scored[1].value, abs=1e-9)
    assert (found.value == 0.0) is (index == OWN)


def under_every_tilt(seed: int) -> list[BySide[Floats]]:
    """Return what is predicted under each tilt."""
    return [predict_swept(bars(seed), USUAL.with_fast_mix(tilted_high(USUAL.fast_mix, tilt)), VENUE) for tilt in TILTS]


def test_a_market_like_the_default_gains_nothing() -> None:
    """Where the caller's own mix is the true one nothing is gained, and it stays."""
    found = fitted(true_liquidations(0.0, luck=0.05))
    assert not found.gains
    assert found.mix is USUAL.fast_mix


def test_noise_is_not_mistaken_for_skill() -> None:
    """On liquidations that are noise, at most one seed of ten looks like a gain, and the own mix stays otherwise."""
    found = [fitted(noise(seed)) for seed in range(10)]
    assert sum(fit.gains for fit in found) <= 1
    assert all((fit.mix is USUAL.fast_mix) is not fit.gains for fit in found)


def test_the_walk_is_forward() -> None:
    """Liquidations of later folds decide nothing before: whatever they are, earlier choices stay."""
    real, other = true_liquidations(1.5), true_liquidations(-1.5)
    scored = np.arange(BURN, len(bars()))
    folds = np.array_split(scored, FOLDS)
    first = fitted(real).chosen
    for number in range(1, FOLDS):
        changed = tuple(np.where(np.arange(len(a)) >= folds[number][0], b, a) for a, b in zip(real, other, strict=True))
        assert fitted(BySide(*changed)).chosen[:number] == first[:number]
    assert fitted(other).chosen != first


def test_bars_before_the_burn_do_not_count() -> None:
    """What was liquidated while the inventory warmed up is not looked at."""
    real = true_liquidations(0.5)
    changed = tuple(np.where(np.arange(len(side)) < BURN, 1e9, side) for side in real)
    assert same(fitted(BySide(*changed)), fitted(real))


def test_the_unit_does_not_matter_and_nothing_is_random() -> None:
    """Liquidations in another unit, and asking twice, give the same fit."""
    real = true_liquidations(0.5)
    assert same(fitted(BySide(1e6 * real.long, 1e6 * real.short)), fitted(real))


def same(one: Fit, other: Fit) -> bool:
    """Return whether two fits say the same."""
    plain = all(getattr(one, name) == getattr(other, name) for name in ("rank_gain", "chosen", "tilt", "days", "note"))
    r2 = [[fit.r2_gain.value, fit.r2_gain.low, fit.r2_gain.high] for fit in (one, other)]
    return plain and r2[0] == pytest.approx(r2[1], abs=1e-9)


def test_unknown_hours_are_left_out() -> None:
    """NaN on either side takes the hour out of both; the fit goes on with the rest and counts the days."""
    long, short = (side.copy() for side in true_liquidations(1.5))
    days = bars().time // DAY_MS
    long[days == days[0] + 10] = np.nan
    short[days == days[0] + 12] = np.nan
    short[::7] = np.nan
    found = fitted(BySide(long, short))
    assert found.days == DAYS - BURN // 24 - 2
    assert np.sign(found.chosen[-1]) == 1.0


@pytest.mark.parametrize("mix", ["conservative", "1:1,5:1,50:1"])
def test_weights_still_sum_to_the_levered_share(mix: str) -> None:
    """Fitting moves leverage; what is opened without stays as the caller has it."""
    own = Assumptions.of(parse_mix(mix))
    found = fitted(true_liquidations(1.5), assumptions=own)
    for used in (found.mix, found.fitted):
        assert used.unlevered == own.fast_mix.unlevered
        assert used.weights.sum() == pytest.approx(1.0 - own.fast_mix.unlevered)


def test_nothing_to_rank_by_leaves_the_own_mix() -> None:
    """Hours in which nothing at all was liquidated choose no tilt over another."""
    nothing = np.zeros(len(bars()))
    found = fitted(BySide(nothing, nothing))
    assert found.chosen == (0.0,) * (FOLDS - 1)
    assert not found.gains
    assert found.mix is USUAL.fast_mix
    assert found.rank_gain.judgement == found.r2_gain.judgement == "undefined"
    assert "do not vary enough to tell" in found.note


def test_too_few_days_are_named() -> None:
    """Under the least number of days it is said how many there are."""
    nothing = np.full(len(bars()), np.nan)
    with pytest.raises(BadInput, match=f"liquidations are known on 0 days, at least {LEAST_DAYS} are needed"):
        fitted(BySide(nothing, nothing))
    assert 0.0 in TILTS


def test_a_market_beyond_the_grid_is_fitted_at_its_edge() -> None:
    """Liquidations of a market tilted further than any that is tried."""
    found = fitted(true_liquidations(3.0, luck=0.1))
    assert found.tilt == TILTS[-1]
    assert found.at_edge
    assert found.gains


def test_bars_without_a_prediction_are_left_out() -> None:
    """Days before open interest was known are neither fitted to nor counted."""
    real, late = true_liquidations(1.5), BURN + 3 * 24
    known = np.where(np.arange(len(bars())) < late, np.nan, bars().open_interest)
    found = fit_leverage_mix(replace(bars(), open_interest=known), real, USUAL, VENUE, burn=BURN)
    assert found.days == DAYS - late // 24


@pytest.mark.parametrize("mix", ["default", "degen", "5:0.3,25:0.3,50:0.3,1:0.1", "5:1,10:1", "1:1"])
@pytest.mark.parametrize("tilt", TILTS)
def test_only_high_leverage_is_tilted(mix: str, tilt: float) -> None:
    """What is under LEAST_TILTED stays as it is, and so does what the rest comes to; a mix without any stays whole."""
    own = parse_mix(mix)
    made, high = tilted_high(own, tilt), own.levels >= LEAST_TILTED
    np.testing.assert_array_equal(made.weights[~high], own.weights[~high])
    assert made.weights[high].sum() == pytest.approx(own.weights[high].sum())
    assert made.unlevered == own.unlevered
    if tilt == 0.0 or not own.weights[high].any():
        assert made is own
    elif own.weights[high].min() > 0:
        mean = [np.average(own.levels[high], weights=each.weights[high]) for each in (own, made)]
        assert np.sign(mean[1] - mean[0]) == np.sign(tilt)


def test_a_mix_that_cannot_be_tilted_stays() -> None:
    """Where all tilts are the same the own one is chosen, not the first of them."""
    found = fitted(true_liquidations(1.5), assumptions=Assumptions.of(parse_mix("5:1,10:1")))
    assert found.chosen == (0.0,) * (FOLDS - 1)
    assert found.tilt == 0.0
    assert not found.gains


@pytest.mark.slow
@pytest.mark.real_hours
def test_the_default_is_near_the_best_on_the_measuring_hours() -> None:
    """Nothing that is fitted moves the ranking of real hours by a hundredth, whether it counts as a gain or not."""
    for symbol in SYMBOLS:
        table = load(symbol)
        real = BySide(table["liquidated_long"] * table["close"], table["liquidated_short"] * table["close"])
        found = fit_leverage_mix(real_bars(symbol), real, USUAL, VENUE, burn=168)
        assert abs(found.rank_gain.value) < 0.01, symbol
        assert found.days == 55, symbol
