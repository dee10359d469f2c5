"""Rank statistics of resampled hours: Spearman, partial Spearman and capture, for many resamples at once.

A resample is a column of weights: how often each hour was drawn. float64[n, B] holds B of them, and every statistic
is the one that the drawn hours, written out with their repeats, would give. Values are sorted once for all resamples;
after that a resample's ranks are running counts of its weights along that order.
"""

from typing import NamedTuple

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.stats.rank_sums import FOLLOW, MOMENTS, POWER_MOMENTS, RANKS, Order, Pulled

# Exactly collinear ranks leave about 1e-16 of their variance after the others are taken out, related ones over 1e-7.
COLLINEAR = 1e-12
NO_SPREAD = 1e-9
# The columns that are correlated, behind those that are taken out.
PAIR = 2


class Ranking:
    """The order and the ties of n values, worked out once for all resamples."""

    def __init__(self, values: Floats) -> None:
        """Sort float64[n]; there must be no NaN."""
        order = np.argsort(values, kind="stable")
        changes = np.flatnonzero(np.diff(values[order]) > 0.0) + 1
        ends = [0, len(values)] if len(values) else [0]
        self._order = Order(order, np.concatenate((ends[:1], changes, ends[1:])).astype(np.int64))

    def centred_ranks(self, weights: Floats) -> Floats:
        """Return float64[n, B]: ranks among the drawn hours, ties sharing their mean, less the mean of all."""
        return RANKS(self._order, np.ascontiguousarray(weights))

    def as_target(self, weights: Floats) -> "Target":
        """Return these values as what others are to rank like."""
        weights = np.ascontiguousarray(weights)
        hours = Pulled(weights, weights * self.centred_ranks(weights), weights.sum(axis=0))
        # Halves of whole numbers, so exact whatever the order of the sum.
        return Target(hours, FOLLOW(self._order, hours, np.zeros(len(weights)), hours.total).spread)

    def spearman_and_capture(self, target: "Target", amount: Floats, share: float) -> tuple[Floats, Floats]:
        """Return Spearman with a target, and the part of all `amount` in the `share` of hours ranked highest.

        float64[B] each; `amount` is float64[n]. Hours tied at the threshold count in proportion, so the order of the
        hours cannot matter. NaN where one of the two is constant, and where the drawn hours hold no amount.
        """
        total = target.hours.total
        top = np.maximum(np.floor(total * share), 1.0)
        found = FOLLOW(self._order, target.hours, np.ascontiguousarray(amount), total - top)
        above_hours, above = total - found.hours_upto, found.amount_all - found.amount_upto
        tied_hours, tied = found.hours_upto - found.hours_before, found.amount_upto - found.amount_before
        captured = _ratio(above + tied * _ratio(top - above_hours, tied_hours), found.amount_all)
        return _ratio(found.across, np.sqrt(found.spread * target.spread)), captured


class Target(NamedTuple):
    """Resampled hours pulled by their own centred ranks, and the weighted sum of the squares of these, float64[B]."""

    hours: Pulled
    spread: Floats


def correlation(a: Floats, b: Floats, weights: Floats) -> Floats:
    """Return float64[B]: the correlation of centred ranks float64[n, B], NaN where one of them is constant."""
    if not len(weights):
        return np.full(weights.shape[1], np.nan)
    across, spread_a, spread_b = MOMENTS(a, b, np.ascontiguousarray(weights))
    return _ratio(across, np.sqrt(spread_a * spread_b))


def partial_correlation(a: Floats, b: Floats, controls: list[Floats], weights: Floats) -> Floats:
    """Return float64[B]: the correlation of centred ranks a and b once the controls' ranks and squares are taken out.

    The residuals' products are the Schur complement of the columns' correlation matrix, so no regression over the hours
    is solved. Controls that say the same count once. NaN where they explain a or b wholly and leave nothing over.
    """
    if not len(weights):
        return np.full(weights.shape[1], np.nan)
    count, weights = len(controls), np.ascontiguousarray(weights)
    moments = POWER_MOMENTS(np.stack([*controls, a, b]), count, weights)
    # Ranks are centred, their squares are not yet: of these, the product of the means is taken away.
    raw, spreads = np.arange(count + 2, 2 * count + 2), np.einsum("ccj->cj", moments[:count, :count])
    whole = np.einsum("ccj->cj", moments).copy()
    moments[raw[:, None], raw] -= spreads[:, None] * spreads / np.maximum(weights.sum(axis=0), 1.0)
    rest = _taken_out(_correlations(moments, whole)[_ab_last(count)])
    left_a, left_b = rest[0, 0], rest[1, 1]
    spread = np.sqrt(np.maximum(left_a, 0.0) * np.maximum(left_b, 0.0))
    return _ratio(rest[1, 0], np.where(np.minimum(left_a, left_b) > NO_SPREAD, spread, 0.0))


def _ab_last(controls: int) -> tuple[Times, Times]:
    """Return the index that puts the two columns after so many controls behind the squares that follow them."""
    order = np.array([*range(controls), *range(controls + 2, 2 * controls + 2), controls, controls + 1])
    # Only the lower triangle is known.
    return np.maximum(order[:, None], order), np.minimum(order[:, None], order)


def _correlations(moments: Floats, whole: Floats) -> Floats:
    """Return products float64[P, P, B] over the sizes of both; 0 where a column has next to nothing of its `whole`."""
    square = np.einsum("ccj->cj", moments)
    size = np.sqrt(np.where(square > COLLINEAR * whole, square, 0.0))
    return _ratio(moments, size[:, None] * size, otherwise=0.0)


def _taken_out(matrix: Floats) -> Floats:
    """Return what is left of the last two columns, float64[2, 2, B], without what all others explain of them.

    One column after the other is eliminated from the symmetric float64[P, P, B]; one of which the earlier ones leave
    nothing says nothing.
    """
    while len(matrix) > PAIR:
        pivot, column = matrix[0, 0], matrix[1:, 0]
        share = _ratio(column, np.where(pivot > COLLINEAR, pivot, 0.0)[None], otherwise=0.0)
        matrix = matrix[1:, 1:] - share[:, None] * column
    return matrix


def _ratio(top: Floats, bottom: Floats, otherwise: float = np.nan) -> Floats:
    ratio: Floats = np.divide(top, bottom, out=np.full(np.shape(top), otherwise), where=bottom > 0)
    return ratio
