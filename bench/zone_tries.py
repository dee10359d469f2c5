"""Print the zone lift of other definitions of a hot zone, and of placebos day by day; docs/accuracy.md reads it.

Run: python bench/zone_tries.py TABLE... [--half first|second|all]

Of the second half only those are printed that were looked at there before the served one was kept.

Each definition changes one thing of the served one (service/heatmap/density/spans.py) and is read off the same maps,
with the same matched hours. `nearest` is the median distance of the nearest zone, `sides` how many maps have a zone on
each side. Below them stand the placebos of BTC's neighbouring days, and that of 30 days without its dearest day.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.hour_table import Hours, read_hours
from bench.zone_lift import HALVES, Maps, maps_of, scored
from service.heatmap import BySide, Side
from service.heatmap.base import Floats
from service.heatmap.density import DEFAULT_DENSITY_RULES as RULES
from service.heatmap.density import (
    STEP,
    MapSide,
    Run,
    contrast_at,
    gap_bins,
    gap_depth,
    heat_at,
    hot_runs,
    map_side,
    usual_contrast,
)
from service.heatmap.lift import hours_of, lifts_at, shifted_lifts
from service.heatmap.stats import daily_atr, smooth
from service.heatmap.zones import hour_closes, zone_scale
from service.times import DAY_MS

# Bins outward from the price that a definition looks at, a little more than the window; BTC's placebos that are told.
NEAR, AROUND = 320, range(27, 34)


@dataclass(frozen=True, eq=False)
class View:
    """One side of a map: what a definition may look at, float64[NEAR] outward.

    contrast, usual  of each bin, and what is usual at its distance
    before           contrasts of the same prices after each of the last hours, the newest first
    interest         what all of open interest is worth
    """

    one: MapSide
    contrast: Floats
    usual: Floats
    before: Callable[[int], Floats]
    interest: float
    atr: float


def _served(view: View) -> Floats:
    return view.one.for_distance


def _any(view: View, run: Run) -> bool:
    del view, run
    return True


@dataclass(frozen=True)
class Definition:
    """What makes a zone: how full places are, from when on they are hot, which runs count, and where one is entered.

    looked_at  it was scored on the second halves too
    """

    name: str
    full: Callable[[View], Floats] = _served
    hot: float = RULES.hot
    peak: float = RULES.hot_peak
    counts: Callable[[View, Run], bool] = _any
    most: int = NEAR
    at_core: bool = False
    looked_at: bool = False


def way(view: View, length: float) -> Floats:
    """Return the mean contrast of the last `length` of log price before each bin, over the usual one there."""
    bins = min(round(length / STEP), len(view.contrast))
    sums = (np.cumsum(np.append(np.zeros(bins), values)) for values in (view.contrast, view.usual))
    mine, usual = (each[bins:] - each[:-bins] for each in sums)
    share: Floats = mine / usual
    return share


def _with_a_way(view: View, length: float, least: float) -> Floats:
    return np.where(way(view, length) >= least, view.one.for_distance, 0.0)


def _by_the_way(view: View) -> Floats:
    return heat_at(way(view, 0.006))


def _smoothed(view: View, width: float) -> Floats:
    return heat_at(smooth(view.contrast, width / STEP) / smooth(view.usual, width / STEP))


def _stood(view: View, hours: int) -> Floats:
    return heat_at(view.before(hours) / view.usual)


def _holds(view: View, run: Run, least: float) -> bool:
    return _held(view, run) >= least * view.interest


def _held(view: View, run: Run) -> float:
    return float(view.one.raw[slice(*run.span)].sum())


def _more_in_the_gap(view: View, run: Run, peak: float) -> bool:
    beyond = run.whole[0] >= gap_bins(view.one, RULES)
    return beyond or float(view.one.for_distance[slice(*run.whole)].max()) >= peak


def _heat_at_peak(view: View, run: Run, least: float) -> bool:
    return float(view.one.heat[run.peak]) >= least


HALF_A_WAY = partial(_with_a_way, length=1.0, least=0.5)
DEFINITIONS = (
    Definition("served", looked_at=True),
    Definition("entered at its core", at_core=True),
    Definition("hot from .75, peak of .85", hot=0.75, peak=0.85),
    Definition("hot from .85, peak of .9", hot=0.85, peak=0.9),
    Definition("holds .2 % of open interest", counts=partial(_holds, least=0.002)),
    Definition("holds .5 % of open interest", counts=partial(_holds, least=0.005)),
    Definition("inside the gap a peak of .9", counts=partial(_more_in_the_gap, peak=0.9)),
    Definition("heat of .35 where it peaks", counts=partial(_heat_at_peak, least=0.35)),
    Definition("the three that hold most", most=3),
    Definition("the one that holds most", most=1),
    Definition("stood 2 hours as full", full=partial(_stood, hours=2)),
    Definition("stood 6 hours as full", full=partial(_stood, hours=6)),
    Definition("contrast over .2 %", full=partial(_smoothed, width=0.002)),
    Definition("half a way: it is half as full as usual", full=HALF_A_WAY),
    Definition("half a way, peak of .7", full=HALF_A_WAY, peak=0.7, looked_at=True),
    Definition("half a way, hot from .6, peak of .7", full=HALF_A_WAY, hot=0.6, peak=0.7, looked_at=True),
    Definition("half a way, hot from .5, peak of .5", full=HALF_A_WAY, hot=0.5, peak=0.5, looked_at=True),
    Definition("the way to it .7 as full", full=partial(_with_a_way, length=1.0, least=0.7), looked_at=True),
    Definition("the way to it .9 as full", full=partial(_with_a_way, length=1.0, least=0.9)),
    Definition("its last .6 % .8 as full", full=partial(_with_a_way, length=0.006, least=0.8), looked_at=True),
    Definition("full by the .6 % before a place", full=_by_the_way, looked_at=True),
)


def views_of(hours: Hours, maps: Maps, columns: Sequence[int]) -> BySide[list[View]]:
    """Return both sides of the maps of some columns."""
    bars, past = hours.bars, maps.past
    anchors, daily = hour_closes(bars), daily_atr(bars)
    heat = past.heat.whole
    contrast = contrast_at(heat)

    def view(side: Side, column: int) -> View:
        price, atr = float(bars.close[column]), float(past.atr[column])
        scale = zone_scale(price, atr, float(daily[column]), RULES, float(anchors[column]))
        grid = maps.long if side is Side.LONG else maps.short
        whole = map_side(maps.axis, grid[column], heat[column], price, side, scale.reach, scale.anchor)
        bins = np.array([whole.axis((at, at + 1))[0] for at in range(NEAR)])
        one = replace(
            whole, raw=whole.raw[:NEAR], heat=whole.heat[:NEAR], for_distance=whole.for_distance[:NEAR],
            centres=whole.centres[:NEAR], window=min(whole.window, NEAR),
        )  # fmt: skip
        gap = gap_depth(heat[column], np.abs(np.log(maps.axis.centres / price)))
        away = np.abs(np.log(one.centres / scale.anchor))
        usual = usual_contrast(away, gap)
        return View(
            one,
            contrast[column, bins],
            usual,
            lambda count: contrast[max(column - count + 1, 0) : column + 1, bins].min(axis=0),
            float(bars.open_interest[column]) * price,
            atr,
        )

    return BySide(*([view(side, column) for column in columns] for side in Side))


def distance(view: View, made: Definition, edges: Floats) -> float:
    """Return how far the nearest zone of a definition is, log price; infinity where there is none."""
    one = replace(view.one, for_distance=made.full(view).round(9))
    runs = [
        run for run in hot_runs(one, view.atr, replace(RULES, hot=made.hot, hot_peak=made.peak))
        if made.counts(view, run)
    ]  # fmt: skip
    runs = sorted(runs, key=lambda run: -_held(view, run))[: made.most]
    if not runs:
        return float("inf")
    first = min((run.core if made.at_core else run.span)[0] for run in runs)
    low, high = one.axis((first, first + 1))
    near = edges[high] if one.side is Side.LONG else edges[low]
    return max(one.side.sign * float(np.log(one.price / near)), 0.0)


def told(made: Definition, hours: Hours, maps: Maps, views: BySide[list[View]], chosen: NDArray[np.bool_]) -> str:
    """Return a definition's lift with its hours, the nearest zone's median distance, and maps with both sides."""
    columns, found = np.flatnonzero(_read(chosen)), []
    for side in Side:
        distances = np.full(len(chosen), np.nan)
        distances[columns] = [distance(view, made, maps.axis.edges) for view in views[side]]
        found.append(distances)
    there = hours_of(hours.bars, hours.liquidated, chosen)
    (lift,) = lifts_at(maps.past, BySide(*found), there, [0], resamples=0, seed=0)
    value = "too few" if lift.value is None else f"{lift.value:.2f}"
    mine = np.array(found)[:, chosen]
    nearest = 100.0 * float(np.median(mine[np.isfinite(mine)]))
    return f"{value} ({lift.hours}), {nearest:.2f} %, {np.isfinite(mine).all(axis=0).mean():.0%}"


def _read(chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which maps are read: those of the hours, and of the hours before them."""
    return chosen | np.append(chosen[1:], False)


