"""Past zones: the hot zones at the close of each past bar, found when they are asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Span, Times, each_number
from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side
from service.heatmap.density.heat import heat_of
from service.heatmap.density.hot_cold_thresholds import DensityRules
from service.heatmap.density.hot_search import FASTEST, HotRuns, Moments
from service.heatmap.density.usual import may_reach
from service.heatmap.stats.volatility import atr, daily_atr
from service.heatmap.zones.id import anchor_of, numbered, zone_name
from service.heatmap.zones.scale import hour_closes, reach_of

# A market that never moved would have an ATR of nothing; the same floor as for the zones of the present.
LEAST_ATR = 1e-4


@dataclass(frozen=True)
class PastZone:
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
    heat   float64[T, B]  heat of each bin of each column
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
        self.heat = heat_of(np.add(long, short, dtype=np.float64), axis.bin_size)
        self._anchor = hour_closes(bars)[bar]
        reach = reach_of(bars.close[bar], np.maximum(daily_atr(bars), floor)[bar], rules)
        self._lengths = self.atr, reach, self._anchor
        self.rules, self._grids = rules, {Side.LONG: long, Side.SHORT: short}
        self._found: dict[tuple[int, Side], list[PastZone]] = {}

    def followed(self) -> Times:
        """Return int64[n]: the columns after whose bar another one follows without a gap."""
        after = np.minimum(self.bar + 1, len(self.bars) - 1)
        columns: Times = np.flatnonzero(self.bars.time[after] - self.bars.time[self.bar] == self.bars.step)
        return columns

    def hot(self, column: int, side: Side, *, far: bool = False) -> list[PastZone]:
        """Return the hot zones of one column and side, nearest first; no other column has a part in them.

        With `far` those beyond the window too.
        """
        if (column, side) not in self._found:
            self.find([column], side)
        zones = self._found[column, side]
        return zones if far else [zone for zone in zones if zone.near]

    def find(self, columns: Iterable[int], side: Side) -> None:
        """Find the zones of several columns at once, which takes much less than one by one."""
        wanted = [column for column in dict.fromkeys(columns) if (column, side) not in self._found]
        self._found |= {(column, side): [] for column in wanted}
        runs = self._runs(np.array(wanted, dtype=np.int64), side)
        for column, row in zip(runs.column.tolist(), runs.rows.tolist(), strict=True):
            self._found[wanted[column], side].append(past_zone(self.axis, side, row))

    def nearest_edges(self, side: Side) -> Times:
        """Return the edge, nearer to the price, of the nearest hot zone of each column, int64[T]; -1 where none is."""
        every = np.arange(len(self.bar))
        runs = self._runs(every, side)
        runs = runs.take(runs.near)
        edges = np.full(len(every), -1)
        columns, first = np.unique(runs.column, return_index=True)
        edges[columns] = runs.zone[first, 1 if side is Side.LONG else 0]
        return edges

    def _runs(self, columns: Times, side: Side) -> HotRuns:
        """Return the hot runs of columns in which anything stands; runs count the columns as they are given."""
        at = Moments(columns, self.bars.close[self.bar[columns]], *(each[columns] for each in self._lengths))
        runs = FASTEST(self.axis, self.heat, at, side, self.rules)
        filled = np.zeros((len(columns), self.axis.count + 1), dtype=np.int64)
        np.cumsum(self._grids[side][columns] != 0, axis=1, out=filled[:, 1:])
        begin, end = runs.zone.T
        return runs.take(filled[runs.column, end] > filled[runs.column, begin])

    def notional(self, column: int, side: Side, zone: Span) -> float:
        """Return what stood in some bins, quote currency."""
        return float(self._grids[side][column, slice(*zone)].sum(dtype=np.float64))

    def amounts(self, column: int, side: Side, zone: Span) -> Floats:
        """Return the same by bin, float64[bins]."""
        return np.asarray(self._grids[side][column, slice(*zone)], dtype=np.float64)

    def may_be_hot(self, columns: Times, bins: Times) -> NDArray[np.bool_]:
        """Say of single bins, int64[N] columns and bins, whether they are hot enough to lie in a hot zone."""
        there = (bins >= 0) & (bins < self.axis.count)
        inside = np.clip(bins, 0, self.axis.count - 1)
        away = np.abs(np.log(self.axis.centres[inside] / self._anchor[columns]))
        hot: NDArray[np.bool_] = may_reach(self.heat[columns, inside], away, self.rules.hot)
        return hot & there

    def any_hot(self, columns: Times, begin: Times, end: Times) -> NDArray[np.bool_]:
        """Say of half-open runs of bins, int64[n] each, whether any bin of theirs `may_be_hot`."""
        number, bins = each_number(begin, end)
        hot = self.may_be_hot(columns[number], bins)
        possible: NDArray[np.bool_] = np.bincount(number[hot], minlength=len(columns)) > 0
        return possible

    def meets(self, columns: Times, begin: Times, end: Times, side: Side) -> NDArray[np.bool_]:
        """Say of half-open runs of bins, int64[n] each, whether they meet a hot zone of their column.

        Zones are searched for only where a run has a bin that could lie in one.
        """
        possible = np.flatnonzero(self.any_hot(columns, begin, end))
        searched, place = np.unique(columns[possible], return_inverse=True)
        runs = self._runs(searched, side)
        runs = runs.take(runs.near)
        number, run = each_number(*(np.searchsorted(runs.column, place, which) for which in ("left", "right")))
        zone, own = runs.zone[run], possible[number]
        met = np.zeros(len(columns), dtype=bool)
        met[own[(zone[:, 0] < end[own]) & (zone[:, 1] > begin[own])]] = True
        return met


def past_zone(axis: LogAxis, side: Side, row: Sequence[int]) -> PastZone:
    """Return the zone of a hot run, a row of `HotRuns`."""
    begin, end, first, last, start, stop, peak, near = row
    anchor = anchor_of(numbered(axis, (begin, end)))
    return PastZone(side, (first, last), (start, stop), peak, near > 0, anchor, axis.bin_size)
