"""Band lift: what the fullest swept bands liquidated over the emptiest ones, at equal distance and volatility."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.side import BySide, Side
from service.heatmap.lift.figure import Lift, lift_of
from service.heatmap.lift.hours import Hours
from service.heatmap.lift.refilling import FlatMap
from service.heatmap.stats.bootstrap import day_counts

# Groups of move and of volatility that hours are compared within; with the flat map's fullness, fewer of moves.
MOVES, VOLATILITIES = 10, 3
FEWER_MOVES, FULLNESSES = 5, 5
FEWEST_IN_A_CELL = 6


@dataclass(frozen=True)
class BandLifts:
    """The lift of a map's heat, of the flat map's fullness, and of the heat at equal fullness of the flat map."""

    heat: Lift
    flat: Lift
    heat_at_equal_flat: Lift


@dataclass(frozen=True, eq=False)
class Arms:
    """The fullest and the emptiest third of every cell of one side: indices of its hours, and their liquidations.

    Liquidations are logarithms less the cell's mean, so that hours of different cells can be taken together.
    """

    top: Times
    bottom: Times
    top_liquidated: Floats
    bottom_liquidated: Floats


def band_lifts(hours: BySide[Hours], heat: BySide[Floats], flat: FlatMap, *, resamples: int, seed: int) -> BandLifts:
    """Return the lifts of the bands that bars swept.

    Parameters
    ----------
    hours : BySide of Hours
        The bars that are measured on, of T.
    heat : BySide of float64[T]
        How full the band was that each bar swept, by the map before it; any scale, NaN where not known.
    flat : FlatMap
        Of the same T bars.
    resamples, seed : int
        Resamples of whole days, and what chooses them.
    """
    known = BySide(*(hours[side].take(np.isfinite(heat[side][hours[side].at])) for side in Side))
    scores = BySide(*(heat[side][known[side].at] for side in Side))
    fullness = BySide(*(flat.fullness[side][known[side].at] for side in Side))
    usual = BySide(*(_cells(known[side], MOVES) for side in Side))
    finer = BySide(*(_cells(known[side], FEWER_MOVES, fullness[side]) for side in Side))

    def lift(score: BySide[Floats], cells: BySide[Times]) -> Lift:
        arms = [arms_of(score[side], known[side].liquidated, cells[side]) for side in Side]
        return _lift([known.long, known.short], arms, resamples, seed)

    return BandLifts(lift(scores, usual), lift(fullness, usual), lift(scores, finer))


def arms_of(score: Floats, liquidated: Floats, cells: Times) -> Arms:
    """Return the third of each cell with the highest score and that with the lowest; small cells are left out."""
    top, bottom, high, low = [], [], [], []
    for cell in np.unique(cells):
        here = np.flatnonzero(cells == cell)
        third = len(here) // 3
        if len(here) >= FEWEST_IN_A_CELL:
            ordered, mean = here[np.argsort(score[here], kind="stable")], liquidated[here].mean()
            top.append(ordered[-third:])
            bottom.append(ordered[:third])
            high.append(liquidated[top[-1]] - mean)
            low.append(liquidated[bottom[-1]] - mean)
    return Arms(_joined(top), _joined(bottom), np.concatenate([[], *high]), np.concatenate([[], *low]))


def _joined(parts: list[Times]) -> Times:
    return np.concatenate(parts) if parts else np.array([], dtype=np.int64)


def _cells(hours: Hours, moves: int, fullness: Floats | None = None) -> Times:
    """Return the cell of each hour: its group of move, of volatility and, if given, of the flat map's fullness."""
    cells = _grouped(hours.move, moves) * VOLATILITIES + _grouped(hours.volatility, VOLATILITIES)
    return cells if fullness is None else cells * FULLNESSES + _grouped(fullness, FULLNESSES)


def _grouped(values: Floats, groups: int) -> Times:
    if not len(values):
        return np.array([], dtype=np.int64)
    return np.digitize(values, np.quantile(values, np.arange(1, groups) / groups)).astype(np.int64)


def _lift(sides: Sequence[Hours], arms: Sequence[Arms], resamples: int, seed: int) -> Lift:
    """Return the lift of both sides together: the mean of their log differences, days resampled in both alike."""
    days = np.unique(
        np.concatenate([hours.day[np.append(arm.top, arm.bottom)] for hours, arm in zip(sides, arms, strict=True)])
    )
    counts = day_counts(max(len(days), 1), resamples, seed)
    differences = [
        _mean(arm.top_liquidated, counts[np.searchsorted(days, hours.day[arm.top])])
        - _mean(arm.bottom_liquidated, counts[np.searchsorted(days, hours.day[arm.bottom])])
        for hours, arm in zip(sides, arms, strict=True)
        if len(arm.top)
    ]
    mean = np.mean(differences, axis=0) if differences else np.full(1 + resamples, np.nan)
    top, bottom = (sum(len(getattr(arm, name)) for arm in arms) for name in ("top", "bottom"))
    return lift_of(mean, top, bottom, len(days))


def _mean(values: Floats, weights: Floats) -> Floats:
    """Return the weighted mean of float64[n] by each column of float64[n, R], NaN where nothing has weight."""
    total = weights.sum(axis=0)
    mean: Floats = np.divide(values @ weights, total, out=np.full(len(total), np.nan), where=total > 0.0)
    return mean
