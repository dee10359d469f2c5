"""Zone reading: the zones of a group's map, those that are gone, and the levels they were compared with."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from service.analysis.limits import MOST_CELLS
from service.analysis.markets.group import Group
from service.analysis.requests import RangeRequest
from service.analysis.zones.zone_column import zone_column
from service.heatmap import Bars, BySide, Side, find_levels, find_zones
from service.heatmap.base import Floats, LogAxis
from service.heatmap.density import DensityRules
from service.heatmap.levels import Level
from service.heatmap.touches import EndedZone, PastZones, find_ended
from service.heatmap.zones import (
    DEFAULT_ZONE_RULES,
    GridHistory,
    Zone,
    ZoneMap,
    ZoneRules,
    agreements,
    on_tick,
    zones_axis,
)


@dataclass(frozen=True, eq=False)
class ZoneReading:
    """The zones of one market on one timeframe, and the levels they were compared with.

    axis       the one that the zones' bins count on; the same whatever bins and range are asked for
    price      the one that the zones were read from
    notional   what stands in each bin of the axis, float64[B] USD of either side
    ended      hot zones of the last bars that are gone, where those were asked for
    mixes      names of the other mixes that the map was made under too, where that was asked for
    agreement  by a zone's name, the share of all these maps that have it
    """

    group: Group
    axis: LogAxis
    price: float
    zones: ZoneMap
    levels: tuple[Level, ...]
    notional: BySide[Floats]
    ended: tuple[EndedZone, ...] = ()
    mixes: tuple[str, ...] = ()
    agreement: dict[str, float] = field(default_factory=dict)


def zone_rules(axis: RangeRequest) -> ZoneRules:
    """Return the rules for zones within the range asked for."""
    return ZoneRules(density=DensityRules(window_pct=axis.range_pct))


def read_zones(
    group: Group,
    price: float | None = None,
    *,
    described: bool = True,
    rivals: bool = False,
    cells: int = MOST_CELLS,
    ended_bars: int = 0,
    rules: ZoneRules = DEFAULT_ZONE_RULES,
) -> ZoneReading:
    """Find the zones of a group: of its sum, read on the bars of the largest exchange.

    `price` is the group's own unless there is a newer one. Unless they are `described` zones have no age, which takes
    all columns, or as many as `cells` allow, no leverage, and are compared with no levels: nothing else hangs on these.
    Zones that are gone are those of the last `ended_bars` closes, of the columns that ages are read from. With `rivals`
    each zone is looked for under other mixes too.
    """
    price = group.price if price is None else price
    axis = zones_axis(price, price, rules.density)
    # Of very many columns the last alone are looked at: a zone that stands in the first of these may be older.
    past = max(1, cells // axis.count) if described else None
    column = zone_column(group, axis, past, leverage=described)
    long, short = (column.total.sides[side] for side in Side)
    data, (bids, asks) = group.reference.data, group.book or (None, None)
    levels = find_levels(data.bars, bids=bids, asks=asks) if described else ()
    zones = find_zones(
        axis,
        long.notional,
        short.notional,
        price,
        data.bars,
        bids=bids,
        asks=asks,
        average_leverage=column.leverage,
        history=column.history,
        levels=levels,
        standing=long.standing + short.standing,
        data_quality=group.data_quality.value,
        rules=rules,
    )
    zones = replace(zones, hot=tuple(_with_stop_on_tick(zone, data.price_tick) for zone in zones.hot))
    ended = _ended(column.history, axis, data.bars, zones, rules, ended_bars)
    others = group.rivals(axis, price) if rivals else {}
    agreement = _agreement(list(others.values()), axis, zones, rules) if rivals else {}
    notional = BySide(long.notional, short.notional)
    return ZoneReading(group, axis, price, zones, levels, notional, ended, tuple(others), agreement)


def _agreement(others: Sequence[BySide[Floats]], axis: LogAxis, zones: ZoneMap, rules: ZoneRules) -> dict[str, float]:
    every = (*zones.hot, *zones.cold)
    return dict(zip((zone.id for zone in every), agreements(others, axis, zones.scale, every, rules), strict=True))


def _ended(
    history: GridHistory | None, axis: LogAxis, bars: Bars, now: ZoneMap, rules: ZoneRules, back: int
) -> tuple[EndedZone, ...]:
    if history is None or not back:
        return ()
    # What ended at the first of these closes stood at the one before. Other exchanges may have columns that bars lack.
    shown = np.flatnonzero(np.isin(history.time, bars.time))[-(back + 1) :]
    long, short = history.long[shown], history.short[shown]
    return find_ended(PastZones(axis, long, short, history.time[shown], bars, rules.density), now)


def _with_stop_on_tick(zone: Zone, tick: float) -> Zone:
    return zone if zone.stop is None else replace(zone, stop=on_tick(zone.stop, zone.side, tick))
