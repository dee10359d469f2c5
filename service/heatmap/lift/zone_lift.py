"""Zone lift: what hours that enter a hot zone liquidate over hours alike that enter none.

Each hour whose path reaches a hot zone that stood before it is held against hours of the same market and side that went
about as far, after about as much volatility, and reached none. The placebo is the same with the zones of 30 days
before, moved along with the price: a lift that it has too would be that of any band so far away.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.side import BySide, Side
from service.heatmap.lift.figure import Lift, lift_of
from service.heatmap.lift.hours import Hours
from service.heatmap.stats.bootstrap import day_counts
from service.heatmap.touches.past_zones import PastZones
from service.times import DAY_MS

# How much two hours' moves and volatilities may differ, as a ratio, to be held against each other.
ALIKE_MOVE, ALIKE_VOLATILITY = 1.12, 1.35
PLACEBO_MS = 30 * DAY_MS


@dataclass(frozen=True)
class ZoneLifts:
    """The lift of hot zones and of their placebo."""

    zones: Lift
    placebo: Lift


@dataclass(frozen=True, eq=False)
class Matched:
    """One side's hours that entered a zone, and those that each of them is held against.

    entered, others  float64[n], float64[m]  logarithms of liquidations
    alike            float64[n, m]           1 where the two may be held against each other
    """

    entered: Hours
    others: Hours
    alike: Floats


def zone_lifts(past: PastZones, hours: BySide[Hours], *, resamples: int, seed: int) -> ZoneLifts:
    """Return the lift of entering the hot zones of `past`, and that of the placebo.

    `hours` are of the bars of `past`; `resamples` of whole days give the intervals, `seed` chooses them.
    """
    apart = round(PLACEBO_MS / past.bars.step)
    zones, placebo = shifted_lifts(past, hours, (0, apart), resamples=resamples, seed=seed)
    return ZoneLifts(zones, placebo)


def shifted_lifts(
    past: PastZones, hours: BySide[Hours], shifts: Iterable[int], *, resamples: int, seed: int
) -> list[Lift]:
    """Return the lift of the zones of so many bars before, moved to the price of the day, for each of the shifts."""
    shifts = list(shifts)
    distances = BySide(*(nearest(past, side, _before(past, hours[side].at, shifts)) for side in Side))
    return lifts_at(past, distances, hours, shifts, resamples=resamples, seed=seed)


def lifts_at(
    past: PastZones,
    distances: BySide[Floats],
    hours: BySide[Hours],
    shifts: Iterable[int],
    *,
    resamples: int,
    seed: int,
) -> list[Lift]:
    """Return the same of any zones, the nearest of which lies so far from the close of each column.

    `distances` are float64[T] in log price by side: infinity where no zone is, NaN where none was looked for.
    """

    def lift(shift: int) -> Lift:
        sides = [_matched(hours[side], _reach(past, distances[side], shift)) for side in Side]
        return _lift([side for side in sides if len(side.entered.at)], resamples, seed)

    return [lift(shift) for shift in shifts]


def _before(past: PastZones, at: Times, shifts: Iterable[int]) -> Times:
    """Return the columns that stood before some bars, or so many bars earlier, int64[n]."""
    wanted = np.zeros(len(past.bar), dtype=bool)
    for shift in shifts:
        wanted |= np.isin(past.bar + 1 + shift, at)
    return np.flatnonzero(wanted)


def nearest(past: PastZones, side: Side, columns: Times) -> Floats:
    """Return how far it is from the close of columns to their nearest hot zone on a side, log price, float64[T].

    Infinity where there is none, NaN in the other columns.
    """
    found = np.full(len(past.bar), np.nan)
    found[columns] = np.inf
    edges = past.nearest_edges(columns, side)
    there, edges = columns[edges >= 0], edges[edges >= 0]
    ratios = past.bars.close[past.bar[there]] / past.edges[edges]
    found[there] = [max(side.sign * math.log(ratio), 0.0) for ratio in ratios.tolist()]
    return found


def _reach(past: PastZones, distances: Floats, shift: int) -> Floats:
    """Return how far each bar must go to enter a zone of the column before it, or so many bars earlier; float64[T].

    NaN where there is no such column.
    """
    reach = np.full(len(past.bars), np.nan)
    after = past.bar + 1 + shift
    there = after < len(reach)
    reach[after[there]] = distances[there]
    return reach


def _matched(hours: Hours, reach: Floats) -> Matched:
    known = hours.take(np.isfinite(reach[hours.at]) | np.isposinf(reach[hours.at]))
    inside = known.move >= reach[known.at]
    entered, others = known.take(inside), known.take(~inside)
    alike = _within(entered.move, others.move, ALIKE_MOVE)
    alike &= _within(entered.volatility, others.volatility, ALIKE_VOLATILITY)
    there = np.flatnonzero(alike.any(axis=1))
    return Matched(entered.take(there), others, alike[there].astype(np.float64))


def _within(one: Floats, other: Floats, ratio: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    near: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = np.abs(
        np.log(one)[:, None] - np.log(other)[None]
    ) < math.log(ratio)
    return near


def _lift(sides: list[Matched], resamples: int, seed: int) -> Lift:
    """Return the lift of both sides' hours together; days are resampled, in both arms alike."""
    if not sides:
        return Lift(None, None, None, 0, 0, 0)
    used = [side.others.take(np.flatnonzero(side.alike.any(axis=0))) for side in sides]
    days = np.unique(
        np.concatenate([part.day for side, other in zip(sides, used, strict=True) for part in (side.entered, other)])
    )
    counts = day_counts(len(days), resamples, seed)
    total, weight = np.zeros(1 + resamples), np.zeros(1 + resamples)
    for side in sides:
        others = counts[_place(days, side.others)]
        mass = side.alike @ others
        mean = np.divide(
            side.alike @ (others * side.others.liquidated[:, None]), mass, out=np.zeros_like(mass), where=mass > 0.0
        )
        mine = np.where(mass > 0.0, counts[_place(days, side.entered)], 0.0)
        total += (mine * (side.entered.liquidated[:, None] - mean)).sum(axis=0)
        weight += mine.sum(axis=0)
    differences = np.divide(total, weight, out=np.full(len(total), np.nan), where=weight > 0.0)
    return lift_of(
        differences, sum(len(side.entered.at) for side in sides), sum(len(part.at) for part in used), len(days)
    )


def _place(days: Floats, hours: Hours) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return each hour's place among the days; one of another day, which nothing is held against, gets any."""
    return np.minimum(np.searchsorted(days, hours.day), len(days) - 1).astype(np.int64)
