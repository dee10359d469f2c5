"""Fitting: the leverage mix re-fitted to realised liquidations, walk-forward, and whether that gains anything."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from service.heatmap.assumptions import Assumptions, Venue
from service.heatmap.bad_input import BadInput
from service.heatmap.bars import Bars, Floats
from service.heatmap.day_bootstrap import DAY_MS, Estimate, day_counts, estimate
from service.heatmap.ensemble import tilted
from service.heatmap.leverage import Mix
from service.heatmap.predict import swept
from service.heatmap.ranking import Ranking, correlation

# One parameter is fitted, the tilt of the mix by leverage**tilt: sixty days hold no more than that.
TILTS = (-0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75)
FOLDS = 6
LEAST_DAYS = 12
BOOT = 400


@dataclass(frozen=True, eq=False)
class Fit:
    """What fitting came to.

    mix     the one to use: the fitted one if it gains out of sample, else the caller's own
    fitted  the one that all data together prefer
    gain    Spearman with realised liquidations within each fold, mean of sides and folds, of the mix chosen before it,
            less that of the caller's own mix; the interval is from resampling days
    chosen  tilt chosen before each fold, from the data before it alone
    """

    mix: Mix
    fitted: Mix
    gain: Estimate
    chosen: tuple[float, ...]
    days: int

    @property
    def gains(self) -> bool:
        """Tell whether the whole interval of the gain is above zero."""
        return self.gain.standing == "better"


def fit_mix(
    bars: Bars,
    liquidated: tuple[Floats, Floats],
    assumptions: Assumptions,
    venue: Venue,
    *,
    burn: int,
    seed: int = 0,
) -> Fit:
    """Fit the mix to realised liquidations of longs and shorts, float64[T] each, any unit, NaN where not known.

    The bars after `burn` are cut into folds; for each fold but the first the tilt is the one that did best before it.
    Raises BadInput naming what is too little.
    """
    mixes = [tilted(assumptions.mix, tilt) for tilt in TILTS]
    predictions = [swept(bars, replace(assumptions, mix=mix), venue) for mix in mixes]
    known = (np.arange(len(bars)) >= burn) & np.isfinite(liquidated[0]) & np.isfinite(liquidated[1])
    at = np.flatnonzero(known)
    days = np.unique(bars.time[at] // DAY_MS)
    if len(days) < LEAST_DAYS:
        raise BadInput("liquidated", f"{len(days)} days are known; at least {LEAST_DAYS} are needed")
    folds = np.array_split(at, FOLDS)
    chosen = [_best(predictions, liquidated, np.concatenate(folds[:n])) for n in range(1, FOLDS)]
    gain = _gain(bars, predictions, liquidated, folds[1:], chosen, seed)
    fitted = replace(mixes[_best(predictions, liquidated, at)], name="fitted")
    picked = fitted if gain.standing == "better" else assumptions.mix
    return Fit(picked, fitted, gain, tuple(TILTS[index] for index in chosen), len(days))


Predictions = Sequence[tuple[Floats, Floats]]


def _best(predictions: Predictions, liquidated: tuple[Floats, Floats], at: NDArray[np.int64]) -> int:
    """Return which prediction ranks the bars `at` best; the caller's own mix where none can be ranked."""
    once = np.ones((len(at), 1))
    scores = [_rank_correlation((long[at], short[at]), liquidated, at, once)[0] for long, short in predictions]
    if not np.isfinite(scores).any():
        return TILTS.index(0.0)
    return int(np.nanargmax(scores))


def _gain(
    bars: Bars,
    predictions: Predictions,
    liquidated: tuple[Floats, Floats],
    folds: Sequence[NDArray[np.int64]],
    chosen: Sequence[int],
    seed: int,
) -> Estimate:
    """Return the gain over all folds but the first, each ranked by itself and weighing as many bars as it has drawn.

    A steeper mix predicts more of everything, so folds of different tilts do not rank together: pooled, the true tilt
    measures as a loss as soon as one fold has chosen its neighbour.
    """
    _, day = np.unique(bars.time[np.concatenate(folds)] // DAY_MS, return_inverse=True)
    weights = day_counts(int(day.max()) + 1, BOOT, seed)[day]
    gained, drawn = np.zeros(weights.shape[1]), np.zeros(weights.shape[1])
    ends = np.cumsum([len(fold) for fold in folds])[:-1]
    for index, fold, counts in zip(chosen, folds, np.split(weights, ends), strict=True):
        fitted, own = (
            _rank_correlation((predictions[n][0][fold], predictions[n][1][fold]), liquidated, fold, counts)
            for n in (index, TILTS.index(0.0))
        )
        size = np.where(np.isfinite(fitted - own), counts.sum(axis=0), 0.0)
        gained += size * np.nan_to_num(fitted - own)
        drawn += size
    return estimate(np.divide(gained, drawn, out=np.full_like(gained, np.nan), where=drawn > 0))


def _rank_correlation(
    predicted: tuple[Floats, Floats], liquidated: tuple[Floats, Floats], at: NDArray[np.int64], weights: Floats
) -> Floats:
    """Return float64[B]: Spearman, mean of the sides, for each column of weights."""
    sides = [
        correlation(Ranking(mine).centred_ranks(weights), Ranking(real[at]).centred_ranks(weights), weights)
        for mine, real in zip(predicted, liquidated, strict=True)
    ]
    mean: Floats = (sides[0] + sides[1]) / 2.0
    return mean
