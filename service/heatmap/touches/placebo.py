"""Placebo bands: where no zone stood, as near and as wide as the touched zone, on the same side, at the same hour."""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.touches.entries import BandEntries, enters
from service.heatmap.touches.past_zones import PastZones
from service.times import DAY_MS, HOUR_MS


def placebo_entries(past: PastZones, touches: BandEntries) -> tuple[BandEntries, NDArray[np.int64]]:
    """Return every entry into a placebo band that matches a touch, and the number of the touch that each belongs to.

    A band is put at the touch's distance and width, in ATR, before every other bar of that hour of the day. It counts
    where that bar enters it and where it meets no hot zone of its column and side. Nothing is drawn by lot.
    """
    columns = past.followed()
    hours = hour_of_day(past.bars, past.bar[columns] + 1)
    pools = {hour: columns[hours == hour] for hour in np.unique(hours).tolist()}
    wanted = hour_of_day(past.bars, touches.bar).tolist()
    bands = [_matching(past, pools[hour], touches, number) for number, hour in enumerate(wanted)]
    owner = np.repeat(np.arange(len(bands), dtype=np.int64), [len(entries.bar) for entries in bands])
    return BandEntries.join(bands), owner


def hour_of_day(bars: Bars, bar: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the UTC hour, 0..23, in which each bar opened."""
    hours: NDArray[np.int64] = bars.time[bar] % DAY_MS // HOUR_MS
    return hours


def _matching(past: PastZones, pool: NDArray[np.int64], touches: BandEntries, number: int) -> BandEntries:
    bars, bar = past.bars, int(touches.bar[number])
    side = Side.LONG if touches.sign[number] > 0 else Side.SHORT
    unit = float(touches.atr[number])
    distance = float(bars.close[bar - 1] - touches.near[number]) / unit
    width = float(touches.near[number] - touches.far[number]) / unit
    after, ranges = past.bar[pool] + 1, past.atr[pool]
    near = bars.close[after - 1] - distance * ranges
    far, signs = near - width * ranges, np.full(len(pool), side.sign)
    # On the touch's own column the band is the zone itself, and so not free of it.
    low, high = np.minimum(near, far), np.maximum(near, far)
    on_axis = (past.edges[0] <= low) & (high <= past.edges[-1])
    fits = np.flatnonzero(enters(bars, after, signs, near) & on_axis)
    free = fits[_free(past, pool[fits], side, low[fits], high[fits])]
    return BandEntries(after, signs, near, far, ranges).take(free)


def _free(past: PastZones, columns: NDArray[np.int64], side: Side, low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Say of bands on the axis, one in each column, whether they meet no hot zone of their column and side.

    Zones are searched for only where a band has a bin that could lie in one.
    """
    first, end = np.searchsorted(past.edges, low, "right") - 1, np.searchsorted(past.edges, high, "left")
    free = ~past.any_hot(columns, first, end)
    past.find(columns[~free].tolist(), side)
    for at in np.flatnonzero(~free).tolist():
        free[at] = all(
            high[at] <= past.edges[zone.bins[0]] or low[at] >= past.edges[zone.bins[1]]
            for zone in past.hot(int(columns[at]), side)
        )
    return free
