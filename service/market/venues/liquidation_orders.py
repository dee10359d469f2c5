"""Liquidation orders, as a venue publishes them one by one, summed into bars."""

import numpy as np

from service.heatmap.base import Floats
from service.market.contract import Liquidations


def by_bar(orders: Floats, span: tuple[int, int], step: int, unknown: list[tuple[int, int]]) -> Liquidations:
    """Return what was liquidated in each bar of a half-open span of whole bars, epoch ms.

    orders   float64[n, 3]  time, quote currency of longs, of shorts; in any order
    unknown  half-open ranges of which not all orders are at hand: a bar that one touches is left out, as 0 is for bars
             in which nothing was liquidated
    """
    since, until = span
    time = np.arange(since, until, step, dtype=np.int64)
    inside = orders[(orders[:, 0] >= since) & (orders[:, 0] < until)]
    at = ((inside[:, 0] - since) // step).astype(np.int64)
    long, short = (np.bincount(at, inside[:, side], len(time)).astype(np.float64) for side in (1, 2))
    known = np.ones(len(time), dtype=bool)
    for start, stop in unknown:
        known &= (time >= stop) | (time + step <= start)
    return Liquidations(time[known], long[known], short[known])
