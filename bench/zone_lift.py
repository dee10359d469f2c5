"""Print the lift of bands and of hot zones, each with its null, and what the zones are like; docs/accuracy.md reads it.

Run: python bench/zone_lift.py TABLE... [--half first|second|all] [--boot N]

A table is one market's hours as docs/accuracy.md has them. Bands: the fullest third of what bars swept over the
emptiest, at equal distance and volatility; of the served heat, of a flat map that refills, and of the heat at equal
fullness of that. Zones: hours that enter a served hot zone over matched hours that enter none; the placebo is the zones
of 30 days before, moved to the price of the day. service/heatmap/lift has the definitions.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.hour_table import Hours, read_hours
from bench.span_score import Span, figures
from service.heatmap import Assumptions, BySide, Side, heatmap_of, predict_known, take_inventory
from service.heatmap.base import Floats, LogAxis
from service.heatmap.density import DEFAULT_DENSITY_RULES as RULES
from service.heatmap.density import heat_of
from service.heatmap.inventory import typical_venue
from service.heatmap.lift import Lift, band_lifts, flat_map, hours_of, shifted_lifts, swept_heat, zone_lifts
from service.heatmap.skill import calibrate
from service.heatmap.touches import PastZones
from service.heatmap.zones import find_zones, zones_axis
from service.times import DAY_MS, parse_iso

BURN, SPLIT = 168, parse_iso("2024-07-20T12:00Z")
HALVES = ("first", "second", "all")
SPANS = {"first": Span("first", BURN, None, SPLIT), "second": Span("second", BURN, SPLIT), "all": Span("all", BURN)}
# Every so many hours a map is read as it is answered, and heat of cells so far from the price is counted.
EVERY, NEAR, FAR = 1, 0.01, 0.15
# Days before which a placebo's zones stood, of those that are taken together.
PLACEBO_DAYS = range(4, 41)


@dataclass(frozen=True, eq=False)
class Maps:
    """A market's map after every hour, and its past zones."""

    axis: LogAxis
    long: Floats
    short: Floats
    past: PastZones


def maps_of(hours: Hours) -> Maps:
    """Take the map of every hour on the axis that zones are cut on."""
    bars = hours.bars
    axis = zones_axis(float(bars.low.min()), float(bars.high.max()), RULES)
    made = heatmap_of(take_inventory(bars, Assumptions(), typical_venue(), axis, len(bars)))
    return Maps(axis, made.long, made.short, PastZones(axis, made.long, made.short, bars.time, bars, RULES))


def scored(hours: Hours, half: str) -> NDArray[np.bool_]:
    """Return the hours of a half after the warm-up, bool[T]."""
    time = hours.bars.time
    chosen = {"first": time < SPLIT, "second": time >= SPLIT, "all": time > 0}[half]
    return chosen & (np.arange(len(time)) >= BURN)


def told(lift: Lift) -> str:
    """Return a lift with its interval and what it rests on."""
    if lift.value is None:
        return f"too few: {lift.hours} hours"
    ends = "" if lift.low is None else f" [{lift.low:.2f}, {lift.high:.2f}]"
    return f"{lift.value:.2f}{ends} ({lift.hours} hours against {lift.matched}, {lift.days} days)"


def lifts(hours: Hours, maps: Maps, half: str, boot: int) -> Iterator[tuple[str, str]]:
    """Yield what each lift is called, and it."""
    there = hours_of(hours.bars, hours.liquidated, scored(hours, half))
    bands = band_lifts(
        there,
        swept_heat(hours.bars, Assumptions(), typical_venue()),
        flat_map(hours.bars),
        resamples=boot,
        seed=0,
    )
    zones = zone_lifts(maps.past, there, resamples=boot, seed=0)
    swept = predict_known(hours.bars, Assumptions(), typical_venue())
    for name, predicted in (("map", swept), ("flat map", flat_map(hours.bars).swept)):
        yield (
            f"H1 H2 EXT of the {name}",
            " ".join(f"{one.value:+.3f}" for one in figures(hours, predicted, SPANS[half], 0)),
        )
    yield "band lift", told(bands.heat)
    yield "flat map that refills", told(bands.flat)
    yield "band lift at equal flat", told(bands.heat_at_equal_flat)
    yield "hot zones", told(zones.zones)
    yield "placebo zones", told(zones.placebo)
    yield "placebos of other days, their mean", usual_placebo(maps, hours, half)
    yield "reported over predicted", reported(hours, swept, half)


