"""Zone age: since when a zone has stood, read from the heatmap's past columns."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Span, Times
from service.heatmap.base.side import Side
from service.heatmap.density.column_heat import ColumnHeat
from service.heatmap.zones.rules import ZoneRules

# Columns looked at first; most zones are younger than a long history.
FIRST_LOOK = 256


@dataclass(frozen=True, eq=False)
class GridHistory:
    """The heatmap up to now: time int64[T] epoch ms of the columns, long and short float[T, B] quote currency.

    Its bins are `step` wide in log price.
    """

    time: Times
    long: NDArray[np.floating]
    short: NDArray[np.floating]
    step: float

    @cached_property
    def heat(self) -> ColumnHeat:
        """Return the heat of every column, of which a zone's own bins are all that is looked at."""
        return ColumnHeat(self.long, self.short, self.step)

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


def cold_age(history: GridHistory, bins: Span, rules: ZoneRules) -> Age:
    """Return since when the zone has been cold: its mean heat no more than the most that a cold zone may have."""
    cold = history.heat.bins(bins).mean(axis=1) <= rules.density.cold
    # The zone stands now, whatever has moved since the last column closed.
    cold[-1:] = True
    return _since(history, lambda columns: cold[columns])


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
