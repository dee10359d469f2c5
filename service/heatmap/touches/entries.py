"""Entries: which bars entered a zone that was there before them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.touches.past_zones import PastZone, PastZones, past_zone


@dataclass(frozen=True, eq=False)
class BandEntries:
    """E entries into bands: the entering bar, the side's sign, the band's edges nearer to and farther from price.

    bar int64[E], sign int64[E] (+1 long, below the price; a reversal out of the band moves price by this sign), near
    and far float64[E] prices, atr float64[E] as known before the entry
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


@dataclass(frozen=True)
class EnteredZone:
    """A zone that the bar after its column entered: that column, the zone's side, and itself."""

    column: int
    side: Side
    zone: PastZone


def enters(bars: Bars, bar: NDArray[np.int64], sign: NDArray[np.int64], near: Floats) -> NDArray[np.bool_]:
    """Say of each band whether `bar` enters it: its range reaches the near edge, the bar's before did not.

    A bar after a gap enters nothing: what happened in between is not known. Arrays broadcast.
    """
    now = np.where(sign > 0, bars.low[bar] <= near, bars.high[bar] >= near)
    before = np.where(sign > 0, bars.low[bar - 1] <= near, bars.high[bar - 1] >= near)
    follows = bars.time[bar] - bars.time[bar - 1] == bars.step
    entered: NDArray[np.bool_] = now & ~before & follows
    return entered


def zone_entries(past: PastZones) -> tuple[BandEntries, list[EnteredZone]]:
    """Return the entries into hot zones by the bar right after the zone's column, and those zones."""
    entered_zones = [entered for side in Side for entered in _entered(past, side)]
    column = np.array([each.column for each in entered_zones], dtype=np.int64)
    sign = np.array([each.side.sign for each in entered_zones], dtype=np.int64)
    zones = np.array([each.zone.bins for each in entered_zones], dtype=np.int64).reshape(-1, 2)
    low, high = past.edges[zones].T
    near, far = np.where(sign > 0, high, low), np.where(sign > 0, low, high)
    return BandEntries(past.bar[column] + 1, sign, near, far, past.atr[column]), entered_zones


def _entered(past: PastZones, side: Side) -> list[EnteredZone]:
    """Return one side's entered zones: of each column, those whose near edge the next bar comes to."""
    columns = past.followed()
    begin, end = _passed(past, columns, side)
    columns, begin, end = (each[begin < end] for each in (columns, begin, end))
    # The nearest bin of a long zone lies before its near edge, of a short one after it.
    near = 1 if side is Side.LONG else 0
    runs = past.runs(columns, side, (begin - near, end - near))
    edge = runs.zone[:, near]
    entered = runs.take((begin[runs.column] <= edge) & (edge < end[runs.column]))
    rows = zip(columns[entered.column].tolist(), entered.rows.tolist(), strict=True)
    return [EnteredZone(column, side, past_zone(past.axis, side, row)) for column, row in rows]


def _passed(past: PastZones, columns: Times, side: Side) -> tuple[Times, Times]:
    """Return int64[n] twice: the half-open range of edges that `enters` holds for, on the bar after each column."""
    bars, bar = past.bars, past.bar[columns]
    if side is Side.LONG:
        return np.searchsorted(past.edges, bars.low[bar + 1]), np.searchsorted(past.edges, bars.low[bar])
    before, now = (np.searchsorted(past.edges, bars.high[at], "right") for at in (bar, bar + 1))
    return before, now
