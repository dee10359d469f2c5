"""Agreement: how alike two distributions over the same bins are."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.stats.ranking import Ranking, correlation


@dataclass(frozen=True)
class Agreement:
    """Measures of two shapes, each taken with a sum of 1; all None where one of the maps is empty.

    wasserstein_pct   mean distance that mass must be moved to turn one into the other, % of the mark price
    jensen_shannon    divergence in bits: 0 the same, 1 nothing in common
    rank_correlation  Spearman over the bins, -1..1; None also where a map is the same in every bin
    common_share      share of mass in common, 0..1: the overlap of the two densities
    """

    wasserstein_pct: float | None
    jensen_shannon: float | None
    rank_correlation: float | None
    common_share: float | None


def agreement_of(edges: Floats, a: Floats, b: Floats, mark: float) -> Agreement:
    """Return the measures of a and b on one axis.

    edges float64[B+1], a, b float64[B] or float64[S, B] for several sides that are judged as one (mass of one side is
    never matched with the other's, except that Wasserstein looks at the price alone); `mark` in the unit of the edges.
    """
    if not (a.sum() > 0 and b.sum() > 0):
        return Agreement(None, None, None, None)
    p, q = a / a.sum(), b / b.sum()
    rank = spearman(p.ravel(), q.ravel())
    return Agreement(
        wasserstein_pct=100 * wasserstein(edges, np.atleast_2d(p).sum(axis=0), np.atleast_2d(q).sum(axis=0)) / mark,
        jensen_shannon=jensen_shannon(p, q),
        rank_correlation=None if np.isnan(rank) else rank,
        common_share=float(np.minimum(p, q).sum()),
    )


def wasserstein(edges: Floats, p: Floats, q: Floats) -> float:
    """Return the Wasserstein-1 distance of two distributions spread evenly in each bin, in the unit of the edges.

    It is the area between the two cumulative curves, which are straight inside a bin and may cross there.
    """
    gap = np.append(0.0, np.cumsum(p - q))
    start, end = np.abs(gap[:-1]), np.abs(gap[1:])
    crosses = gap[:-1] * gap[1:] < 0
    both = np.where(crosses, start + end, 1.0)
    height = np.where(crosses, (start**2 + end**2) / both, start + end) / 2
    return float(np.sum(height * np.diff(edges)))


def jensen_shannon(p: Floats, q: Floats) -> float:
    """Return the Jensen-Shannon divergence of two distributions, in bits."""
    middle = (p + q) / 2
    return float(np.clip((_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2, 0.0, 1.0))


def spearman(a: Floats, b: Floats) -> float:
    """Return Spearman's rank correlation of float64[n] pairs, ties sharing their mean; NaN where one is constant."""
    once = np.ones((len(a), 1))
    return float(correlation(Ranking(a).centred_ranks(once), Ranking(b).centred_ranks(once), once)[0])


def _relative_entropy(p: Floats, middle: Floats) -> float:
    there = p > 0
    return float(np.sum(p[there] * np.log2(p[there] / middle[there])))
