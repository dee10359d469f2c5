"""Placebo zones: bands put where no zone stood, as near and as wide as the touched zone, at the same hour of day."""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.bars import Bars, Floats
from service.heatmap.day_bootstrap import DAY_MS
from service.heatmap.touch_events import Entries, StoodZones, enters
from service.heatmap.volatility import HOUR_MS
from service.heatmap.zone_rules import ZoneRules


class PlaceboGround:
    """The columns on which placebo bands can be put, sorted by the hour of the bar that follows."""

    def __init__(self, edges: Floats, zones: StoodZones, bars: Bars) -> None:
        """Work out once which bins no hot zone takes up."""
        self._edges, self._zones, self._bars = edges, zones, bars
        columns = np.flatnonzero(zones.bar + 1 < len(bars))
        hours = hour_of_day(bars, zones.bar[columns] + 1)
        self._pools = {hour: columns[hours == hour] for hour in np.unique(hours).tolist()}
        self._taken = {sign: _taken_before(zones, sign, len(edges) - 1) for sign in (1, -1)}

    def matching(self, touches: Entries, number: int) -> Entries:
        """Return every placebo entry that matches one touch: side, distance and width in ATR, hour of day."""
        bars, zones, sign = self._bars, self._zones, int(touches.sign[number])
        bar, unit = int(touches.bar[number]), float(touches.atr[number])
        distance = float(bars.close[bar - 1] - touches.near[number]) / unit
        width = float(touches.near[number] - touches.far[number]) / unit
        pool = self._pools[int(hour_of_day(bars, touches.bar[number : number + 1])[0])]
        pool = pool[zones.bar[pool] + 1 != bar]
        near = bars.close[zones.bar[pool]] - distance * zones.atr[pool]
        far = near - width * zones.atr[pool]
        after, signs = zones.bar[pool] + 1, np.full(len(pool), sign)
        fits = enters(bars, after, signs, near) & self._free(sign, pool, np.minimum(near, far), np.maximum(near, far))
        return Entries(after[fits], signs[fits], near[fits], far[fits], zones.atr[pool[fits]])

    def _free(self, sign: int, columns: NDArray[np.int64], low: Floats, high: Floats) -> NDArray[np.bool_]:
        """Say which bands lie on the axis and meet no hot zone of their column and side."""
        edges, taken = self._edges, self._taken[sign]
        on_axis = (low >= edges[0]) & (high <= edges[-1])
        first = np.clip(np.searchsorted(edges, low, "right") - 1, 0, len(edges) - 1)
        last = np.clip(np.searchsorted(edges, high, "left"), 0, len(edges) - 1)
        free: NDArray[np.bool_] = on_axis & (taken[columns, last] == taken[columns, first])
        return free


def placebo_entries(
    ground: PlaceboGround, touches: Entries, rules: ZoneRules, seed: int
) -> tuple[Entries, NDArray[np.int64]]:
    """Return up to `placebos` matching entries per touch, chosen by the seed, and the touch that each belongs to."""
    rng, chosen, owner = np.random.default_rng(seed), [], []
    for number in range(len(touches.bar)):
        fitting = ground.matching(touches, number)
        drawn = rng.permutation(len(fitting.bar))[: rules.placebos]
        chosen.append(fitting.take(drawn))
        owner += [number] * len(drawn)
    return Entries.join(chosen), np.array(owner, dtype=np.int64)


def hour_of_day(bars: Bars, bar: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the UTC hour, 0..23, in which each bar opened."""
    hours: NDArray[np.int64] = bars.time[bar] % DAY_MS // HOUR_MS
    return hours


def _taken_before(zones: StoodZones, sign: int, bins: int) -> NDArray[np.int64]:
    """Return int64[T, B+1]: how many of the first 0, 1 .. B bins of each column are in a hot zone of that side."""
    mine = zones.sign == sign
    change = np.zeros((len(zones.bar), bins + 1), dtype=np.int64)
    # Zones of a side never overlap, but may share an edge: add.at sums what meets there.
    np.add.at(change, (zones.column[mine], zones.first[mine]), 1)
    np.add.at(change, (zones.column[mine], zones.last[mine]), -1)
    inside = np.cumsum(change, axis=1)[:, :-1]
    return np.concatenate((np.zeros((len(inside), 1), dtype=np.int64), np.cumsum(inside, axis=1)), axis=1)
