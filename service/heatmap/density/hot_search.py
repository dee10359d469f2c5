"""Hot search: the hot runs of many columns of a map at once, for zones of the past.

Of each column only the runs are looked for that have a bin within a range, and no heat is worked out beyond their ends.

Compiled from hot_search.c where there was a compiler; without one each column is cut out and read as the newest one is,
which finds the same. Both compare heat with the same thresholds; the compiled search turns a threshold into the heat
that it takes at a distance, once for a bin, where the other turns every heat into one for the distance.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import NOISE, Floats, Times
from service.heatmap.base.compiled import LIBRARY, Layout, Value, function
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side
from service.heatmap.density.column_heat import COLUMN_HEAT, ColumnHeat
from service.heatmap.density.heat import SOFTNESS, contrast_at
from service.heatmap.density.heat_loop import DIGITS
from service.heatmap.density.hot_cold_thresholds import DensityRules
from service.heatmap.density.side import MapSide, map_side
from service.heatmap.density.spans import hot_runs
from service.heatmap.density.usual import AT_THE_PRICE, DISTANCES, USUAL

# Runs that a column is given room for; where one has more, all are searched again.
ROOM = 24
# More runs than a column can have.
MANY = 1 << 40
HALF_A_DIGIT = 0.5 * 0.1**DIGITS


class Moments(NamedTuple):
    """When C columns are read and where, and the lengths by which each is, quote currency.

    row     int64[C]    number of the column among those of the heat
    begin   int64[C]    first bin of the axis in which runs are looked for
    end     int64[C]    the bin after the last one
    price   float64[C]  the price then
    atr     float64[C]  average true range then
    reach   float64[C]  how far from the price zones are near
    anchor  float64[C]  the price from which distances are counted
    """

    row: Times
    begin: Times
    end: Times
    price: Floats
    atr: Floats
    reach: Floats
    anchor: Floats


class HotRuns(NamedTuple):
    """Hot runs of several columns, one column after the other and each outward.

    column  int64[n]     number of the column among the moments
    rows    int64[n, 8]  in half-open bins of the axis: the run, as far as its zone reaches, the densest part of that;
                         then the bin where heat is highest, and 1 where that is near enough for a zone, 0 elsewhere
    """

    column: Times
    rows: Times

    @property
    def zone(self) -> Times:
        """Return as far as each zone reaches, int64[n, 2]."""
        return self.rows[:, 2:4]

    @property
    def near(self) -> NDArray[np.bool_]:
        """Say which peak near enough for a zone, bool[n]."""
        near: NDArray[np.bool_] = self.rows[:, 7] > 0
        return near

    def take(self, chosen: NDArray[np.bool_]) -> Self:
        """Return the runs that are chosen, bool[n]."""
        return type(self)(self.column[chosen], self.rows[chosen])


class Choice(NamedTuple):
    """Which runs of a column are wanted: with `far` those beyond the reach too, and how many at most."""

    far: bool = False
    most: int = MANY


Search: TypeAlias = Callable[[LogAxis, ColumnHeat, Moments, Side, DensityRules, Choice], HotRuns]

HOT_SEARCH = Layout(
    "hot_search",
    *("columns", "bins", "points", "outward", "far", "most", "capacity"),
    *("#row", "#begin", "#end", "#origin", "#aside", "#core", "*price", "*log_price", "*reach", "*anchor"),
    *("*centre", "*place", "*own", "*heat", "*distance", "*usual", "*scale", "#runs", "#count"),
)
FIELDS = 8


def numpy_search(
    axis: LogAxis, heat: ColumnHeat, at: Moments, side: Side, rules: DensityRules, choice: Choice
) -> HotRuns:
    """Return the hot runs of one side of each column in whose zone anything of that side stands."""
    rows, own, whole = [np.empty((0, FIELDS), np.int64)], heat.sides[side], heat.whole
    for row, begin, end, *lengths in zip(*at, strict=True):
        price, atr, reach, anchor = map(float, lengths)
        one = map_side(axis, own[row], whole[row], price, side, reach, anchor)
        found = runs_of_one(one, atr, rules)
        there = (found[:, 0] < end) & (found[:, 1] > begin) & (begin < end)
        rows.append(found[there & (choice.far | (found[:, 7] > 0))][: choice.most])
    column = np.repeat(np.arange(len(at.row)), [len(found) for found in rows[1:]])
    return HotRuns(column, np.concatenate(rows))


def runs_of_one(one: MapSide, atr: float, rules: DensityRules) -> Times:
    """Return the hot runs of a column that is cut out already, int64[n, FIELDS]."""
    found = hot_runs(replace(one, window=len(one.raw)), atr, rules)
    rows = [
        (*one.axis(run.whole), *one.axis(run.span), *one.axis(run.core), one.axis((run.peak, run.peak + 1))[0], near)
        for run in found
        for near in [run.peak < one.window]
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, FIELDS)


def search_of(call: Callable[..., None]) -> Search:
    """Return the compiled search for use in place of `numpy_search`."""

    def search(
        axis: LogAxis, heat: ColumnHeat, at: Moments, side: Side, rules: DensityRules, choice: Choice
    ) -> HotRuns:
        given, count = _given(axis, heat, at, side, rules), np.empty(len(at.row), np.int64)
        given |= {"far": choice.far, "most": choice.most}
        capacity = ROOM * len(at.row)
        while True:
            runs = np.empty((capacity, FIELDS), np.int64)
            call(HOT_SEARCH.filled({**given, "capacity": capacity, "runs": runs, "count": count}))
            if count.sum() <= capacity:
                return HotRuns(np.repeat(np.arange(len(count)), count), runs[: count.sum()])
            capacity = int(count.sum())

    return search


def _given(axis: LogAxis, heat: ColumnHeat, at: Moments, side: Side, rules: DensityRules) -> dict[str, Value]:
    """Return what the compiled search reads: lengths in bins, and thresholds as contrasts."""
    step = at.price * axis.bin_size
    aside = np.maximum(rules.reach_atr * at.atr, rules.reach_pct / 100.0 * at.price) / step - 0.5
    core = rules.core_atr * at.atr / step * (1.0 + NOISE)
    # Heat is told in digits: what is nearer to the threshold than half of one counts as it.
    thresholds = contrast_at(np.maximum(np.array([rules.hot, rules.hot_peak]) - HALF_A_DIGIT, 0.0))
    return {
        "columns": len(at.row),
        "bins": axis.count,
        "points": len(DISTANCES),
        "outward": -side.sign,
        "row": np.ascontiguousarray(at.row),
        "begin": np.ascontiguousarray(at.begin),
        "end": np.ascontiguousarray(at.end),
        "origin": np.searchsorted(axis.centres, at.price, "left" if side is Side.LONG else "right"),
        "aside": np.maximum(aside.astype(np.int64), 0),
        "core": np.maximum(core.astype(np.int64), 1),
        "price": np.ascontiguousarray(at.price),
        "log_price": np.log(at.price),
        "reach": np.ascontiguousarray(at.reach),
        "anchor": np.log(at.anchor),
        "centre": axis.centres,
        "place": np.log(axis.centres),
        "own": heat.sides[side],
        "heat": heat.struct,
        "distance": np.array(DISTANCES),
        "usual": np.array(USUAL),
        "scale": np.array([1.0 / SOFTNESS, *thresholds, AT_THE_PRICE]),
    }


_COMPILED = function(LIBRARY, "hot_search", HOT_SEARCH, COLUMN_HEAT)
# The compiled search if the build made it.
FASTEST: Search = numpy_search if _COMPILED is None else search_of(_COMPILED)
