"""Ended zones: the hot zones of the last bars that are gone, and why."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.density.hot_search import Choice, runs_of_one
from service.heatmap.touches.past_zones import PastZone, PastZones, past_zone
from service.heatmap.zones.find import ZoneMap
from service.heatmap.zones.merge import SAME_SHARE
from service.heatmap.zones.zone import Core, rounded

Ending: TypeAlias = Literal["swept", "closed", "faded"]
ENDINGS: tuple[Ending, ...] = ("swept", "closed", "faded")
# Where at least this share of a zone's amount still stands, it is not the amount that ended it.
STILL_THERE = 0.5


@dataclass(frozen=True)
class EndedZone:
    """A hot zone that stood at the close of one of the last bars and does not stand now.

    id         its name, of several that the place had the last one
    low, high  its edges when it held most, quote currency; core and peak likewise
    notional   what it held then, quote currency
    height_at  the close at which it held most, epoch ms
    ended_at   the first close at which it was gone, epoch ms; None if it ended after the last close, by the price since
    why        `swept`: price went through what it held; `closed`: its positions were closed without price; `faded`:
               they stand, and no longer more than around them
    swept      share of its notional through whose prices price went until then, 0..1
    left       share of its notional that stood in its prices at the end, 0..1
    """

    id: str
    side: Side
    low: float
    high: float
    core: Core
    peak: float
    notional: float
    height_at: int
    ended_at: int | None
    why: Ending
    swept: float
    left: float


@dataclass(eq=False)
class _Followed:
    """All zones of one name: as it was in the column where it held most, and the last column in which it stood."""

    side: Side
    highest: PastZone
    held: float
    column: int
    seen: int


def find_ended(past: PastZones, now: ZoneMap) -> tuple[EndedZone, ...]:
    """Return the hot zones of past columns that are gone, the last to end first.

    A zone stands in a column while a zone of its side has its name, or they share half of the narrower one's width; far
    from the price too, for no zone ends by price going away. One that comes back has not ended. A zone whose heat
    is all of the other side's positions, which price has just left behind, holds nothing that could end.

    Parameters
    ----------
    past : PastZones
        The columns of the last closed bars; how many they are is how far back is looked.
    now : ZoneMap
        The zones as they stand, found on the same axis.

    Returns
    -------
    tuple of EndedZone
        Those that stood within the window of zones of their time, one for each place.
    """
    ended = []
    for side in Side:
        runs = runs_of_one(now.sides[side], now.scale.atr, past.rules)
        standing = [past_zone(past.axis, side, row) for row in runs.tolist()]
        gone = [one for one in _followed(past, side) if not _stands(one.highest, standing)]
        ended += [_described(past, one, now) for one in _one_a_place(gone)]
    return tuple(sorted(ended, key=_newest_first))


def _followed(past: PastZones, side: Side) -> list[_Followed]:
    """Return every zone that stood within the window, by name, followed through the columns."""
    found: dict[int, _Followed] = {}
    for column, zones in enumerate(_zones_by_column(past, side)):
        for zone in zones:
            known = found.get(zone.anchor)
            if known is None and not zone.near:
                continue
            held = past.notional(column, side, zone.bins)
            if known is not None and held > known.held:
                known.highest, known.held, known.column = zone, held, column
            elif known is None and held > 0.0:
                found[zone.anchor] = _Followed(side, zone, held, column, column)
        for one in found.values():
            if _stands(one.highest, zones):
                one.seen = column
    return list(found.values())


def _zones_by_column(past: PastZones, side: Side) -> list[list[PastZone]]:
    """Return the zones of every column, far from the price too, nearest first."""
    columns: list[list[PastZone]] = [[] for _ in past.bar]
    runs = past.runs(np.arange(len(columns)), side, choice=Choice(far=True))
    for column, row in zip(runs.column.tolist(), runs.rows.tolist(), strict=True):
        columns[column].append(past_zone(past.axis, side, row))
    return columns


def _one_a_place(gone: list[_Followed]) -> list[_Followed]:
    """Return the zones, of several names of one place the last to stand, and of those the one that held most."""
    kept: list[_Followed] = []
    for one in sorted(gone, key=lambda one: (-one.seen, -one.held)):
        if not _stands(one.highest, [other.highest for other in kept]):
            kept.append(one)
    return kept


def _stands(zone: PastZone, among: list[PastZone]) -> bool:
    (first, last), anchor = zone.bins, zone.anchor
    for other in among:
        start, stop = other.bins
        overlap = min(last, stop) - max(first, start)
        if other.anchor == anchor or overlap >= SAME_SHARE * min(last - first, stop - start):
            return True
    return False


def _described(past: PastZones, one: _Followed, now: ZoneMap) -> EndedZone:
    zone, axis, end = one.highest, past.axis, one.seen + 1
    edges, closed = axis.edges[zone.bins[0] : zone.bins[1] + 1], end < len(past.bar)
    stood = past.amounts(one.column, one.side, zone.bins)
    then = past.notional(end, one.side, zone.bins) if closed else now.sides[one.side].held(zone.bins)
    after = slice(int(past.bar[one.column]) + 1, int(past.bar[end]) + 1 if closed else None)
    reached = _reached(past.bars, after, one.side) + ([] if closed else [now.scale.price])
    swept = float(stood @ _passed(edges, min(reached) if one.side is Side.LONG else max(reached), one.side))
    swept, left = swept / one.held, min(then / one.held, 1.0)
    low, high, peak = float(axis.edges[zone.core[0]]), float(axis.edges[zone.core[1]]), float(axis.centres[zone.peak])
    most = past.rules.core_atr * float(past.atr[one.column])
    return EndedZone(
        id=zone.id,
        side=one.side,
        low=rounded(float(edges[0])),
        high=rounded(float(edges[-1])),
        core=Core.around(peak, low, high, most),
        peak=rounded(peak),
        notional=one.held,
        height_at=int(past.bars.close_time[past.bar[one.column]]),
        ended_at=int(past.bars.close_time[past.bar[end]]) if closed else None,
        why=_why(swept, left),
        swept=swept,
        left=left,
    )


def _why(swept: float, left: float) -> Ending:
    if left >= STILL_THERE:
        return "faded"
    return "swept" if swept >= 1.0 - swept - left else "closed"


def _reached(bars: Bars, after: slice, side: Side) -> list[float]:
    """Return how far price went against a side in each of some bars."""
    reached: list[float] = (bars.mark_low if side is Side.LONG else bars.mark_high)[after].tolist()
    return reached


def _passed(edges: Floats, reached: float, side: Side) -> Floats:
    """Return which share of each bin lies before a price that its side was taken to, float64[bins]."""
    below: Floats = np.clip((reached - edges[:-1]) / np.diff(edges), 0.0, 1.0)
    return 1.0 - below if side is Side.LONG else below


def _newest_first(zone: EndedZone) -> tuple[float, float, str]:
    return -np.inf if zone.ended_at is None else -float(zone.ended_at), -zone.notional, zone.id
