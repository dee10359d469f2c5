"""Running sums of resampled hours along an order: compiled from rank_sums.c where there was a compiler.

N hours, G distinct values, B resamples; a weight is how often an hour was drawn. Both give the same bytes.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.compiled import LIBRARY, Layout, function


class Order(NamedTuple):
    """Hours by rising value: int64[N], and where the hours of each distinct value begin, int64[G + 1]."""

    order: Times
    first: Times


class RankSums(NamedTuple):
    """What the weights come to along an order.

    ranks  float64[N, B]      each hour's rank among the drawn ones, ties sharing their mean, less the mean of all
    upto   float64[G + 1, B]  the weight of the first 0, 1, 2 ... distinct values
    sums   float64[G + 1, B]  the same of the amounts of the hours; float64[0, B] where there are none
    """

    ranks: Floats
    upto: Floats
    sums: Floats


class Moments(NamedTuple):
    """Weighted sums of two columns' products and of the squares of each, float64[B]."""

    across: Floats
    spread_a: Floats
    spread_b: Floats


# Columns and squares that are summed at once at most, as in the C source.
MOST_POWERS = 32

RankLoop: TypeAlias = Callable[[Order, Floats, Floats | None], RankSums]
MomentLoop: TypeAlias = Callable[[Floats, Floats, Floats], Moments]
PowerLoop: TypeAlias = Callable[[Floats, int, Floats], Floats]

RANKED = Layout(
    "ranked",
    *("groups", "draws", "sums_amounts", "#order", "#first", "*weights", "*amount", "*upto", "*sums", "*ranks"),
)
CORRELATED = Layout("correlated", "hours", "draws", "*a", "*b", "*weights", "*across", "*spread_a", "*spread_b")

POWERS = Layout("powers", "columns", "squares", "hours", "draws", "*ranks", "*weights", "*moments")


def numpy_rank_sums(order: Order, weights: Floats, amount: Floats | None) -> RankSums:
    """Return the sums for float64[N, B] weights and float64[N] amounts."""
    upto = _upto(order, weights)
    ranks: Floats = np.repeat((upto[1:] + upto[:-1] - upto[-1]) / 2.0, np.diff(order.first), axis=0)
    by_hour = np.empty(weights.shape)
    by_hour[order.order] = ranks
    return RankSums(by_hour, upto, upto[:0] if amount is None else _upto(order, weights * amount[:, None]))


def _upto(order: Order, weights: Floats) -> Floats:
    none = np.zeros((1, weights.shape[1]))
    return np.concatenate((none, np.cumsum(weights[order.order], axis=0)[order.first[1:] - 1]))


def numpy_moments(a: Floats, b: Floats, weights: Floats) -> Moments:
    """Return the moments of two columns of float64[N, B], N one or more; summed hour by hour."""
    weighted = a * weights
    products = (weighted * b, weighted * a, weights * b * b)
    return Moments(*(np.cumsum(each, axis=0)[-1] for each in products))


def numpy_power_moments(ranks: Floats, squares: int, weights: Floats) -> Floats:
    """Return the weighted sums of products of columns and of the squares of the first K of them, hour by hour.

    float64[C + K, C + K, B], the columns before the squares and only the lower triangle right, of float64[C, N, B];
    N one or more. Raises ValueError where C + K is more than MOST_POWERS.
    """
    _check_powers(len(ranks) + squares)
    values = [*ranks, *(ranks[:squares] * ranks[:squares])]
    moments = np.zeros((len(values), len(values), weights.shape[1]))
    for p, value in enumerate(values):
        for q in range(p + 1):
            moments[p, q] = np.cumsum(weights * value * values[q], axis=0)[-1]
    return moments


def _check_powers(count: int) -> None:
    if count > MOST_POWERS:
        raise ValueError(f"ranks: {count} columns and squares, of {MOST_POWERS} at most")


def rank_loop_of(call: Callable[..., None]) -> RankLoop:
    """Return the compiled loop for use in place of `numpy_rank_sums`."""

    def rank_sums(order: Order, weights: Floats, amount: Floats | None) -> RankSums:
        groups, draws = len(order.first) - 1, weights.shape[1]
        upto, ranks = np.empty((groups + 1, draws)), np.empty(weights.shape)
        sums = np.empty(upto.shape if amount is not None else (0, draws))
        sizes = {"groups": groups, "draws": draws, "sums_amounts": amount is not None}
        given = {**order._asdict(), "weights": weights, "amount": np.empty(0) if amount is None else amount}
        call(RANKED.filled({**sizes, **given, "upto": upto, "sums": sums, "ranks": ranks}))
        return RankSums(ranks, upto, sums)

    return rank_sums


def moment_loop_of(call: Callable[..., None]) -> MomentLoop:
    """Return the compiled loop for use in place of `numpy_moments`."""

    def moments(a: Floats, b: Floats, weights: Floats) -> Moments:
        hours, draws = weights.shape
        found = Moments(*np.empty((3, draws)))
        call(CORRELATED.filled({"hours": hours, "draws": draws, "a": a, "b": b, "weights": weights, **found._asdict()}))
        return found

    return moments


def power_loop_of(call: Callable[..., None]) -> PowerLoop:
    """Return the compiled loop for use in place of `numpy_power_moments`."""

    def power_moments(ranks: Floats, squares: int, weights: Floats) -> Floats:
        _check_powers(len(ranks) + squares)
        columns, hours, draws = ranks.shape
        moments = np.zeros((columns + squares, columns + squares, draws))
        sizes = {"columns": columns, "squares": squares, "hours": hours, "draws": draws}
        call(POWERS.filled({**sizes, "ranks": ranks, "weights": weights, "moments": moments}))
        return moments

    return power_moments


_RANK_SUMS, _MOMENTS = function(LIBRARY, "rank_sums", RANKED), function(LIBRARY, "correlate", CORRELATED)
_POWERS = function(LIBRARY, "power_moments", POWERS)
# The compiled loops if the build made them.
RANK_SUMS: RankLoop = numpy_rank_sums if _RANK_SUMS is None else rank_loop_of(_RANK_SUMS)
MOMENTS: MomentLoop = numpy_moments if _MOMENTS is None else moment_loop_of(_MOMENTS)
POWER_MOMENTS: PowerLoop = numpy_power_moments if _POWERS is None else power_loop_of(_POWERS)
