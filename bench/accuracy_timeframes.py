"""Compare maps of 1 h, 4 h and 1 d bars on the same hourly liquidations, standing inventory alone.

Run: python bench/accuracy_timeframes.py $REAL_HOURS/{BTC,ETH,SOL}USDT.csv

An event is an hour among the tenth with the most liquidations of its side; it is caught if it is also among the tenth
of hours that touched the most of the map. Intervals are 95 %, paired, from resampling whole days.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.hour_table import Hours, coarser, read_hours
from service.heatmap import Assumptions, Side
from service.heatmap.base import Floats, Times
from service.heatmap.inventory import STEP, Wanted, adverse_log_price, curves, flows_of, side_path, stand, typical_venue
from service.heatmap.skill import BURN, RESAMPLES, path_baselines
from service.heatmap.stats import Ranking, day_counts, interval_of
from service.times import DAY_MS

WICK, FINEST = "no map, the wick alone", "1 h"
# Length of the map's bars in hours, and whether what an hour touched is gone for the hours after it.
MAPS = {
    FINEST: (1, True),
    "4 h, frozen": (4, False),
    "4 h, cleared": (4, True),
    "1 d, frozen": (24, False),
    "1 d, cleared": (24, True),
}
SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Case:
    """One side of one market, float64[n] over the hours judged.

    liquidated  quote currency
    touched     by map, what each hour's path touched of it, base coin; WICK, the wick itself
    day         index of each hour's day among all that are drawn from
    """

    market: str
    liquidated: Floats
    touched: dict[str, Floats]
    day: Times


@dataclass(frozen=True, eq=False)
class Measures:
    """Over all resamples, the sample first: events and events caught, float64[1 + resamples], summed over cases.

    amount, rank  float64[1 + resamples], mean of cases: share of what was liquidated in the hours alarmed, and Spearman
    """

    events: Floats
    caught: Floats
    amount: Floats
    rank: Floats


def touched(hours: Hours, factor: int, side: Side, *, cleared: bool) -> Floats:
    """Return what each hour's range holds of the last map of `factor` hours that had closed, float64[T]; NaN before."""
    bars, coarse = hours.bars, coarser(hours, factor).bars
    ends = adverse_log_price(bars.low, side), adverse_log_price(bars.high, side)
    # As finely as the kernel itself has it.
    edges = np.arange(float(np.minimum(*ends).min()), float(np.maximum(*ends).max()) + STEP, STEP)
    columns, assumed = np.empty((len(coarse), len(edges) - 1)), Assumptions()
    wanted = Wanted(edges, np.ones(len(edges) - 1), columns)
    populations = assumed.one_side(curves(assumed, typical_venue())[side])
    stand(side_path(coarse, side), flows_of(coarse), populations, wanted)
    before_edge = np.concatenate((np.zeros((len(coarse), 1)), np.cumsum(columns, axis=1)), axis=1)
    near, deep = np.minimum(*ends).tolist(), np.maximum(*ends).tolist()
    rows = np.searchsorted(coarse.close_time, bars.time, side="right") - 1
    amounts, gone, of = np.full(len(bars), np.nan), -np.inf, -1
    for hour, row in enumerate(rows.tolist()):
        if row < 0:
            continue
        if row != of:
            gone, of = -np.inf, row
        start = gone if cleared else near[hour]
        before, upto = np.interp((start, deep[hour]), edges, before_edge[row])
        amounts[hour] = max(upto - before, 0.0)
        gone = max(gone, deep[hour])
    return amounts


