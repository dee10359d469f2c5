"""Hot search: the hot runs of many columns of a map at once, for zones of the past.

Compiled from hot_search.c where there was a compiler; without one each column is cut out and read as the newest one is,
which finds the same. Both compare heat with the same thresholds; the compiled search turns a threshold into the heat
that it takes at a distance, once for a bin, where the other turns every heat into one for the distance.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, TypeAlias

import numpy as np

from service.heatmap.base.arrays import NOISE, Floats, Span, Times
from service.heatmap.base.compiled import LIBRARY, Layout, function
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side
from service.heatmap.density.heat import SOFTNESS, contrast_at
from service.heatmap.density.heat_loop import DIGITS
from service.heatmap.density.hot_cold_thresholds import DensityRules
from service.heatmap.density.side import MapSide, map_side
from service.heatmap.density.spans import Run, hot_runs
from service.heatmap.density.usual import AT_THE_PRICE, DISTANCES, USUAL

# Runs that a column is given room for; where one has more, all are searched again.
ROOM = 24
HALF_A_DIGIT = 0.5 * 0.1**DIGITS


class Moments(NamedTuple):
    """When C columns are read: which they are, and the lengths by which each is, quote currency.

    row     int64[C]    number of the column among those of the heat
    price   float64[C]  the price then
    atr     float64[C]  average true range then
    reach   float64[C]  how far from the price zones are near
    anchor  float64[C]  the price from which distances are counted
    """

    row: Times
    price: Floats
    atr: Floats
    reach: Floats
    anchor: Floats


class HotRun(NamedTuple):
    """A hot run in bins of the axis: all of it, its zone, the zone's core, its peak, and whether that is near."""

    whole: Span
    zone: Span
    core: Span
    peak: int
    near: bool


Search: TypeAlias = Callable[[LogAxis, Floats, Moments, Side, DensityRules], list[list[HotRun]]]

HOT_SEARCH = Layout(
    "hot_search",
    *("columns", "bins", "points", "outward", "capacity"),
    *("#row", "#origin", "#aside", "#core", "*price", "*log_price", "*reach", "*anchor"),
    *("*centre", "*place", "*heat", "*distance", "*usual", "*scale", "#runs", "#count"),
)
FIELDS = 8


def numpy_search(axis: LogAxis, heat: Floats, at: Moments, side: Side, rules: DensityRules) -> list[list[HotRun]]:
    """Return the hot runs of one side of each column, outward; `heat` is float64[T, B]."""
    return [_of_one(axis, heat[row], side, rules, *lengths) for row, *lengths in zip(*at, strict=True)]


def _of_one(
    axis: LogAxis, heat: Floats, side: Side, rules: DensityRules, price: float, atr: float, reach: float, anchor: float
) -> list[HotRun]:
    # Whether anything stands there is looked at by whoever asks.
    one = map_side(axis, np.ones(axis.count), heat, float(price), side, float(reach), float(anchor))
    return runs_of_one(one, float(atr), rules)


def runs_of_one(one: MapSide, atr: float, rules: DensityRules) -> list[HotRun]:
    """Return the hot runs of a column that is cut out already."""
    found = hot_runs(replace(one, window=len(one.raw)), atr, rules)
    return [_on_axis(one, run) for run in found]


def _on_axis(one: MapSide, run: Run) -> HotRun:
    peak, _ = one.axis((run.peak, run.peak + 1))
    return HotRun(one.axis(run.whole), one.axis(run.span), one.axis(run.core), peak, run.peak < one.window)


def search_of(call: Callable[..., None]) -> Search:
    """Return the compiled search for use in place of `numpy_search`."""

    def search(axis: LogAxis, heat: Floats, at: Moments, side: Side, rules: DensityRules) -> list[list[HotRun]]:
        given, count = _given(axis, heat, at, side, rules), np.empty(len(at.row), np.int64)
        capacity = ROOM * len(at.row)
        while True:
            runs = np.empty((capacity, FIELDS), np.int64)
            call(HOT_SEARCH.filled({**given, "capacity": capacity, "runs": runs, "count": count}))
            if count.sum() <= capacity:
                return _by_column(runs[: count.sum()], count)
            capacity = int(count.sum())

    return search


def _given(
    axis: LogAxis, heat: Floats, at: Moments, side: Side, rules: DensityRules
) -> dict[str, int | Floats | Times]:
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
        "origin": np.searchsorted(axis.centres, at.price, "left" if side is Side.LONG else "right"),
        "aside": np.maximum(aside.astype(np.int64), 0),
        "core": np.maximum(core.astype(np.int64), 1),
        "price": np.ascontiguousarray(at.price),
        "log_price": np.log(at.price),
        "reach": np.ascontiguousarray(at.reach),
        "anchor": np.log(at.anchor),
        "centre": axis.centres,
        "place": np.log(axis.centres),
        "heat": heat,
        "distance": np.array(DISTANCES),
        "usual": np.array(USUAL),
        "scale": np.array([SOFTNESS, *thresholds, AT_THE_PRICE]),
    }


def _by_column(runs: Times, count: Times) -> list[list[HotRun]]:
    rows = [
        HotRun((a, b), (c, d), (e, f), peak, bool(near))
        for a, b, c, d, e, f, peak, near in runs[: count.sum()].tolist()
    ]
    ends = np.cumsum(count).tolist()
    return [rows[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


_COMPILED = function(LIBRARY, "hot_search", HOT_SEARCH)
# The compiled search if the build made it.
FASTEST: Search = numpy_search if _COMPILED is None else search_of(_COMPILED)