def placebos(hours: Hours, maps: Maps) -> list[tuple[str, str]]:
    """Return the placebos of neighbouring days, and that of 30 days without the day that it owes most to."""
    bars, chosen = hours.bars, scored(hours, "all")

    def lift(days: Sequence[int], left_out: int | None = None) -> list[float]:
        there = hours_of(bars, hours.liquidated, chosen & (bars.time // DAY_MS != left_out))
        shifts = [day * DAY_MS // bars.step for day in days]
        return [one.value or np.nan for one in shifted_lifts(maps.past, there, shifts, resamples=0, seed=0)]

    without = {day: lift([30], day)[0] for day in np.unique(bars.time[chosen] // DAY_MS).tolist()}
    dearest = min(without, key=lambda day: without[day])
    date = np.datetime64(dearest, "D")
    rows = [(f"{day} days", f"{value:.2f}") for day, value in zip(AROUND, lift(AROUND), strict=True)]
    return [*rows, (f"30 days without {date}", f"{without[dearest]:.2f}")]


def main() -> None:
    """Print a table of definitions, and the placebos of the first market."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--half", choices=HALVES, default="first")
    args = parser.parse_args()
    made_of = [made for made in DEFINITIONS if made.looked_at or args.half == "first"]
    columns = []
    for path in args.tables:
        hours = read_hours(path)
        maps, chosen = maps_of(hours), scored(hours, args.half)
        views = views_of(hours, maps, np.flatnonzero(_read(chosen)).tolist())
        columns.append([told(made, hours, maps, views, chosen) for made in made_of])
        if len(columns) == 1:
            rows, name = placebos(hours, maps), hours.name
    print(f"\n| lift (hours), nearest, both sides; {args.half} | {' | '.join(path.stem[:3] for path in args.tables)} |")
    print(f"|---|{'---|' * len(columns)}")
    for made, *cells in zip(made_of, *columns, strict=True):
        print(f"| {made.name} | {' | '.join(cells)} |")
    print(f"\n| placebo of {name} | |\n|---|---|")
    for row in rows:
        print(f"| {row[0]} | {row[1]} |")


if __name__ == "__main__":
    main()
