"""The maps and profiles of a group: each exchange's own, and their sum."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.analysis.group import Group
from service.heatmap import Heatmap, PriceAxis, Profile, heatmap_of, profile_of
from service.heatmap.profile import laid_out, summed, summed_profiles


@dataclass(frozen=True, eq=False)
class GroupMap:
    """The sum over a group's exchanges, and the parts that it is the sum of."""

    total: Heatmap
    parts: dict[str, Heatmap]


@dataclass(frozen=True, eq=False)
class GroupProfile:
    """The same of the newest column, by side and leverage."""

    total: Profile
    parts: dict[str, Profile]


def group_map(group: Group, axis: PriceAxis) -> GroupMap:
    """Return the heatmaps of a group on an axis; one inventory at a time is held, for they are large."""
    return _map_of(group, {name: heatmap_of(member.inventory(axis)) for name, member in group.members.items()})


def group_profile(group: Group, axis: PriceAxis) -> GroupProfile:
    """Return the profiles of a group; they take the last column alone."""
    return _profile_of(
        group,
        {name: profile_of(member.inventory(axis, columns=1), group.price) for name, member in group.members.items()},
    )


def group_map_and_profile(group: Group, axis: PriceAxis, most: int) -> tuple[GroupMap, GroupProfile]:
    """Return both, of so many last columns at most, taking each inventory once."""
    maps, profiles = {}, {}
    for name, member in group.members.items():
        inventory = member.inventory(axis, min(member.columns, most))
        maps[name] = heatmap_of(inventory)
        profiles[name] = profile_of(inventory, group.price)
    return _map_of(group, maps, most), _profile_of(group, profiles)


def _map_of(group: Group, parts: Mapping[str, Heatmap], most: int | None = None) -> GroupMap:
    on_shared_columns = laid_out(parts, min(group.columns, most or group.columns))
    return GroupMap(summed(list(on_shared_columns.values())), on_shared_columns)


def _profile_of(group: Group, parts: dict[str, Profile]) -> GroupProfile:
    return GroupProfile(summed_profiles(list(parts.values()), group.price), parts)
