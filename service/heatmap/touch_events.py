"""Touch events: which bars entered a zone that stood before them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from service.heatmap.bars import Bars, Floats, Times
from service.heatmap.map_side import SIDES, map_side
from service.heatmap.volatility import atr, daily_atr
from service.heatmap.zone_rules import ZoneRules
from service.heatmap.zone_scale import check_axis, zone_scale
from service.heatmap.zones import hot_bins

# A market that never moved would have an ATR of nothing; the same floor as for the zones of the present.
LEAST_ATR = 1e-4


@dataclass(frozen=True, eq=False)
class StoodZones:
    """The hot zones of every column: Z zones in arrays, and the columns' bars.

    column      int64[Z]    column on which the zone stood
    sign        int64[Z]    +1 long (below the price), -1 short; a reversal out of the zone moves price by this sign
    first, last int64[Z]    half-open bins
    bar         int64[T]    bar of each column; `atr` float64[T] the ATR known at its close
    """

    column: NDArray[np.int64]
    sign: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    bar: NDArray[np.int64]
    atr: Floats


@dataclass(frozen=True, eq=False)
class Entries:
    """E entries into bands: the entering bar, the side's sign, the band's edges nearer to and farther from price.

    bar int64[E], sign int64[E], near and far float64[E] prices, atr float64[E] as known before the entry
    """

    bar: NDArray[np.int64]
    sign: NDArray[np.int64]
    near: Floats
    far: Floats
    atr: Floats

    def take(self, numbers: NDArray[np.int64]) -> Self:
        """Return the entries of these numbers."""
        return type(self)(*(getattr(self, field.name)[numbers] for field in fields(self)))

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Return the entries of all parts in order."""
        whole = np.array([], dtype=np.int64), np.array([], dtype=np.float64)
        blank = cls(whole[0], whole[0], whole[1], whole[1], whole[1])
        columns = ([getattr(part, field.name) for part in (blank, *parts)] for field in fields(cls))
        return cls(*(np.concatenate(column) for column in columns))


def stood_zones(
    edges: Floats, long: NDArray[np.floating], short: NDArray[np.floating], time: Times, bars: Bars, rules: ZoneRules
) -> StoodZones:
    """Find the hot zones of every column, each from that column and the bars closed by then.

    edges float64[B+1], long and short float[T, B], time int64[T] the open times of the columns' bars, which must all be
    among `bars` (earlier bars warm up the ATR). Raises ValueError otherwise.
    """
    bin_size = check_axis(edges)
    shape = (len(time), len(edges) - 1)
    if long.shape != shape or short.shape != shape:
        raise ValueError(f"long, short: want {shape}, got {long.shape} and {short.shape}")
    bar = np.searchsorted(bars.time, time)
    if len(time) and (bar.max() >= len(bars) or (bars.time[bar] != time).any() or (np.diff(time) <= 0).any()):
        raise ValueError("time: every column must be a bar, in rising order")
    floor = LEAST_ATR * bars.close
    ranges, daily = np.maximum(atr(bars), floor)[bar], np.maximum(daily_atr(bars), floor)[bar]
    centres, found = 0.5 * (edges[1:] + edges[:-1]), []
    for column, (price, bar_atr, day_atr) in enumerate(
        zip(bars.close[bar].tolist(), ranges.tolist(), daily.tolist(), strict=True)
    ):
        scale = zone_scale(price, bar_atr, day_atr, rules)
        widths = {"sigma_bins": scale.sigma / bin_size, "background_bins": scale.background(rules) / bin_size}
        for side, sign in zip(SIDES, (1, -1), strict=True):
            profile = np.asarray((long if sign > 0 else short)[column], dtype=np.float64)
            spans = hot_bins(map_side(centres, profile, price, side, reach=scale.reach, **widths), rules)
            found += [(column, sign, *span) for span in spans]
    table = np.array(found, dtype=np.int64).reshape(-1, 4)
    return StoodZones(table[:, 0], table[:, 1], table[:, 2], table[:, 3], bar, ranges)


def enters(bars: Bars, bar: NDArray[np.int64], sign: NDArray[np.int64], near: Floats) -> NDArray[np.bool_]:
    """Say of each band whether `bar` enters it: its range reaches the near edge, the bar's before did not.

    A bar after a gap enters nothing: what happened in between is not known. Arrays broadcast.
    """
    now = np.where(sign > 0, bars.low[bar] <= near, bars.high[bar] >= near)
    before = np.where(sign > 0, bars.low[bar - 1] <= near, bars.high[bar - 1] >= near)
    follows = bars.time[bar] - bars.time[bar - 1] == bars.step
    entered: NDArray[np.bool_] = now & ~before & follows
    return entered


def zone_entries(edges: Floats, zones: StoodZones, bars: Bars) -> tuple[Entries, NDArray[np.int64]]:
    """Return the entries into zones by the bar right after the zone's column, and the entered zones' numbers."""
    number = np.flatnonzero(zones.bar[zones.column] + 1 < len(bars))
    bar, sign = zones.bar[zones.column[number]] + 1, zones.sign[number]
    low, high = edges[zones.first[number]], edges[zones.last[number]]
    near, far = np.where(sign > 0, high, low), np.where(sign > 0, low, high)
    inside = enters(bars, bar, sign, near)
    entries = Entries(bar[inside], sign[inside], near[inside], far[inside], zones.atr[zones.column[number]][inside])
    return entries, number[inside]
