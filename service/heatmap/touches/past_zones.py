"""Past zones: the hot zones at the close of each past bar, found when they are asked for."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Span, Times
from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import BySide, Side
from service.heatmap.density.column_heat import ColumnHeat
from service.heatmap.density.hot_cold_thresholds import DensityRules
from service.heatmap.density.hot_search import FASTEST, Choice, HotRuns, Moments
from service.heatmap.stats.volatility import atr, daily_atr
from service.heatmap.zones.id import anchor_of, numbered, zone_name
from service.heatmap.zones.scale import hour_closes, reach_of

# A market that never moved would have an ATR of nothing; the same floor as for the zones of the present.
LEAST_ATR = 1e-4
# The runs that peak within the window.
NEAR = Choice()


class PastZone(NamedTuple):
    """A hot zone of one column: its half-open bins and those of its core, and the bin of its peak.

    near    its peak is within the window in which zones are sought
    anchor  the bin that it is named after, counted from log price 0, bins being `step` wide
    """

    side: Side
    bins: Span
    core: Span
    peak: int
    near: bool
    anchor: int
    step: float

    @property
    def id(self) -> str:
        """Return its name, as find_zones gives it: zones of one side with one anchor have the same."""
        return zone_name("hot", self.side, self.anchor, self.step)


class PastZones:
    """The columns of a heatmap, each read with the bars closed by then.

    axis   the bins
    edges  float64[B+1]   bin edges
    bars   closed bars, among them every column's
    bar    int64[T]       the bar of each column
    atr    float64[T]     ATR as known at the column's close, quote currency
    heat   that of each bin of each column, T columns of B bins
    rules  what makes a zone hot
    """

    def __init__(
        self,
        axis: LogAxis,
        long: NDArray[np.floating],
        short: NDArray[np.floating],
        time: Times,
        bars: Bars,
        rules: DensityRules,
    ) -> None:
        """Take the grids float[T, B] and int64[T] open times of the columns' bars; raises ValueError."""
        shape = (len(time), axis.count)
        if long.shape != shape or short.shape != shape:
            raise ValueError(f"long, short: want {shape}, got {long.shape} and {short.shape}")
        bar = np.searchsorted(bars.time, time)
        if len(time) and (bar.max() >= len(bars) or (bars.time[bar] != time).any() or (np.diff(time) <= 0).any()):
            raise ValueError("time: every column must be a bar, in rising order")
        floor = LEAST_ATR * bars.close
        self.axis, self.edges, self.bars, self.bar = axis, axis.edges, bars, bar
        self.atr = np.maximum(atr(bars), floor)[bar]
        self.heat = ColumnHeat(long, short, axis.bin_size)
        reach = reach_of(bars.close[bar], np.maximum(daily_atr(bars), floor)[bar], rules)
        self._lengths = self.atr, reach, hour_closes(bars)[bar]
        self.rules, self._grids = rules, BySide(long, short)

    def followed(self) -> Times:
        """Return int64[n]: the columns after whose bar another one follows without a gap."""
        after = np.minimum(self.bar + 1, len(self.bars) - 1)
        columns: Times = np.flatnonzero(self.bars.time[after] - self.bars.time[self.bar] == self.bars.step)
        return columns

    def runs(
        self, columns: Times, side: Side, within: tuple[Times, Times] | None = None, choice: Choice = NEAR
    ) -> HotRuns:
        """Return the hot runs of columns, nearest first, in whose zone anything of the side stands.

        `within`, int64[n] twice, are half-open bins of each column: only runs with a bin among them are looked for. No
        other column has a part in a column's runs, which count the columns as they are given.
        """
        begin, end = within or (np.zeros(len(columns), np.int64), np.full(len(columns), self.axis.count))
        lengths = (each[columns] for each in self._lengths)
        at = Moments(columns, begin, end, self.bars.close[self.bar[columns]], *lengths)
        return FASTEST(self.axis, self.heat, at, side, self.rules, choice)

    def hot(self, column: int, side: Side) -> list[PastZone]:
        """Return the hot zones of one column and side, nearest first."""
        return [past_zone(self.axis, side, row) for row in self.runs(np.array([column]), side).rows.tolist()]

    def nearest_edges(self, columns: Times, side: Side) -> Times:
        """Return the edge, nearer to the price, of the nearest hot zone of columns, int64[n]; -1 where none is."""
        runs = self.runs(columns, side, choice=Choice(most=1))
        edges = np.full(len(columns), -1)
        edges[runs.column] = runs.zone[:, 1 if side is Side.LONG else 0]
        return edges

    def notional(self, column: int, side: Side, zone: Span) -> float:
        """Return what stood in some bins, quote currency."""
        return float(self._grids[side][column, slice(*zone)].sum(dtype=np.float64))

    def amounts(self, column: int, side: Side, zone: Span) -> Floats:
        """Return the same by bin, float64[bins]."""
        return np.asarray(self._grids[side][column, slice(*zone)], dtype=np.float64)

    def meets(self, columns: Times, begin: Times, end: Times, side: Side) -> NDArray[np.bool_]:
        """Say of half-open runs of bins, int64[n] each, whether they meet a hot zone of their column."""
        runs = self.runs(columns, side, (begin, end))
        met = np.zeros(len(columns), dtype=bool)
        met[runs.column[(runs.zone[:, 0] < end[runs.column]) & (runs.zone[:, 1] > begin[runs.column])]] = True
        return met


def past_zone(axis: LogAxis, side: Side, row: Sequence[int]) -> PastZone:
    """Return the zone of a hot run, a row of `HotRuns`."""
    begin, end, first, last, start, stop, peak, near = row
    anchor = anchor_of(numbered(axis, (begin, end)))
    return PastZone(side, (first, last), (start, stop), peak, near > 0, anchor, axis.bin_size)
