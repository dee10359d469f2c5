"""Fitting: the leverage mix re-fitted to realised liquidations, walk-forward, and whether that gains anything."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.errors import BadInput
from service.heatmap.base.side import BySide, Side
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.leverage import Mix
from service.heatmap.skill.baselines import Baselines, Sides, path_baselines
from service.heatmap.skill.checks import halves_vary
from service.heatmap.skill.known_only import predict_known_by_mix
from service.heatmap.skill.regression import Halves, path_features
from service.heatmap.stats.bootstrap import Interval, day_counts, interval_of
from service.heatmap.stats.ranking import Ranking, correlation
from service.times import DAY_MS

# One parameter is fitted, the tilt of the mix by leverage**tilt: sixty days hold no more than that. Skill changes so
# slowly along it that steps of a half miss less than LEAST_GAIN.
TILTS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
OWN = TILTS.index(0.0)
# Only leverage from here on is tilted, within the share that it has. An hour's price reaches little further than what
# such positions leave, 5 %, and ranks do not see sizes: on the simulated exchange tilting the whole mix ranked no
# better, and left a tenth of the map within 15 % of the price, far from what really stood there.
LEAST_TILTED = 20.0
FOLDS = 6
LEAST_DAYS = 12
RESAMPLES = 400
# Differences in rank correlation below this are read as none wherever variants are compared (docs/accuracy.md).
LEAST_GAIN = 0.003


@dataclass(frozen=True, eq=False)
class Fit:
    """What fitting came to.

    mix        the one to use: the fitted one if it gains out of sample, else the caller's own
    fitted     the one that all data together prefer
    rank_gain  Spearman with realised liquidations within each fold, mean of sides and folds, of the mix chosen before
               it, less that of the caller's own mix; the interval is from resampling days
    r2_gain    R2 of log liquidations out of sample, on path and the mix chosen before each fold, less that on path and
               the caller's own mix; mean of sides
    chosen     tilt chosen before each fold, from the data before it alone
    tilt       of the fitted mix
    """

    mix: Mix
    fitted: Mix
    rank_gain: Interval
    r2_gain: Interval
    chosen: tuple[float, ...]
    tilt: float
    days: int

    @property
    def gains(self) -> bool:
        """Tell whether the ranking gains beyond chance and as much as matters, and R2 does not lose beyond chance."""
        ranks = self.rank_gain.judgement == "better" and self.rank_gain.value >= LEAST_GAIN
        return ranks and self.r2_gain.judgement != "worse"

    @property
    def at_edge(self) -> bool:
        """Tell whether the fitted tilt is the first or last of those tried, so that the best may lie beyond."""
        return self.tilt in {TILTS[0], TILTS[-1]}

    @property
    def note(self) -> str:
        """Say in plain words whether the fitted mix is the better one, and why not."""
        edge = " Its tilt is the furthest that was tried: the best may lie beyond." if self.at_edge else ""
        if self.gains:
            return f"Fitting gains out of sample: the fitted mix is the better one.{edge}"
        return f"Fitting gains nothing that matters out of sample, for {self._lacking}: the mix stays as it is.{edge}"

    @property
    def _lacking(self) -> str:
        match self.rank_gain.judgement:
            case "undefined":
                return "predictions or liquidations do not vary enough to tell"
            case _ if not any(self.chosen):
                return "none of those tried ranked better"
            case "better" if self.rank_gain.value >= LEAST_GAIN:
                return "what it gains in rank correlation it loses in R2"
            case "better":
                return f"a gain in rank correlation under {LEAST_GAIN:g} makes no difference"
            case "worse":
                return "it loses rank correlation"
            case _:
                return "what it does to rank correlation may be chance"


Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tilted:
    """A mix under each of TILTS, and what each bar's path would liquidate under them."""

    mixes: list[Mix]
    predictions: list[Sides]

    @property
    def own(self) -> Sides:
        """Return the predictions under the mix as it is."""
        return self.predictions[OWN]


def predict_tilted(bars: Bars, assumptions: Assumptions, venue: VenueTerms) -> Tilted:
    """Return what `predict_known` does, under each tilt of the first population's mix; raises BadInput as it does."""
    mixes = [tilted_high(assumptions.fast_mix, tilt) for tilt in TILTS]
    return Tilted(mixes, predict_known_by_mix(bars, assumptions, venue, mixes))


def fit_leverage_mix(
    bars: Bars, liquidated: Sides, assumptions: Assumptions, venue: VenueTerms, *, burn: int, seed: int = 0
) -> Fit:
    """Fit the mix to realised liquidations of longs and shorts, any unit, NaN where not known.

    The bars after `burn` are cut into folds; for each fold but the first the tilt is the one that did best before it.
    Raises BadInput naming what is too little.
    """
    tilted = predict_tilted(bars, assumptions, venue)
    return fit_tilted(bars, liquidated, tilted, path_baselines(bars), burn=burn, seed=seed)