def case(hours: Hours, side: Side, days: Times, burn: int) -> Case:
    """Return one side of one market, in the hours after `burn` that all maps and the liquidations are known for."""
    amounts = {name: touched(hours, factor, side, cleared=cleared) for name, (factor, cleared) in MAPS.items()}
    amounts[WICK] = path_baselines(hours.bars)["wick"][side]
    known = np.isfinite([hours.liquidated[side], *amounts.values()]).all(axis=0)
    rows = np.flatnonzero(known & (np.arange(len(hours.bars)) >= burn))
    day = np.searchsorted(days, hours.bars.time[rows] // DAY_MS)
    return Case(hours.name, hours.liquidated[side][rows], {name: a[rows] for name, a in amounts.items()}, day)


def measures(cases: Sequence[Case], name: str, counts: Floats) -> Measures:
    """Return one map's measures over the resamples float64[days, 1 + resamples]."""
    parts = []
    for one in cases:
        weights, found = counts[one.day], Ranking(one.touched[name])
        event = (one.liquidated >= np.quantile(one.liquidated, 1.0 - SHARE)).astype(float)
        target = Ranking(one.liquidated).as_target(weights)
        rank, share = found.spearman_and_capture(target, one.liquidated, SHARE)
        events = event @ weights
        caught = events * found.spearman_and_capture(target, event, SHARE)[1]
        parts.append((events, caught, share, rank))
    events, caught, amount, rank = np.array(parts).transpose(1, 0, 2)
    return Measures(events.sum(axis=0), caught.sum(axis=0), amount.mean(axis=0), rank.mean(axis=0))


def lead(mine: Floats, theirs: Floats) -> str:
    """Return by how much `mine` is over `theirs`, with its interval."""
    found = interval_of(100.0 * (mine / theirs - 1.0))
    return f"{found.value:+.0f} % [{found.low:.0f}, {found.high:.0f}]"


def print_maps(cases: Sequence[Case], counts: Floats) -> None:
    """Print one row a map over all markets."""
    found = {name: measures(cases, name, counts) for name in (*MAPS, WICK)}
    print(f"{found[FINEST].events[0]:.0f} events\n")
    print("| map | events caught | liquidated amount caught | rank correlation | 1 h over it: events | amount |")
    print("|---|---|---|---|---|---|")
    best = found[FINEST]
    for name, made in found.items():
        leads = (lead(best.caught, made.caught), lead(best.amount, made.amount)) if name != FINEST else ("", "")
        caught, amount = made.caught[0], 100.0 * made.amount[0]
        share = 100.0 * caught / made.events[0]
        print(f"| {name} | {caught:.0f} ({share:.0f} %) | {amount:.1f} % | {made.rank[0]:.2f} | {' | '.join(leads)} |")


def print_markets(cases: Sequence[Case], counts: Floats) -> None:
    """Print the lead in events by market."""
    others = [name for name in (*MAPS, WICK) if name != FINEST]
    print(f"\n| events, 1 h over | {' | '.join(others)} |")
    print("|---" * (1 + len(others)) + "|")
    for market in dict.fromkeys(one.market for one in cases):
        own = [one for one in cases if one.market == market]
        best = measures(own, FINEST, counts).caught
        print(f"| {market} | {' | '.join(lead(best, measures(own, name, counts).caught) for name in others)} |")


def main(argv: Sequence[str] | None = None) -> None:
    """Read the tables and print."""
    parser = argparse.ArgumentParser(description="Compare maps of 1 h, 4 h and 1 d bars.")
    parser.add_argument("tables", type=Path, nargs="+", help="CSV of hours with liquidations, one a market")
    parser.add_argument("--burn", type=int, default=BURN, help="hours at the start that are not judged (%(default)s)")
    parser.add_argument("--boot", type=int, default=RESAMPLES, help="resamples of days (%(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    markets = [read_hours(path) for path in args.tables]
    days = np.unique(np.concatenate([hours.bars.time[args.burn :] // DAY_MS for hours in markets]))
    counts = day_counts(len(days), args.boot, args.seed)
    cases = [case(hours, side, days, args.burn) for hours in markets for side in Side]
    print_maps(cases, counts)
    print_markets(cases, counts)


if __name__ == "__main__":
    main()
