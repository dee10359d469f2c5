"""Placebo bands: where no zone stood, as near and as wide as the touched zone, on the same side, at the same hour."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Times
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
    hours, wanted = hour_of_day(past.bars, past.bar[columns] + 1), hour_of_day(past.bars, touches.bar)
    bands = [
        _entered(past, columns[hours == hour], touches, np.flatnonzero(wanted == hour)) for hour in np.unique(wanted)
    ]
    every = Bands.join(bands)
    free = every.take(np.flatnonzero(~_met(past, every)))
    # By touch, and of each touch by time.
    ordered = free.take(np.argsort(free.owner, kind="stable"))
    return ordered.entries, ordered.owner


def hour_of_day(bars: Bars, bar: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the UTC hour, 0..23, in which each bar opened."""
    hours: NDArray[np.int64] = bars.time[bar] % DAY_MS // HOUR_MS
    return hours


class Bands(NamedTuple):
    """Placebo bands that a bar entered: that entry, the touch each is held against, and the column before it."""

    entries: BandEntries
    owner: Times
    column: Times

    def take(self, numbers: Times) -> Self:
        """Return the bands of these numbers."""
        return type(self)(self.entries.take(numbers), self.owner[numbers], self.column[numbers])

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Return the bands of all parts in order."""
        none = np.empty(0, dtype=np.int64)
        owner, column = (np.concatenate([none, *(part[field] for part in parts)]) for field in (1, 2))
        return cls(BandEntries.join([part.entries for part in parts]), owner, column)


def _entered(past: PastZones, pool: Times, touches: BandEntries, numbers: Times) -> Bands:
    """Return the bands of some touches, before each bar after a column of the pool, that this bar enters."""
    bars, bar, unit = past.bars, touches.bar[numbers], touches.atr[numbers]
    distance = (bars.close[bar - 1] - touches.near[numbers]) / unit
    width = (touches.near[numbers] - touches.far[numbers]) / unit
    after, ranges = past.bar[pool] + 1, past.atr[pool]
    near = bars.close[after - 1] - distance[:, None] * ranges
    far = near - width[:, None] * ranges
    # On the touch's own column the band is the zone itself, and so not free of it.
    low, high = np.minimum(near, far), np.maximum(near, far)
    on_axis = (past.edges[0] <= low) & (high <= past.edges[-1])
    fits = enters(bars, after, touches.sign[numbers][:, None], near) & on_axis
    touch, at = np.nonzero(fits)
    owner = numbers[touch]
    return Bands(BandEntries(after[at], touches.sign[owner], near[fits], far[fits], ranges[at]), owner, pool[at])


def _met(past: PastZones, bands: Bands) -> NDArray[np.bool_]:
    """Say of bands on the axis whether they meet a hot zone of their column and side."""
    entries = bands.entries
    low, high = np.minimum(entries.near, entries.far), np.maximum(entries.near, entries.far)
    begin, end = np.searchsorted(past.edges, low, "right") - 1, np.searchsorted(past.edges, high, "left")
    met = np.zeros(len(low), dtype=bool)
    for side in Side:
        own = np.flatnonzero(entries.sign == side.sign)
        met[own] = past.meets(bands.column[own], begin[own], end[own], side)
    return met
