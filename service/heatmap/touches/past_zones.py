"""Past zones: the hot zones at the close of each past bar, found when they are asked for."""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Span, Times
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.density.points import Points, point_excess
from service.heatmap.density.rules import DensityRules
from service.heatmap.density.side import map_side
from service.heatmap.stats.volatility import atr, daily_atr
from service.heatmap.zones.find import hot_bins
from service.heatmap.zones.scale import ZoneScale, check_axis, looked_at, zone_scale

# A market that never moved would have an ATR of nothing; the same floor as for the zones of the present.
LEAST_ATR = 1e-4


class PastZones:
    """The columns of a heatmap, each read with the bars closed by then.

    edges  float64[B+1]  bin edges, `bin_size` apart
    bars   closed bars, among them every column's
    bar    int64[T]      the bar of each column
    atr    float64[T]    ATR as known at the column's close, quote currency
    """

    def __init__(
        self,
        edges: Floats,
        long: NDArray[np.floating],
        short: NDArray[np.floating],
        time: Times,
        bars: Bars,
        rules: DensityRules,
    ) -> None:
        """Take the grids float[T, B] and int64[T] open times of the columns' bars; raises ValueError."""
        self.bin_size = check_axis(edges)
        shape = (len(time), len(edges) - 1)
        if long.shape != shape or short.shape != shape:
            raise ValueError(f"long, short: want {shape}, got {long.shape} and {short.shape}")
        bar = np.searchsorted(bars.time, time)
        if len(time) and (bar.max() >= len(bars) or (bars.time[bar] != time).any() or (np.diff(time) <= 0).any()):
            raise ValueError("time: every column must be a bar, in rising order")
        floor = LEAST_ATR * bars.close
        self.edges, self.bars, self.bar = edges, bars, bar
        self.atr = np.maximum(atr(bars), floor)[bar]
        self._daily = np.maximum(daily_atr(bars), floor)[bar]
        # What no bin of a hot zone is under, with room for rounding.
        self.least_excess = (1.0 - 1e-6) * rules.faint_excess
        self._grids, self._rules = {Side.LONG: long, Side.SHORT: short}, rules
        self._centres = 0.5 * (edges[1:] + edges[:-1])
        self._found: dict[tuple[int, Side], list[Span]] = {}

    def followed(self) -> Times:
        """Return int64[n]: the columns after whose bar another one follows without a gap."""
        after = np.minimum(self.bar + 1, len(self.bars) - 1)
        columns: Times = np.flatnonzero(self.bars.time[after] - self.bars.time[self.bar] == self.bars.step)
        return columns

    def hot(self, column: int, side: Side) -> list[Span]:
        """Return the hot zones of one column and side as half-open bins, nearest first.

        Only what is near enough to the column's own price to matter is looked at, so neither the rest of the axis nor
        any other column has a part in it.
        """
        key = column, side
        if key not in self._found:
            self._found[key] = self._search(column, side)
        return self._found[key]

    def numbered(self, zone: Span) -> Span:
        """Return a zone's bins as counted from price 0."""
        start = round(float(self.edges[zone[0]]) / self.bin_size)
        return start, start + zone[1] - zone[0]

    def notional(self, column: int, side: Side, zone: Span) -> float:
        """Return what stood in some bins, quote currency."""
        return float(self._grids[side][column, slice(*zone)].sum(dtype=np.float64))

    def excess(self, columns: Times, side: Side, bins: Times) -> Floats:
        """Return how much single bins of one side stand out, int64[N] columns and bins; -inf if not on the side."""
        price, size = self.bars.close[self.bar[columns]], self.bin_size
        first, last = self._seen(price)
        if side is Side.LONG:
            start, stop = first, np.searchsorted(self._centres, price, "left")
        else:
            start, stop = np.searchsorted(self._centres, price, "right"), last
        known, number = np.unique(columns, return_inverse=True)
        scales = [self._scale(column) for column in known.tolist()]
        sigma = np.array([scale.sigma for scale in scales])[number] / size
        background = np.array([scale.background(self._rules) for scale in scales])[number] / size
        return point_excess(self._grids[side], Points(columns, bins, start, stop, sigma, background))

    def _seen(self, price: Floats) -> tuple[Times, Times]:
        """Return the half-open bins that are near enough to a price to matter, for each of them."""
        reach = looked_at(self._rules)
        first = np.searchsorted(self.edges, (1.0 - reach) * price, "right") - 1
        return np.maximum(first, 0), np.searchsorted(self.edges[:-1], (1.0 + reach) * price)

    def _scale(self, column: int) -> ZoneScale:
        price = float(self.bars.close[self.bar[column]])
        return zone_scale(price, float(self.atr[column]), float(self._daily[column]), self._rules)

    def _search(self, column: int, side: Side) -> list[Span]:
        scale, size = self._scale(column), self.bin_size
        first, last = self._seen(np.array([scale.price]))
        seen = slice(int(first[0]), int(last[0]))
        one = map_side(
            self._centres[seen],
            np.asarray(self._grids[side][column, seen], dtype=np.float64),
            scale.price,
            side,
            reach=scale.reach,
            sigma_bins=scale.sigma / size,
            background_bins=scale.background(self._rules) / size,
        )
        return [(seen.start + start, seen.start + stop) for start, stop in hot_bins(one, self._rules)]
