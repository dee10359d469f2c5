"""Out-of-sample gain: how much better log liquidations are predicted with the map than from the price path alone."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import Side
from service.heatmap.skill.baselines import EXTREME_WINDOWS, Baselines

# Floors of the logs. A move of 3 basis points sets off next to nothing; a move times a size gets the same floor in
# proportion to its mean. Liquidations get 5 % of their median, predictions 1 % of their mean.
SMALL_MOVE = 3e-4
SMALL_RELATIVE_MOVE = 0.02
SMALL_LIQUIDATION = 0.05
SMALL_PREDICTION = 0.01
TINY = 1e-12
NEAR_ZERO = 1e-300

SIZED_WICKS = ("wick_past_volume", "wick_last_volume", "wick_open_interest")
OUTLIER = 6.0
RIDGE = 1.0


@dataclass(frozen=True, eq=False)
class Losses:
    """Squared errors of each hour's log liquidations, float64[n] each, from fits that never saw the hour's half.

    path            fitted on the path features alone
    with_map        on the path features and the map; NaN where the map says the same of every hour
    mean            the held-out half's own mean, the yardstick of R2
    """

    path: Floats
    with_map: Floats
    mean: Floats

    def r2_path(self, weights: Floats) -> Floats:
        """Return the share of variance that the path explains over each column of weights float64[n, B]."""
        return self._explained(self.path, weights)

    def r2_with_map(self, weights: Floats) -> Floats:
        """Return the share of variance that path and map explain together, float64[B]."""
        return self._explained(self.with_map, weights)

    def _explained(self, errors: Floats, weights: Floats) -> Floats:
        left, whole = errors @ weights, self.mean @ weights
        explained: Floats = 1.0 - np.divide(left, whole, out=np.full(len(whole), np.nan), where=whole > 0)
        return explained


def path_features(baselines: Baselines, side: Side) -> Floats:
    """Return the regressors float64[T, F] of one side: 14, or 13 where no open interest is known."""
    of = {name: sides[side] for name, sides in baselines.items()}
    mean_wick = max(float(of["wick"].mean()), TINY)
    moves = [np.log(of[name] + SMALL_MOVE) for name in ("wick", "excursion", "range", "wick_excursion")]
    relative = np.log(of["wick_volatility"] + SMALL_RELATIVE_MOVE)
    sized = [np.log(of[name] + SMALL_MOVE * of[name].mean() / mean_wick + TINY) for name in SIZED_WICKS if name in of]
    extremes = [np.sqrt(of[f"new_extreme_{window}"]) for window in EXTREME_WINDOWS]
    return np.column_stack([*moves, np.sqrt(of["wick"]), relative, *sized, *extremes])


class Halves:
    """Hours in two halves: ridge regressions are fitted on each in turn and scored on the other.

    mean  float64[n]: squared errors of each half's own mean, the yardstick of R2
    """

    def __init__(self, features: Floats, liquidated: Floats) -> None:
        """Take features of the path, float64[n, F], and liquidations, float64[n] in any unit, oldest hour first.

        Some hours of each half must differ in `liquidated`.
        """
        self._features = features
        self._target = np.log(liquidated + SMALL_LIQUIDATION * np.median(liquidated[liquidated > 0]))
        self._first = np.arange(len(liquidated)) < len(liquidated) // 2
        means = np.where(self._first, *(self._target[half].mean() for half in (self._first, ~self._first)))
        self.mean: Floats = (self._target - means) ** 2

    @cached_property
    def path(self) -> Floats:
        """Return the squared errors of fits on the path, float64[n]."""
        return self._errors(self._features)

    def losses(self, swept: Floats) -> Losses:
        """Return the errors of fits on the path, alone and with a map's prediction."""
        return Losses(self.path, self.with_map(swept), self.mean)

    def with_map(self, swept: Floats) -> Floats:
        """Return those of fits on the path and a map's prediction, float64[n] in any unit.

        A prediction that is the same for all hours predicts nothing: what it adds is not defined, where a regression
        would leave a rounding error for an interval to lie beside.
        """
        if np.ptp(swept) == 0.0:
            return np.full(len(swept), np.nan)
        prediction = np.log(swept + SMALL_PREDICTION * swept.mean() + NEAR_ZERO)
        return self._errors(np.column_stack([self._features, prediction]))

    def _errors(self, regressors: Floats) -> Floats:
        errors = np.empty(len(regressors))
        for train in (self._first, ~self._first):
            errors[~train] = _held_out_errors(regressors, self._target, train)
        return errors


def out_of_sample(features: Floats, swept: Floats, liquidated: Floats) -> Losses:
    """Return the losses of a map's prediction, float64[n]; the rest is as `Halves` takes it."""
    return Halves(features, liquidated).losses(swept)


def _held_out_errors(features: Floats, target: Floats, train: NDArray[np.bool_]) -> Floats:
    """Return the squared errors of the hours that a ridge regression on the others was not fitted to."""
    known = features[train]
    scaled = np.clip((features - known.mean(axis=0)) / (known.std(axis=0) + TINY), -OUTLIER, OUTLIER)
    design = np.column_stack([np.ones(len(target)), scaled])
    penalty = np.diag([0.0] + [RIDGE] * features.shape[1])
    fit = np.linalg.solve(design[train].T @ design[train] + penalty, design[train].T @ target[train])
    errors: Floats = ((target - design @ fit) ** 2)[~train]
    return errors
