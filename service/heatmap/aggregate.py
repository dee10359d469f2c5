"""Aggregates: maps of several exchanges on one axis, summed, nothing lost and nothing counted twice."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import reduce

import numpy as np

from service.heatmap.bad_input import BadInput
from service.heatmap.bars import Floats, Times
from service.heatmap.inventory import Account, Heatmap
from service.heatmap.max_pain import max_pain
from service.heatmap.path import SIDES
from service.heatmap.profile import NAMES, Profile, SideProfile, imbalance


def aligned(maps: Mapping[str, Heatmap]) -> dict[str, Heatmap]:
    """Return the maps cut to the columns that all of them have; accounts stay those of each map's last column.

    Raises BadInput naming `time` where the maps have no column in common.
    """
    axes = {made.axis for made in maps.values()}
    if len(axes) != 1:
        raise ValueError("axis: the maps are not on one axis")
    time: Times = reduce(np.intersect1d, [made.time for made in maps.values()])
    if not len(time):
        raise BadInput("time", "the maps have no column in common")
    return {name: _columns(made, time) for name, made in maps.items()}


def _columns(made: Heatmap, time: Times) -> Heatmap:
    if len(time) == len(made.time):
        return made
    at = np.searchsorted(made.time, time)
    return replace(made, time=time, long=made.long[at], short=made.short[at])


def summed(maps: Sequence[Heatmap]) -> Heatmap:
    """Return the sum of aligned maps: every cell and every account is the sum of its parts."""
    first, rest = maps[0], maps[1:]
    if not rest:
        return first
    accounts = {side: _summed_accounts([made.accounts[side] for made in maps]) for side in SIDES}
    return replace(
        first,
        long=np.sum([made.long for made in maps], axis=0),
        short=np.sum([made.short for made in maps], axis=0),
        accounts=accounts,
    )


def _summed_accounts(accounts: Sequence[Account]) -> Account:
    return Account(*(sum(getattr(account, field.name) for account in accounts) for field in fields(Account)))


def summed_profiles(profiles: Sequence[Profile], price: float) -> Profile:
    """Return the sum of profiles on one axis, read from `price`; leverage is averaged by notional."""
    if len(profiles) == 1:
        return profiles[0]
    like = replace(profiles[0], price=price)
    sides = {side: _summed_sides([made.sides[side] for made in profiles], like, side) for side in SIDES}
    return replace(like, sides=sides, imbalance=imbalance(sides))


def _summed_sides(parts: Sequence[SideProfile], like: Profile, side: int) -> SideProfile:
    notional: Floats = np.sum([part.notional for part in parts], axis=0)
    weighted = np.sum([part.average_leverage * part.notional for part in parts], axis=0)
    worst = max_pain(like.axis, notional, like.price, NAMES[side])
    return SideProfile(
        notional=notional,
        cumulative=np.sum([part.cumulative for part in parts], axis=0),
        by_band=np.sum([part.by_band for part in parts], axis=0),
        average_leverage=np.divide(weighted, notional, out=np.zeros_like(weighted), where=notional > 0),
        total=float(notional.sum()),
        standing=sum(part.standing for part in parts),
        passed=sum(part.passed for part in parts),
        max_pain=None if worst is None else float(like.axis.centres[worst]),
        max_pain_notional=0.0 if worst is None else float(notional[worst]),
    )
