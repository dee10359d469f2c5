"""Zone reading: the zones of a group's map in bins of an axis, with the levels they were compared with."""

from dataclasses import dataclass

import numpy as np

from service.analysis.group import Group
from service.analysis.group_map import group_map_and_profile, group_profile
from service.heatmap import PriceAxis, Side, find_levels, find_zones
from service.heatmap.base import Floats
from service.heatmap.levels import Level
from service.heatmap.profile import SideProfile
from service.heatmap.zones import DEFAULT_ZONE_RULES, GridHistory, ZoneMap, ZoneRules, zones_axis

# Stops stand half an ATR beyond a zone for these, a whole one for all others.
MAJORS = ("BTC", "ETH")


@dataclass(frozen=True, eq=False)
class ZoneReading:
    """The zones of one market on one timeframe, the levels they were compared with, and the profile they lie in.

    axis                         the one that the zones' bins count on; it may reach farther than the one asked for
    price                        the one that the zones were read from
    long, short                  float64[B] notional on the axis asked for
    outside_long, outside_short  notional beyond that axis, at `price`
    """

    group: Group
    axis: PriceAxis
    price: float
    zones: ZoneMap
    levels: tuple[Level, ...]
    long: Floats
    short: Floats
    outside_long: float
    outside_short: float


def read_zones(
    group: Group,
    axis: PriceAxis,
    price: float | None = None,
    *,
    aged: bool = True,
    rules: ZoneRules = DEFAULT_ZONE_RULES,
) -> ZoneReading:
    """Find the zones of a group in bins of an axis: of its sum, read on the bars of the largest exchange.

    `price` is the group's own unless there is a newer one. Zones have no age unless `aged`, which takes all columns.
    """
    price = group.price if price is None else price
    wide = zones_axis(axis, price, price, rules.density)
    sides, history = _sides(group, wide, aged=aged)
    long, short = sides
    data, (bids, asks) = group.reference.data, group.book or (None, None)
    levels = find_levels(data.bars, bids=bids, asks=asks)
    zones = find_zones(
        wide.edges,
        long.notional,
        short.notional,
        price,
        data.bars,
        bids=bids,
        asks=asks,
        average_leverage=np.where(wide.centres < price, long.average_leverage, short.average_leverage),
        history=history,
        levels=levels,
        standing=long.standing + short.standing,
        confidence=group.confidence.value,
        major=data.symbol.split("/")[0] in MAJORS,
        rules=rules,
    )
    shown = axis.within(wide)
    # What stands is stated at the price, and what is in a bin at the bin's own, unless contracts are in USD.
    worth = np.ones(axis.count) if data.inverse else price / axis.centres
    outside = [max(side.standing - side.passed - float(side.notional[shown] @ worth), 0.0) for side in sides]
    return ZoneReading(group, wide, price, zones, levels, long.notional[shown], short.notional[shown], *outside)


def _sides(group: Group, axis: PriceAxis, *, aged: bool) -> tuple[tuple[SideProfile, SideProfile], GridHistory | None]:
    """Return the newest column of long and of short positions, and the columns before it where ages are wanted."""
    if not aged:
        now = group_profile(group, axis).total
        return (now.sides[Side.LONG], now.sides[Side.SHORT]), None
    maps, profiles = group_map_and_profile(group, axis)
    now, grid = profiles.total, maps.total
    return (now.sides[Side.LONG], now.sides[Side.SHORT]), GridHistory(grid.time, grid.long, grid.short)
