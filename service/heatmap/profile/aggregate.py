"""Aggregates: maps of several exchanges on one axis that end at one close, summed, nothing lost or counted twice."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import reduce

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.side import Side
from service.heatmap.inventory.inventory import Account, Heatmap
from service.heatmap.profile.newest_column import NewestColumn, SideColumn, imbalance_of
from service.heatmap.profile.profile import Profile, SideProfile


def laid_out(maps: Mapping[str, Heatmap], most: int) -> dict[str, Heatmap]:
    """Return the maps on the columns that any of them has, the last `most` of these.

    Before a map's first column it holds nothing; where it misses one later, what stood before still stands. Raises
    ValueError unless all are on one axis and end at one close, without which accounts would be of different moments.
    """
    if len({part.axis for part in maps.values()}) != 1:
        raise ValueError("axis: the maps are not on one axis")
    if len({int(part.time[-1]) for part in maps.values()}) != 1:
        raise ValueError("time: the maps do not end at one close")
    time = columns_of_any([part.time for part in maps.values()], most)
    return {name: _on_columns(part, time) for name, part in maps.items()}


def columns_of_any(times: Sequence[Times], most: int) -> Times:
    """Return the last `most` of the columns that any of the maps has."""
    return reduce(np.union1d, times)[-most:]


def columns_of_all(times: Sequence[Times]) -> Times:
    """Return the columns that every map has."""
    return reduce(np.intersect1d, times)


def on_columns(grid: Floats, own: Times, time: Times) -> Floats:
    """Return a grid of columns at `own` times, float64[C, B], on others, float64[T, B], as `laid_out` does."""
    if np.array_equal(time, own):
        return grid
    at = np.searchsorted(own, time, side="right") - 1
    return np.where((at >= 0)[:, None], grid[np.maximum(at, 0)], 0.0)


def _on_columns(part: Heatmap, time: Times) -> Heatmap:
    if np.array_equal(time, part.time):
        return part
    long, short = (on_columns(grid, part.time, time) for grid in (part.long, part.short))
    return replace(part, time=time, long=long, short=short)


def summed(maps: Sequence[Heatmap]) -> Heatmap:
    """Return the sum of maps laid out on the same columns: every cell and every account is the sum of its parts."""
    first, rest = maps[0], maps[1:]
    if not rest:
        return first
    accounts = {side: _summed_accounts([part.accounts[side] for part in maps]) for side in Side}
    return replace(
        first,
        long=np.sum([part.long for part in maps], axis=0),
        short=np.sum([part.short for part in maps], axis=0),
        accounts=accounts,
    )


def _summed_accounts(accounts: Sequence[Account]) -> Account:
    return Account(*(sum(getattr(account, field.name) for account in accounts) for field in fields(Account)))


def summed_columns(columns: Sequence[NewestColumn], price: float) -> NewestColumn:
    """Return the sum of newest columns on one axis, read from `price`."""
    if len(columns) == 1:
        return columns[0]
    sides = {side: _summed_column([part.sides[side] for part in columns]) for side in Side}
    return NewestColumn(columns[0].axis, price, sides, imbalance_of(sides))


def summed_profiles(profiles: Sequence[Profile], price: float) -> Profile:
    """Return the sum of profiles on one axis, read from `price`; leverage is averaged by notional."""
    if len(profiles) == 1:
        return profiles[0]
    sides = {side: _summed_profile([part.sides[side] for part in profiles]) for side in Side}
    return Profile(profiles[0].axis, price, sides, imbalance_of(sides), profiles[0].bands)


def _summed_column(parts: Sequence[SideColumn]) -> SideColumn:
    notional: Floats = np.sum([part.notional for part in parts], axis=0)
    return SideColumn(
        notional=notional,
        cumulative=np.sum([part.cumulative for part in parts], axis=0),
        total=float(notional.sum()),
        standing=sum(part.standing for part in parts),
        passed=sum(part.passed for part in parts),
    )


def _summed_profile(parts: Sequence[SideProfile]) -> SideProfile:
    whole = _summed_column(parts)
    weighted = np.sum([part.average_leverage * part.notional for part in parts], axis=0)
    return SideProfile(
        **vars(whole),
        by_band=np.sum([part.by_band for part in parts], axis=0),
        average_leverage=np.divide(weighted, whole.notional, out=np.zeros_like(weighted), where=whole.notional > 0),
    )
