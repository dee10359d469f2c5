"""What zones are read from: the newest column of a group, its average leverage, and the columns before it."""

from dataclasses import dataclass

import numpy as np

from service.analysis.maps.group_map import summed_maps
from service.analysis.markets.group import Group
from service.heatmap import Heatmap, Side, heatmap_of
from service.heatmap.base import Floats, LogAxis
from service.heatmap.inventory import Inventory
from service.heatmap.profile import NewestColumn, average_leverage, newest_column_of, summed_columns
from service.heatmap.zones import GridHistory
from service.ops.request_scope import while_wanted

# Leverage is averaged over so many bins, .5 % of price: bin by bin it would cost more than all the rest.
STRETCH = 8


@dataclass(frozen=True, eq=False)
class ZoneColumn:
    """The newest column of a group.

    total     the sum over the group's exchanges
    leverage  float64[B], average leverage of what price would liquidate in each bin, 0 where nothing stands, or None
    history   the columns before it, where they were asked for
    """

    total: NewestColumn
    leverage: Floats | None
    history: GridHistory | None


def zone_column(group: Group, axis: LogAxis, past: int | None, *, leverage: bool) -> ZoneColumn:
    """Return the newest column of a group on an axis, with so many columns of its past at most; None is none.

    The average leverage costs about as much as all else of a column.
    """
    columns: list[NewestColumn] = []
    leverages: list[Floats] = []
    maps: dict[str, Heatmap] = {}
    for name, member in while_wanted(group.members.items()):
        inventory = member.inventory_now(axis) if past is None else member.inventory(axis, min(member.columns, past))
        columns.append(newest_column_of(inventory, group.price))
        if leverage:
            leverages.append(_leverage(inventory, axis, group.price))
        if past is not None:
            maps[name] = heatmap_of(inventory)
    history = None if past is None else _history(summed_maps(group, maps, past).total, axis)
    average = _averaged(columns, leverages) if leverage else None
    return ZoneColumn(summed_columns(columns, group.price), average, history)


def _leverage(inventory: Inventory, axis: LogAxis, price: float) -> Floats:
    """Return the average leverage of longs below the price and of shorts above it, by bin.

    Stretches begin at whole multiples of their length, so that a bin's figure does not hang on where the axis begins.
    """
    first, last = axis.first // STRETCH, -(-(axis.first + axis.count) // STRETCH)
    edges = axis.edges_of(STRETCH * np.arange(first, last + 1))
    inside = slice(axis.first - STRETCH * first, axis.first - STRETCH * first + axis.count)
    long, short = (np.repeat(average_leverage(inventory, side, edges, price), STRETCH)[inside] for side in Side)
    return np.where(axis.centres < price, long, short)


def _averaged(columns: list[NewestColumn], leverages: list[Floats]) -> Floats:
    if len(columns) == 1:
        return leverages[0]
    notional = [column.sides[Side.LONG].notional + column.sides[Side.SHORT].notional for column in columns]
    total = np.sum(notional, axis=0)
    weighted = np.sum([each * leverage for each, leverage in zip(notional, leverages, strict=True)], axis=0)
    average: Floats = np.divide(weighted, total, out=np.zeros_like(total), where=total > 0)
    return average


def _history(total: Heatmap, axis: LogAxis) -> GridHistory:
    return GridHistory(total.time, total.long, total.short, axis.bin_size)