def usual_placebo(maps: Maps, hours: Hours, half: str) -> str:
    """Return the geometric mean of the placebos of 4 to 40 days before, a day apart, and how far they are spread."""
    shifts = [days * DAY_MS // maps.past.bars.step for days in PLACEBO_DAYS]
    there = hours_of(hours.bars, hours.liquidated, scored(hours, half))
    lifts = shifted_lifts(maps.past, there, shifts, resamples=0, seed=0)
    values = np.log([one.value for one in lifts if one.value is not None])
    return f"{np.exp(values.mean()):.2f} times or over {np.exp(values.std()):.2f} ({len(values)} placebos)"


def reported(hours: Hours, swept: BySide[Floats], half: str) -> str:
    """Return the tenths of what is reported of what is predicted, by the hour and side, and whether they held."""
    chosen = scored(hours, half)
    worth = BySide(*((amounts * hours.bars.close)[chosen] for amounts in swept))
    found = calibrate(BySide(*(amounts[chosen] for amounts in hours.liquidated)), worth)
    if found is None:
        return "too few hours"
    tenths_told = f"q10 {found.q10:.3f} q50 {found.q50:.3f} q90 {found.q90:.3f}"
    return (
        f"{tenths_told} ({found.hours} hours; {found.covered:.0%} of the later half between q10 and q90 of the earlier)"
    )


def shapes(hours: Hours, maps: Maps, half: str) -> Iterator[tuple[str, str]]:
    """Yield what the zones of the half are like, read every EVERY hours."""
    hot, cold, both, nearest, cores, edges, widths, lone, inside = [], [], [], [], [], [], [], [], []
    columns = np.flatnonzero(scored(hours, half))[::EVERY].tolist()
    for column in columns:
        bars = hours.bars.part(0, column + 1)
        price = float(bars.close[-1])
        found = find_zones(maps.axis, maps.long[column], maps.short[column], price, bars)
        sides = [[zone for zone in found.hot if zone.side is side] for side in Side]
        both.append(all(sides))
        hot.append(len(found.hot))
        cold.append(len(found.cold))
        gap = {Side.LONG: found.gap.low, Side.SHORT: found.gap.high}
        for side, zones in zip(Side, sides, strict=True):
            if zones:
                first = min(zones, key=lambda zone: zone.distance_pct)
                near = first.high if side is Side.LONG else first.low
                nearest.append(first.distance_pct)
                beyond = side.sign * (1.0 - near / gap[side])
                lone.append(abs(beyond) < 2.0 * maps.axis.bin_size)
                inside.append(beyond <= -2.0 * maps.axis.bin_size)
        for zone in found.hot:
            cores.append((zone.core.high - zone.core.low) / found.scale.atr)
            widths.append((zone.high - zone.low) / found.scale.atr)
            core = zone.core.high if zone.side is Side.LONG else zone.core.low
            if zone.stop is not None:
                edges.append(abs(core - zone.stop.price) / found.scale.atr)
    yield "maps read", str(len(columns))
    yield "nearest hot zone, % (q10 q50 q90)", tenths(nearest)
    yield "of these, beginning where the gap ends", f"{np.mean(lone):.0%}"
    yield "of these, beginning inside the gap", f"{np.mean(inside):.0%}"
    yield "a hot zone on each side", f"{np.mean(both):.0%} of maps"
    yield "hot zones a map", tenths(hot)
    yield "cold zones a map", tenths(cold)
    yield "maps with a cold zone", f"{np.mean(np.array(cold) > 0):.0%}"
    yield "zone width, ATR", tenths(widths)
    yield "core width, ATR", tenths(cores)
    yield "core's near edge to stop, ATR", tenths(edges)
    heat, at = heat_of(maps.long + maps.short, maps.axis.bin_size)[columns], np.log(maps.axis.centres)
    away = np.abs(at[None] - np.log(hours.bars.close[columns])[:, None])
    cells = heat[(away >= NEAR) & (away <= FAR)]
    yield f"cells {NEAR:.0%} to {FAR:.0%} away with heat over .85", f"{np.mean(cells > 0.85):.0%}"
    yield "with heat under .35, under .15", f"{np.mean(cells < 0.35):.0%}, {np.mean(cells < 0.15):.0%}"


def tenths(values: list[float] | list[int]) -> str:
    """Return the tenths 1, 5 and 9."""
    return " ".join(f"{value:.2f}" for value in np.quantile(values, (0.1, 0.5, 0.9))) if values else "none"


def main() -> None:
    """Print a block a market."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--half", choices=HALVES, default="all")
    parser.add_argument("--boot", type=int, default=400)
    args = parser.parse_args()
    for path in args.tables:
        hours = read_hours(path)
        maps, known = maps_of(hours), scored(hours, args.half)
        days = len(np.unique(hours.bars.time[known] // DAY_MS))
        print(f"\n{hours.name}, {args.half}: {known.sum()} hours on {days} days\n")
        for name, figure in (*lifts(hours, maps, args.half, args.boot), *shapes(hours, maps, args.half)):
            print(f"{name:44}{figure}")


if __name__ == "__main__":
    main()
