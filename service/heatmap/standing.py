"""The kernel: one side's flows and path in, the inventory that stands after each bar out.

Order within a bar, and it bears load: sweep what the price reached, close, open, so that the open interest is met.
"""

import math
from dataclasses import dataclass

import numpy as np

from service.heatmap.bars import Floats
from service.heatmap.deposits import Deposits
from service.heatmap.distance import DistanceCurve
from service.heatmap.flows import Flows
from service.heatmap.path import STEP, SidePath

# Amounts are stored divided by a running scale, so that closing costs nothing; past this it is folded back in.
SMALLEST_SCALE = 1e-100


@dataclass(frozen=True, eq=False)
class Standing:
    """One side over time; every amount in base coin.

    rows       float64[columns, W]  standing after each of the last `columns` bars, by bin
    start      absolute number of the first of the W bins; bin j is [(start + j) * STEP, (start + j + 1) * STEP)
    swept      float64[T]  liquidated, of what stood before the bar
    opened     float64[T]  opened
    closed     float64[T]  closed other than by liquidation
    levered    float64[T]  standing after the bar with leverage, in the W bins or beyond them
    unlevered  float64[T]  standing after the bar without leverage
    survival   float64[T]  share of what stood before the bar, and was not swept, that did not close
    """

    rows: Floats
    start: int
    swept: Floats
    opened: Floats
    closed: Floats
    levered: Floats
    unlevered: Floats
    survival: Floats


def survivors(standing: float, target: float, closes: float) -> float:
    """Return the share of `standing` left when `closes` leave at random while open interest moves to `target`.

    With closes at an even rate c against an open interest that moves linearly, the hazard is c / OI(t), which
    integrates to (target / standing) ** (-closes / change). It never leaves more than `target`, and for a small
    turnover it is 1 - closes / standing; unlike that, it composes: 24 hours close as much as one day.
    """
    change = target - standing
    if abs(change) < 1e-9 * standing:
        return math.exp(-closes / standing)
    return math.exp(-closes / change * math.log(target / standing))


def stand(
    path: SidePath, flow: Flows, curve: DistanceCurve, unlevered: float, deepest: float, columns: int
) -> Standing:
    """Run one side over its T bars.

    `unlevered` is the share of opens without leverage; bins up to depth `deepest` are wanted in the rows. Bins beyond
    it and beyond every reach are not kept apart, they count in `levered` alone. The opens of the first bar are the
    whole open interest. By construction levered + unlevered = open interest after every bar, up to rounding.
    """
    start = int(np.floor(path.near.min() / STEP))
    stop = int(np.floor(max(deepest, path.reach.max(), path.far.max()) / STEP)) + 2
    deposits = Deposits(path, curve, start, stop)
    swept_to = (np.floor(path.reach / STEP).astype(np.int64) + 1 - start).tolist()
    count = len(swept_to)
    stored, scratch, rows = np.zeros(stop - start), np.empty(stop - start), np.empty((columns, stop - start))
    swept, opened, closed, levered, without, survival = np.zeros((6, count))
    scale, standing, bare, lowest = 1.0, 0.0, 0.0, 0
    targets = flow.open_interest.tolist()
    for t, (to, target, closes) in enumerate(zip(swept_to, targets, flow.closes.tolist(), strict=True)):
        loss = 0.0
        if to > lowest:
            loss = min(float(stored[lowest:to].sum()) * scale, standing)
            stored[lowest:to] = 0.0
            lowest = to
        left = standing - loss + bare
        kept = survivors(left, target, max(closes - loss, left - target, 0.0)) if left > 0.0 else 1.0
        scale *= kept
        standing, bare = (standing - loss) * kept, bare * kept
        new = max(target - standing - bare, 0.0)
        with_leverage = new * (1.0 - unlevered) if deposits.factor[t] else 0.0
        deposits.add(t, with_leverage / scale, stored, scratch)
        lowest = min(lowest, deposits.first[t])
        standing, bare = standing + with_leverage, bare + new - with_leverage
        if scale < SMALLEST_SCALE:
            stored *= scale
            scale = 1.0
        if t >= count - columns:
            np.multiply(stored, scale, rows[t - count + columns])
        swept[t], opened[t], closed[t], survival[t] = loss, new, left * (1.0 - kept), kept
        levered[t], without[t] = standing, bare
    return Standing(rows, start, swept, opened, closed, levered, without, survival)
