"""Rank statistics of resampled hours: Spearman, partial Spearman and capture, for many resamples at once.

A resample is a column of weights: how often each hour was drawn. float64[n, B] holds B of them, and every statistic
is the one that the drawn hours, written out with their repeats, would give. Values are sorted once for all resamples;
after that a resample's ranks are running counts of its weights along that order.
"""

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.stats.rank_sums import MOMENTS, POWER_MOMENTS, RANK_SUMS, Order

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
        return RANK_SUMS(self._order, np.ascontiguousarray(weights), None).ranks

    def ranks_and_capture(self, amount: Floats, weights: Floats, share: float) -> tuple[Floats, Floats]:
        """Return the centred ranks, and float64[B]: the part of all `amount` in the `share` of hours ranked highest.

        `amount` is float64[n]. Hours tied at the threshold count in proportion, so the order of the hours cannot
        matter. NaN where the drawn hours hold no amount.
        """
        ranks, hours, sums = RANK_SUMS(self._order, np.ascontiguousarray(weights), np.ascontiguousarray(amount))
        total, each = hours[-1], np.arange(weights.shape[1])
        top = np.maximum(np.floor(total * share), 1.0)
        tied = (hours[1:] <= total - top).sum(axis=0)
        above_hours, above_sum = total - hours[tied + 1, each], sums[-1] - sums[tied + 1, each]
        tied_hours, tied_sum = hours[tied + 1, each] - hours[tied, each], sums[tied + 1, each] - sums[tied, each]
        return ranks, _ratio(above_sum + tied_sum * _ratio(top - above_hours, tied_hours), sums[-1])

    def capture(self, amount: Floats, weights: Floats, share: float) -> Floats:
        """Return the capture of `ranks_and_capture` alone."""
        return self.ranks_and_capture(amount, weights, share)[1]


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
