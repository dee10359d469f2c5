"""Out-of-sample gain: how much better log liquidations are predicted with the map than from the price path alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import Side
from service.heatmap.skill.baselines import EXTREME_WINDOWS, Sides

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


def path_features(baselines: dict[str, Sides], side: Side) -> Floats:
    """Return the regressors float64[T, F] of one side: 14, or 13 where no open interest is known."""
    of = {name: sides[side] for name, sides in baselines.items()}
    mean_wick = max(float(of["wick"].mean()), TINY)
    moves = [np.log(of[name] + SMALL_MOVE) for name in ("wick", "excursion", "range", "wick_excursion")]
    relative = np.log(of["wick_volatility"] + SMALL_RELATIVE_MOVE)
    sized = [np.log(of[name] + SMALL_MOVE * of[name].mean() / mean_wick + TINY) for name in SIZED_WICKS if name in of]
    extremes = [np.sqrt(of[f"new_extreme_{window}"]) for window in EXTREME_WINDOWS]
    return np.column_stack([*moves, np.sqrt(of["wick"]), relative, *sized, *extremes])


def out_of_sample(features: Floats, swept: Floats, liquidated: Floats) -> Losses:
    """Fit ridge regressions on each half of the hours in turn and score them on the other.

    features float64[n, F]; swept (the map's prediction) and liquidated float64[n], any unit, oldest hour first. Some
    hours of each half must differ in `liquidated`. A prediction that is the same for all hours predicts nothing: what
    it adds is not defined, where a regression would leave a rounding error for an interval to lie beside.
    """
    target = np.log(liquidated + SMALL_LIQUIDATION * np.median(liquidated[liquidated > 0]))
    prediction = np.log(swept + SMALL_PREDICTION * swept.mean() + NEAR_ZERO)
    both = np.column_stack([features, prediction])
    first = np.arange(len(target)) < len(target) // 2
    losses = np.empty((3, len(target)))
    for train in (first, ~first):
        test, held_out = ~train, target[~train]
        path, with_map = (_held_out_errors(regressors, target, train) for regressors in (features, both))
        losses[:, test] = path, with_map, (held_out - held_out.mean()) ** 2
    if np.ptp(swept) == 0.0:
        losses[1] = np.nan
    return Losses(*losses)


def _held_out_errors(features: Floats, target: Floats, train: NDArray[np.bool_]) -> Floats:
    """Return the squared errors of the hours that a ridge regression on the others was not fitted to."""
    known = features[train]
    scaled = np.clip((features - known.mean(axis=0)) / (known.std(axis=0) + TINY), -OUTLIER, OUTLIER)
    design = np.column_stack([np.ones(len(target)), scaled])
    penalty = np.diag([0.0] + [RIDGE] * features.shape[1])
    fit = np.linalg.solve(design[train].T @ design[train] + penalty, design[train].T @ target[train])
    errors: Floats = ((target - design @ fit) ** 2)[~train]
    return errors
