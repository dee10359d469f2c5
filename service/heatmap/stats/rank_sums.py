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


class Followed(NamedTuple):
    """What the weights come to along an order, float64[B] each.

    across          weighted sum of each hour's centred rank times the other's that it was pulled by
    spread          weighted sum of the squares of the centred ranks
    hours_before, hours_upto    weight of all values before, and up to, the last one before which no more than asked
                                for is drawn; 0 where there is none
    amount_before, amount_upto  the same of the amounts
    amount_all      weighted sum of all amounts
    """

    across: Floats
    spread: Floats
    hours_before: Floats
    hours_upto: Floats
    amount_before: Floats
    amount_upto: Floats
    amount_all: Floats


class Pulled(NamedTuple):
    """Resampled hours: their weights float64[N, B], these times another column's centred ranks, and the weight of all.

    total is float64[B].
    """

    weights: Floats
    pulled: Floats
    total: Floats


class Moments(NamedTuple):
    """Weighted sums of two columns' products and of the squares of each, float64[B]."""

    across: Floats
    spread_a: Floats
    spread_b: Floats


# Columns and squares that are summed at once at most, as in the C source.
MOST_POWERS = 32

RankLoop: TypeAlias = Callable[[Order, Floats], Floats]
FollowLoop: TypeAlias = Callable[[Order, Pulled, Floats, Floats], Followed]
MomentLoop: TypeAlias = Callable[[Floats, Floats, Floats], Moments]
PowerLoop: TypeAlias = Callable[[Floats, int, Floats], Floats]

RANKED = Layout("ranked", "groups", "draws", "#order", "#first", "*weights", "*upto", "*ranks")
FOLLOWED = Layout(
    "followed",
    *("groups", "draws", "#order", "#first", "*weights", "*pulled", "*amount", "*total", "*below"),
    *(f"*{field}" for field in Followed._fields),
)
CORRELATED = Layout("correlated", "hours", "draws", "*a", "*b", "*weights", "*across", "*spread_a", "*spread_b")

POWERS = Layout("powers", "columns", "squares", "hours", "draws", "*ranks", "*weights", "*moments")


def numpy_ranks(order: Order, weights: Floats) -> Floats:
    """Return each hour's rank among the drawn ones, ties sharing their mean, less the mean of all; float64[N, B]."""
    upto = _upto(order, weights)
    ranks = np.empty(weights.shape)
    ranks[order.order] = np.repeat((upto[1:] + upto[:-1] - upto[-1]) / 2.0, np.diff(order.first), axis=0)
    return ranks


def numpy_follow(order: Order, hours: Pulled, amount: Floats, below: Floats) -> Followed:
    """Return what float64[N] amounts and the ranks come to; `below` is the weight asked for, float64[B]."""
    upto, pulled = _upto(order, hours.weights), np.diff(_upto(order, hours.pulled), axis=0)
    sums, none = _upto(order, hours.weights * amount[:, None]), np.zeros((1, len(below)))
    ranks = (upto[1:] + upto[:-1] - hours.total) / 2.0
    totals = (ranks * pulled, ranks * ranks * np.diff(upto, axis=0))
    across, spread = (np.cumsum(np.concatenate((none, each)), axis=0)[-1] for each in totals)
    begins = (upto[:-1] <= below).sum(axis=0)
    at, there = np.maximum(begins, 1) - 1, begins > 0
    each = np.arange(len(below))
    places = at, np.minimum(at + 1, len(upto) - 1)
    found = (np.where(there, line[place, each], 0.0) for line in (upto, sums) for place in places)
    return Followed._make((across, spread, *found, sums[-1].copy()))


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
    """Return the compiled loop for use in place of `numpy_ranks`."""

    def ranks(order: Order, weights: Floats) -> Floats:
        groups, draws = len(order.first) - 1, weights.shape[1]
        upto, ranks = np.empty((groups + 1, draws)), np.empty(weights.shape)
        given = {**order._asdict(), "weights": weights, "upto": upto, "ranks": ranks}
        call(RANKED.filled({"groups": groups, "draws": draws, **given}))
        return ranks

    return ranks


def follow_loop_of(call: Callable[..., None]) -> FollowLoop:
    """Return the compiled loop for use in place of `numpy_follow`."""

    def follow(order: Order, hours: Pulled, amount: Floats, below: Floats) -> Followed:
        sizes = {"groups": len(order.first) - 1, "draws": len(below)}
        found = Followed(*np.zeros((len(Followed._fields), len(below))))
        given = {**order._asdict(), **hours._asdict(), "amount": amount, "below": below}
        call(FOLLOWED.filled({**sizes, **given, **found._asdict()}))
        return found

    return follow


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
_POWERS, _FOLLOW = function(LIBRARY, "power_moments", POWERS), function(LIBRARY, "follow", FOLLOWED)
# The compiled loops if the build made them.
RANKS: RankLoop = numpy_ranks if _RANK_SUMS is None else rank_loop_of(_RANK_SUMS)
FOLLOW: FollowLoop = numpy_follow if _FOLLOW is None else follow_loop_of(_FOLLOW)
MOMENTS: MomentLoop = numpy_moments if _MOMENTS is None else moment_loop_of(_MOMENTS)
POWER_MOMENTS: PowerLoop = numpy_power_moments if _POWERS is None else power_loop_of(_POWERS)
