"""Zone age: since when a zone has stood, read from the heatmap's past columns."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Span, Times
from service.heatmap.base.side import Side
from service.heatmap.stats.smoothing import REACH
from service.heatmap.zones.rules import ZoneRules

# Columns looked at first; most zones are younger than a long history.
FIRST_LOOK = 256


@dataclass(frozen=True, eq=False)
class GridHistory:
    """The heatmap up to now: time int64[T] epoch ms of the columns, long and short float[T, B] quote currency."""

    time: Times
    long: NDArray[np.floating]
    short: NDArray[np.floating]

    def side(self, side: Side) -> NDArray[np.floating]:
        """Return one side's grid."""
        return self.long if side is Side.LONG else self.short


@dataclass(frozen=True)
class Age:
    """Since when (epoch ms); `at_least`: it stood already in the first column, so it may be older."""

    since: int
    at_least: bool


def hot_age(history: GridHistory, side: Side, bins: Span, rules: ZoneRules) -> Age:
    """Return since when the zone's bins have held at least `standing_share` of what they hold in the last column."""
    grid = history.side(side)[:, slice(*bins)]
    least = rules.standing_share * float(_held(grid[-1:])[0])
    return _since(history, lambda columns: _held(grid[columns]) >= least)


def cold_age(
    history: GridHistory, side: Side, bins: Span, within: Span, background_bins: float, rules: ZoneRules
) -> Age:
    """Return since when the zone has been as sparse against its surroundings as a cold zone must be.

    within           the bins of the zone's side now: the background is taken from these
    background_bins  its sigma in bins

    The last column's zone was found on smoothed bins, so the raw ones may miss the mark: it stands now all the same.
    """
    middle = 0.5 * (bins[0] + bins[1] - 1)
    reach = REACH * background_bins
    start, stop = max(within[0], math.floor(middle - reach)), min(within[1], math.ceil(middle + reach) + 1)
    weights = np.exp(-0.5 * ((np.arange(start, stop) - middle) / background_bins) ** 2)
    weights *= rules.density.cold_background / weights.sum()
    grid, width, last = history.side(side), bins[1] - bins[0], len(history.time) - 1

    def sparse(columns: slice) -> NDArray[np.bool_]:
        rows = grid[columns]
        stands: NDArray[np.bool_] = _held(rows[:, slice(*bins)]) / width <= rows[:, start:stop] @ weights
        if columns.stop > last:
            stands[-1] = True
        return stands

    return _since(history, sparse)


def _held(rows: NDArray[np.floating]) -> Floats:
    held: Floats = rows.sum(axis=1, dtype=np.float64)
    return held


def _since(history: GridHistory, standing: Callable[[slice], NDArray[np.bool_]]) -> Age:
    """Return since when it has stood without a break, looking back only as far as the newest one."""
    stop, size = len(history.time), FIRST_LOOK
    while stop:
        start = max(0, stop - size)
        broken = np.flatnonzero(~standing(slice(start, stop)))
        if len(broken):
            return Age(int(history.time[start + int(broken[-1]) + 1]), at_least=False)
        stop, size = start, 2 * size
    return Age(int(history.time[0]), at_least=True)