def fit_tilted(bars: Bars, liquidated: Sides, tilted: Tilted, baselines: Baselines, *, burn: int, seed: int = 0) -> Fit:
    """Return the same of predictions and baselines that are known."""
    mixes, predictions = tilted.mixes, tilted.predictions
    usable = np.isfinite([*liquidated, *predictions[OWN]]).all(axis=0)
    at = np.flatnonzero(usable & (np.arange(len(bars)) >= burn))
    days = len(np.unique(bars.time[at] // DAY_MS))
    if days < LEAST_DAYS:
        raise BadInput("liquidated", f"liquidations are known on {days} days, at least {LEAST_DAYS} are needed")
    folds = np.array_split(at, FOLDS)
    *chosen, best = _best_so_far(predictions, liquidated, at, np.cumsum([len(fold) for fold in folds]))
    weights = _resampled_days(bars, folds[1:], seed)
    rank_gain = _rank_gain(predictions, liquidated, folds[1:], chosen, weights)
    r2_gain = _r2_gain(baselines, predictions, liquidated, folds[1:], chosen, weights)
    fitted = replace(mixes[best], name="fitted")
    made = Fit(mixes[OWN], fitted, rank_gain, r2_gain, tuple(TILTS[n] for n in chosen), TILTS[best], days)
    return replace(made, mix=fitted) if made.gains else made


def tilted_high(mix: Mix, tilt: float) -> Mix:
    """Return the mix with its weights from LEAST_TILTED on multiplied by leverage**tilt; their sum stays what it is.

    Where that changes nothing it is the mix itself.
    """
    high = mix.levels >= LEAST_TILTED
    share, steeper = mix.weights[high].sum(), mix.weights[high] * mix.levels[high] ** tilt
    if tilt == 0.0 or not share > 0:
        return mix
    weights = mix.weights.copy()
    weights[high] = steeper * (share / steeper.sum())
    return replace(mix, weights=weights)


def _best_so_far(predictions: Sequence[Sides], liquidated: Sides, at: Rows, ends: Rows) -> list[int]:
    """Return which prediction ranks the first so many of the bars `at` best, for each end of them, int64[E].

    The caller's own mix where no other ranks better.
    """
    drawn = (np.arange(len(at))[:, None] < ends).astype(np.float64)
    target = _ranks(liquidated, at, drawn)
    scores = np.array([_rank_correlation(_ranks(each, at, drawn), target, drawn) for each in predictions])
    return [_best(each) for each in scores.T]


def _best(scores: Floats) -> int:
    if not np.isfinite(scores).any() or scores[OWN] >= np.nanmax(scores):
        return OWN
    return int(np.nanargmax(scores))


def _resampled_days(bars: Bars, folds: Sequence[Rows], seed: int) -> Floats:
    """Return float64[n, 1 + RESAMPLES]: how often each bar of the folds is drawn, the sample itself first."""
    _, day = np.unique(bars.time[np.concatenate(folds)] // DAY_MS, return_inverse=True)
    return day_counts(int(day.max()) + 1, RESAMPLES, seed)[day]


def _rank_gain(
    predictions: Sequence[Sides], liquidated: Sides, folds: Sequence[Rows], chosen: Sequence[int], weights: Floats
) -> Interval:
    """Return the gain over all folds but the first, each ranked by itself and weighing as many bars as it has drawn.

    A steeper mix predicts more of everything, so folds of different tilts do not rank together: pooled, the true tilt
    measures as a loss as soon as one fold has chosen its neighbour.
    """
    gained, drawn = np.zeros(weights.shape[1]), np.zeros(weights.shape[1])
    ends = np.cumsum([len(fold) for fold in folds])[:-1]
    for index, fold, counts in zip(chosen, folds, np.split(weights, ends), strict=True):
        target = _ranks(liquidated, fold, counts)
        correlations = {
            n: _rank_correlation(_ranks(predictions[n], fold, counts), target, counts) for n in {index, OWN}
        }
        fitted, own = correlations[index], correlations[OWN]
        size = np.where(np.isfinite(fitted - own), counts.sum(axis=0), 0.0)
        gained += size * np.nan_to_num(fitted - own)
        drawn += size
    return interval_of(np.divide(gained, drawn, out=np.full_like(gained, np.nan), where=drawn > 0))


def _ranks(values: Sides, at: Rows, weights: Floats) -> Sides:
    """Return the centred ranks of the bars `at`, float64[n, B] for either side, for each column of weights."""
    return BySide(*(Ranking(side[at]).centred_ranks(weights) for side in values))


def _rank_correlation(predicted: Sides, real: Sides, weights: Floats) -> Floats:
    """Return float64[B]: Spearman of centred ranks, mean of the sides, for each column of weights."""
    mean: Floats = (
        correlation(predicted.long, real.long, weights) + correlation(predicted.short, real.short, weights)
    ) / 2.0
    return mean


def _r2_gain(
    baselines: Baselines,
    predictions: Sequence[Sides],
    liquidated: Sides,
    folds: Sequence[Rows],
    chosen: Sequence[int],
    weights: Floats,
) -> Interval:
    """Return what choosing adds to the out-of-sample R2 of path and own mix over all folds but the first.

    Each tilt is regressed over all these folds, and each fold takes its errors from the tilt that was chosen for it:
    joining the predictions instead would put steps of size between the folds that no map has.
    """
    at = np.concatenate(folds)
    if not all(halves_vary(side[at]) for side in liquidated):
        return Interval(np.nan, np.nan, np.nan)
    gains = []
    fold_of = np.repeat(np.arange(len(folds)), [len(fold) for fold in folds])
    for side in Side:
        halves = Halves(path_features(baselines, side)[at], liquidated[side][at])
        made = {n: halves.with_map(predictions[n][side][at]) for n in {OWN, *chosen}}
        errors = np.stack([made[n] for n in chosen])[fold_of, np.arange(len(at))]
        gains.append(((made[OWN] - errors) @ weights) / (halves.mean @ weights))
    return interval_of((gains[0] + gains[1]) / 2.0)
