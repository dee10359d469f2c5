"""The maps, the newest columns and the profiles of a group: each exchange's own, and their sum."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.analysis.markets.group import Group
from service.heatmap import Heatmap, PriceAxis, Profile, heatmap_of, profile_of
from service.heatmap.base import Floats
from service.heatmap.profile import (
    NewestColumn,
    laid_out,
    newest_column_of,
    on_columns,
    summed,
    summed_columns,
    summed_profiles,
)
from service.ops.request_scope import while_wanted


@dataclass(frozen=True, eq=False)
class GroupMap:
    """The sum over a group's exchanges, and the parts that it is the sum of."""

    total: Heatmap
    parts: dict[str, Heatmap]


@dataclass(frozen=True, eq=False)
class GroupColumn:
    """The same of the newest column."""

    total: NewestColumn
    parts: dict[str, NewestColumn]


@dataclass(frozen=True, eq=False)
class GroupProfile:
    """The same of the newest column split by leverage."""

    total: Profile
    parts: dict[str, Profile]


def group_map(group: Group, axis: PriceAxis) -> GroupMap:
    """Return the heatmaps of a group on an axis; one inventory at a time is held, for they are large."""
    return summed_maps(
        group, {name: heatmap_of(member.inventory(axis)) for name, member in while_wanted(group.members.items())}
    )


def group_map_beside(group: Group, axis: PriceAxis, beside: PriceAxis) -> tuple[GroupMap, Floats]:
    """Return the same, with both sides of the sum together on a second axis, float64[T, B]."""
    parts: dict[str, Heatmap] = {}
    both: dict[str, Floats] = {}
    for name, member in while_wanted(group.members.items()):
        inventory = member.inventory(axis, beside=beside)
        parts[name], both[name] = heatmap_of(inventory), inventory.both_sides
    maps = summed_maps(group, parts)
    grids = [on_columns(grid, parts[name].time, maps.total.time) for name, grid in both.items()]
    return maps, grids[0] if len(grids) == 1 else np.sum(grids, axis=0)


def summed_maps(group: Group, parts: Mapping[str, Heatmap], most: int | None = None) -> GroupMap:
    """Return the heatmaps on the columns that any of them has, the last `most` of these, and their sum."""
    on_shared_columns = laid_out(parts, min(group.columns, most or group.columns))
    return GroupMap(summed(list(on_shared_columns.values())), on_shared_columns)


def group_column(group: Group, axis: PriceAxis) -> GroupColumn:
    """Return the newest columns of a group."""
    parts = {
        name: newest_column_of(member.inventory_now(axis), group.price)
        for name, member in while_wanted(group.members.items())
    }
    return GroupColumn(summed_columns(list(parts.values()), group.price), parts)


def group_profile(group: Group, axis: PriceAxis) -> GroupProfile:
    """Return the profiles of a group; the split by leverage costs several times the column."""
    parts = {
        name: profile_of(member.inventory_now(axis), group.price)
        for name, member in while_wanted(group.members.items())
    }
    return GroupProfile(summed_profiles(list(parts.values()), group.price), parts)
