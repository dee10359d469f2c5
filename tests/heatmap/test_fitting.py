from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from service.heatmap.assumptions import Assumptions, Venue
from service.heatmap.bars import Bars, Floats
from service.heatmap.day_bootstrap import DAY_MS
from service.heatmap.ensemble import tilted
from service.heatmap.fitting import FOLDS, LEAST_DAYS, TILTS, Fit, _gain, fit_mix
from service.heatmap.leverage import parse_mix
from service.heatmap.margin_tiers import flat_tiers
from service.heatmap.predict import swept
from tests.heatmap.skill_market import walk

VENUE = Venue("binance", flat_tiers(0.004, max_leverage=125.0))
OWN = Assumptions()
BURN, DAYS = 48, 24
Sides = tuple[Floats, Floats]


@cache
def bars(seed: int = 5, days: int = DAYS) -> Bars:
    """Return hours of a walking price."""
    return walk(seed, days)


def true_liquidations(tilt: float, luck: float = 0.3, seed: int = 5) -> Sides:
    """Return what a market whose mix is tilted so would liquidate, times lognormal luck."""
    random = np.random.default_rng([seed, 9])
    predicted = swept(bars(seed), replace(OWN, mix=tilted(OWN.mix, tilt)), VENUE)
    long, short = (side * random.lognormal(0.0, luck, len(side)) for side in predicted)
    return long, short


def noise(seed: int) -> Sides:
    """Return liquidations that have nothing to do with the bars."""
    random = np.random.default_rng([seed, 3])
    return random.lognormal(0.0, 1.0, len(bars())), random.lognormal(0.0, 1.0, len(bars()))


def fitted(liquidated: Sides, seed: int = 5, assumptions: Assumptions = OWN) -> Fit:
    """Fit to the bars of that seed."""
    return fit_mix(bars(seed), liquidated, assumptions, VENUE, burn=BURN)


def tilt_of(fit: Fit) -> float:
    """Return by which power of leverage the fitted mix differs from the default."""
    ratio = fit.fitted.weights / OWN.mix.weights
    return float(np.log(ratio[-1] / ratio[0]) / np.log(OWN.mix.levels[-1] / OWN.mix.levels[0]))


@pytest.mark.parametrize("seed", [7, 8])
@pytest.mark.parametrize("tilt", [-0.75, 0.75])
def test_the_sign_of_a_known_tilt_is_found(tilt: float, seed: int) -> None:
    """Data of a tilted market: the tilt chosen last and the one fitted to all have its sign, and the fit gains."""
    found = fitted(true_liquidations(tilt, seed=seed), seed)
    assert np.sign(found.chosen[-1]) == np.sign(tilt)
    assert np.sign(tilt_of(found)) == np.sign(tilt)
    assert found.gains
    assert found.gain.low > 0
    assert found.mix is found.fitted
    assert found.mix.name == "fitted"
    assert found.days == DAYS - BURN // 24


@pytest.mark.parametrize("seed", [5, 6, 7, 8])
@pytest.mark.parametrize("tilts", [(-0.75, -0.5), (0.75, 0.5)])
def test_folds_of_different_tilts_do_not_measure_as_a_loss(tilts: tuple[float, float], seed: int) -> None:
    """Though a steeper mix predicts more of everything, choosing it in every second fold only still gains."""
    real = true_liquidations(tilts[0], seed=seed)
    predictions = [swept(bars(seed), replace(OWN, mix=tilted(OWN.mix, tilt)), VENUE) for tilt in TILTS]
    folds = np.array_split(np.arange(BURN, len(bars(seed))), FOLDS)[1:]
    chosen = [TILTS.index(tilts[number % 2]) for number in range(len(folds))]
    assert _gain(bars(seed), predictions, real, folds, chosen, 0).value > 0


def test_a_market_like_the_default_gains_nothing() -> None:
    """Where the caller's own mix is the true one nothing is gained, and it stays."""
    found = fitted(true_liquidations(0.0, luck=0.05))
    assert not found.gains
    assert found.mix is OWN.mix


def test_noise_is_not_mistaken_for_skill() -> None:
    """On liquidations that are noise, at most one seed of ten looks like a gain, and the own mix stays otherwise."""
    found = [fitted(noise(seed)) for seed in range(10)]
    assert sum(fit.gains for fit in found) <= 1
    assert all((fit.mix is OWN.mix) is not fit.gains for fit in found)


def test_the_walk_is_forward() -> None:
    """Liquidations of later folds decide nothing before: whatever they are, earlier choices stay."""
    real, other = true_liquidations(0.75), true_liquidations(-0.75)
    scored = np.arange(BURN, len(bars()))
    folds = np.array_split(scored, FOLDS)
    first = fitted(real).chosen
    for number in range(1, FOLDS):
        changed = tuple(np.where(np.arange(len(a)) >= folds[number][0], b, a) for a, b in zip(real, other, strict=True))
        assert fitted((changed[0], changed[1])).chosen[:number] == first[:number]
    assert fitted(other).chosen != first


def test_bars_before_the_burn_do_not_count() -> None:
    """What was liquidated while the inventory warmed up is not looked at."""
    real = true_liquidations(0.5)
    changed = tuple(np.where(np.arange(len(side)) < BURN, 1e9, side) for side in real)
    assert same(fitted((changed[0], changed[1])), fitted(real))


def test_the_unit_does_not_matter_and_nothing_is_random() -> None:
    """Liquidations in another unit, and asking twice, give the same fit."""
    real = true_liquidations(0.5)
    assert same(fitted((1e6 * real[0], 1e6 * real[1])), fitted(real))


def same(one: Fit, other: Fit) -> bool:
    """Return whether two fits say the same."""
    return (one.gain, one.chosen, one.days, one.mix.name) == (other.gain, other.chosen, other.days, other.mix.name)


def test_unknown_hours_are_left_out() -> None:
    """NaN on either side takes the hour out of both; the fit goes on with the rest and counts the days."""
    long, short = (side.copy() for side in true_liquidations(0.75))
    days = bars().time // DAY_MS
    long[days == days[0] + 10] = np.nan
    short[days == days[0] + 12] = np.nan
    short[::7] = np.nan
    found = fitted((long, short))
    assert found.days == DAYS - BURN // 24 - 2
    assert np.sign(found.chosen[-1]) == 1.0


@pytest.mark.parametrize("mix", ["conservative", "1:1,5:1,50:1"])
def test_weights_still_sum_to_the_levered_share(mix: str) -> None:
    """Fitting moves leverage; what is opened without stays as the caller has it."""
    own = replace(OWN, mix=parse_mix(mix))
    found = fitted(true_liquidations(0.75), assumptions=own)
    for used in (found.mix, found.fitted):
        assert used.unlevered == own.mix.unlevered
        assert used.weights.sum() == pytest.approx(1.0 - own.mix.unlevered)


def test_nothing_to_rank_by_leaves_the_own_mix() -> None:
    """Hours in which nothing at all was liquidated choose no tilt over another."""
    nothing = np.zeros(len(bars()))
    found = fitted((nothing, nothing))
    assert found.chosen == (0.0,) * (FOLDS - 1)
    assert not found.gains
    assert found.mix is OWN.mix
    assert found.gain.standing == "undefined"


def test_too_few_days_are_named() -> None:
    """Under the least number of days it is said how many there are."""
    nothing = np.full(len(bars()), np.nan)
    with pytest.raises(ValueError, match=f"liquidated: 0 days are known; at least {LEAST_DAYS}"):
        fitted((nothing, nothing))
    assert 0.0 in TILTS
