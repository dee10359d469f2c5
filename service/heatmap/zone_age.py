"""Zone age: since when a zone has stood, read from the heatmap's past columns."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.heatmap.bars import Floats, Times
from service.heatmap.map_side import Side
from service.heatmap.smoothing import REACH
from service.heatmap.zone_bins import Span
from service.heatmap.zone_rules import ZoneRules


@dataclass(frozen=True, eq=False)
class GridHistory:
    """The heatmap up to now: time int64[T] epoch ms of the columns, long and short float[T, B] quote currency."""

    time: Times
    long: NDArray[np.floating]
    short: NDArray[np.floating]

    def side(self, side: Side) -> NDArray[np.floating]:
        """Return one side's grid."""
        return self.long if side == "long" else self.short


@dataclass(frozen=True)
class Age:
    """Since when (epoch ms); `at_least`: it stood already in the first column, so it may be older."""

    since: int
    at_least: bool


def hot_age(history: GridHistory, side: Side, bins: Span, rules: ZoneRules) -> Age:
    """Return since when the zone's bins have held at least `standing_share` of what they hold in the last column."""
    held = _held(history, side, bins)
    return _since(history, held >= rules.standing_share * held[-1])


def cold_age(
    history: GridHistory, side: Side, bins: Span, within: Span, background_bins: float, rules: ZoneRules
) -> Age:
    """Return since when the zone has been as sparse against its surroundings as a cold zone must be.

    within           the bins of the zone's side now: the background is taken from these
    background_bins  its sigma in bins
    """
    middle = 0.5 * (bins[0] + bins[1] - 1)
    reach = REACH * background_bins
    start, stop = max(within[0], math.floor(middle - reach)), min(within[1], math.ceil(middle + reach) + 1)
    weights = np.exp(-0.5 * ((np.arange(start, stop) - middle) / background_bins) ** 2)
    background = history.side(side)[:, start:stop] @ (weights / weights.sum())
    density = _held(history, side, bins) / (bins[1] - bins[0])
    sparse = density <= rules.cold_background * background
    # The last column's zone was found on smoothed bins, so the raw ones may miss the mark: it stands now all the same.
    sparse[-1] = True
    return _since(history, sparse)


def _held(history: GridHistory, side: Side, bins: Span) -> Floats:
    held: Floats = history.side(side)[:, bins[0] : bins[1]].sum(axis=1, dtype=np.float64)
    return held


def _since(history: GridHistory, standing: NDArray[np.bool_]) -> Age:
    broken = np.flatnonzero(~standing)
    first = int(broken[-1]) + 1 if len(broken) else 0
    return Age(int(history.time[first]), first == 0)
