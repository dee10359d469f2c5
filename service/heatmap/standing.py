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

    totals     float64[columns, W+1]  running sum over the bins at their edges, after each of the last `columns` bars;
               only differences mean something
    start      absolute number of the first of the W bins; bin j is [(start + j) * STEP, (start + j + 1) * STEP)
    swept      float64[T]  liquidated, of what stood before the bar
    opened     float64[T]  opened
    closed     float64[T]  closed other than by liquidation
    levered    float64[T]  standing after the bar with leverage, in the W bins or outside them
    unlevered  float64[T]  standing after the bar without leverage
    survival   float64[T]  share of what stood before the bar, and was not swept, that did not close
    """

    totals: Floats
    start: int
    swept: Floats
    opened: Floats
    closed: Floats
    levered: Floats
    unlevered: Floats
    survival: Floats

    @property
    def rows(self) -> Floats:
        """Return what stands in each bin after each of the last `columns` bars, float64[columns, W]."""
        rows: Floats = np.maximum(np.diff(self.totals, axis=1), 0.0)
        return rows


def survivors(standing: float, target: float, closes: float) -> float:
    """Return the share of `standing` left when `closes` leave at random while open interest moves to `target`.

    With closes at an even rate c against an open interest that moves linearly, the hazard is c / OI(t), which
    integrates to (target / standing) ** (-closes / change). It never leaves more than `target`, and for a small
    turnover it is 1 - closes / standing; unlike that, it composes: 24 hours close as much as one day.
    """
    change = target - standing
    if change == 0.0:
        return math.exp(-closes / standing)
    if target <= 0.0:
        return 0.0
    # The quotient is exact where much changes, its distance from 1 where little does.
    growth = math.log1p(change / standing) if abs(change) < 0.5 * standing else math.log(target / standing)
    return math.exp(-closes * (growth / change))


def stand(
    path: SidePath,
    flow: Flows,
    curve: DistanceCurve,
    unlevered: float,
    deepest: float,
    columns: int,
    shallowest: float = -np.inf,
) -> Standing:
    """Run one side over its T bars.

    `unlevered` is the share of opens without leverage; bins between the depths `shallowest` and `deepest` are wanted
    by themselves, what stands outside them counts in `levered` alone. The opens of the first bar are the whole open
    interest. By construction levered + unlevered = open interest after every bar, up to rounding.

    The inventory is kept as running sums over the bins, `total`, divided by `scale`. What lies before the edge `lowest`
    is gone whatever `total` says there, so a sweep only moves that edge.
    """
    start, stop = _extent(path, curve, deepest)
    deposits = Deposits(path, curve, start, stop)
    swept_to = np.clip(np.floor(path.reach / STEP) + 1 - start, 0, stop - start).astype(np.int64).tolist()
    total = np.zeros(stop - start + 1)
    first, last = np.clip(np.array((shallowest, deepest)) / STEP - start, 0, stop - start - 1).astype(np.int64).tolist()
    wanted = total[first : last + 2]
    totals, factor = np.empty((columns, len(wanted))), np.empty(())  # 0-d: see Deposits.add
    warm_up = len(swept_to) - columns
    states: list[float] = []
    scale, standing, bare, lowest = 1.0, 0.0, 0.0, 0
    bars = zip(swept_to, flow.open_interest.tolist(), flow.closes.tolist(), deposits.density, strict=True)
    for t, (to, target, closes, density) in enumerate(bars):
        loss = 0.0
        if to > lowest:
            loss = min(max((total.item(to) - total.item(lowest)) * scale, 0.0), standing)
            lowest = to
        left = standing - loss + bare
        kept = survivors(left, target, max(closes - loss, left - target, 0.0)) if left > 0.0 else 1.0
        scale *= kept
        if scale < SMALLEST_SCALE:
            total *= scale
            scale = 1.0
        standing, bare = (standing - loss) * kept, bare * kept
        new = max(target - standing - bare, 0.0)
        levered = new * (1.0 - unlevered) if density else 0.0
        if levered:
            lowest = deposits.add(t, levered / scale, total, lowest)
        standing, bare = standing + levered, bare + (new - levered)
        states += (loss, new, left * (1.0 - kept), standing, bare, kept)
        if t >= warm_up:
            row, factor[()] = totals[t - warm_up], scale
            np.multiply(wanted, factor, row)
            row[: max(lowest - first, 0)] = total.item(lowest) * scale
    flows_and_state = np.array(states).reshape(-1, 6).T
    return Standing(totals, start + first, *flows_and_state)


def _extent(path: SidePath, curve: DistanceCurve, deepest: float) -> tuple[int, int]:
    """Return the first and last edge to keep: as deep as anyone asks or the price goes, if anything can stand there."""
    far = float(path.far.max())
    bottom = max(far, min(max(deepest, float(path.reach.max())), far + float(curve.u[-1])))
    return int(np.floor(path.near.min() / STEP)), int(np.floor(bottom / STEP)) + 2
