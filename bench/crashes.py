"""Hold the cascade against what prices did: falls of 1, 2 and 3 % within an hour, and the crashes among them by name.

Run: python -m bench.crashes TABLE... [--events N]     (a name with "bars-" is taken to be Hyperliquid's)

Each fall is an hour that traded so far below the close before. From what was known when that hour opened, its map, a
typical book and the last day's turnover, the cascade says where forced orders alone would carry the price (q10, q50,
q90), for each state of the book. Beside it stand two nulls: a flat map that holds as much as the true one within 30 %,
and the base rate, which is how far earlier falls as large went on in the same market, map or no map. `real` is the
lowest price of that hour and of the 24 hours from its opening. All are in % of the close before.

`held` is the share of falls whose real low lies from q90 (the deepest) to q10; .8 is right for a forecast, and a
cascade is none: it leaves out every sale that is not forced. `loss` is the mean quantile (pinball) loss, in points;
less is better. Past books are not public: the typical one holds 1 % of open interest within each percent down to 5 %.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.cascade_reality import REFILL, typical_book
from service.cli.table.bars import read_table
from service.heatmap import Assumptions, Bars, Shock, VenueTerms, parse_mix, price_axis
from service.heatmap.base import Floats
from service.heatmap.cascade import STATES, ExecutedShare, StateName, cascade_odds, refill_rate
from service.heatmap.inventory import Ensemble, take_ensemble, typical_venue
from service.heatmap.skill import OTHERS, MeasuredShare, measured_share
from service.times import rfc3339

SHOCKS = (1.0, 2.0, 3.0)
WARM_UP, DAY, SAMPLES = 336, 24, 400
CRASHES = ("2024-08-05", "2026-02-05")
LEAST_BASE = 8
FLAT_REACH = 0.30
HYPERLIQUID = "bars-"
MOST_LEVERAGE = {"BTC": 40.0, "ETH": 25.0}
TENTHS = np.array([0.1, 0.5, 0.9])


@dataclass(frozen=True, eq=False)
class Market:
    """One table, with how its exchange liquidates, and the share of what is swept that is forced."""

    name: str
    bars: Bars
    assumptions: Assumptions
    venue: VenueTerms
    executed: ExecutedShare


@dataclass(frozen=True, eq=False)
class Fall:
    """One fall, and what was said of it; float64[3] each, from the deepest tenth on, % below the close before.

    real      how far below price traded in the hour, and in the day from its opening
    cascades  by state of the book, of the market's map; flat: of the flat one
    base      of earlier falls as large: in the hour, in the day; None if there are fewer than LEAST_BASE
    critical  odds that R comes to 1 on the market's map, by state
    """

    market: str
    hour: str
    shock: float
    real: tuple[float, float]
    cascades: dict[StateName, Floats]
    flat: dict[StateName, Floats]
    base: tuple[Floats, Floats] | None
    critical: dict[StateName, float]


def market_of(path: Path) -> Market:
    """Read one table."""
    name = path.stem.removeprefix(HYPERLIQUID).removesuffix("USDT")
    bars = read_table(path).bars
    if not path.stem.startswith(HYPERLIQUID):
        return Market(name, bars, Assumptions(), typical_venue(), _tenths(measured_share(name)))
    assumptions = Assumptions.of(parse_mix("default"), "hyperliquid")
    venue = typical_venue(MOST_LEVERAGE[name], "hyperliquid")
    return Market(f"{name} 2026", bars, assumptions, venue, _tenths(OTHERS))


def _tenths(share: MeasuredShare) -> ExecutedShare:
    return ExecutedShare(share.q10, share.q50, share.q90)


def depths(bars: Bars) -> tuple[Floats, Floats]:
    """Return how far below the close before each hour and its day traded, %, float64[T] each; NaN at the ends."""
    low_day = np.array([bars.low[at : at + DAY].min() for at in range(len(bars))])
    last = np.append(np.nan, bars.close[:-1])
    hour, day = 100.0 * (1.0 - bars.low / last), 100.0 * (1.0 - low_day / last)
    day[-DAY:] = np.nan
    return hour, day


def falls(market: Market, shock: float, most: int) -> Iterator[Fall]:
    """Yield the falls of a size: those on the days of CRASHES, first of each day, and others evenly up to `most`."""
    hour, day = depths(market.bars)
    found = np.flatnonzero((hour >= shock) & np.isfinite(day))
    later = found[found >= WARM_UP]
    named = [
        int(later[[each.startswith(date) for each in map(_date, market.bars.time[later].tolist())]][:1].sum())
        for date in CRASHES
    ]
    chosen = set(later[:: max(1, -(-len(later) // most))].tolist()) | {at for at in named if at}
    for at in sorted(chosen):
        before = found[found < at - DAY]
        base = (_deepest(hour[before]), _deepest(day[before])) if len(before) >= LEAST_BASE else None
        yield _fall(market, at, shock, (float(hour[at]), float(day[at])), base)


def _date(moment: int) -> str:
    return rfc3339(moment)[:10]


def _deepest(values: Floats) -> Floats:
    """Return the tenths 9, 5 and 1: from the deepest to the mildest."""
    return np.quantile(values, TENTHS[::-1])


def _fall(market: Market, at: int, shock: float, real: tuple[float, float], base: tuple[Floats, Floats] | None) -> Fall:
    known = market.bars.part(0, at)
    price, last = float(known.close[-1]), known.part(-DAY)
    axis = price_axis(price, 50.0, bins=400)
    maps = take_ensemble(known, market.assumptions, market.venue, axis)
    refill = refill_rate(last.volume * last.close, 2.0 * (last.high - last.low) / last.close, REFILL)
    book = typical_book(price, float(known.open_interest[-1]))
    inside = (axis.edges[:-1] < price) & (axis.edges[1:] > price * np.exp(-FLAT_REACH))
    width = np.where(inside, np.diff(np.log(np.maximum(axis.edges, 1e-9))), 0.0)
    level = np.where(inside, maps.long, 0.0).sum(axis=1, keepdims=True) * width / width.sum()
    mine, flat = (
        {state: _odds(market, book, axis.edges, one, price, shock, refill, state) for state in STATES}
        for one in (maps, replace(maps, long=level))
    )
    return Fall(
        market=market.name,
        hour=rfc3339(int(market.bars.time[at])),
        shock=shock,
        real=real,
        cascades={state: said for state, (said, _) in mine.items()},
        flat={state: said for state, (said, _) in flat.items()},
        base=base,
        critical={state: odds for state, (_, odds) in mine.items()},
    )


def _odds(
    market: Market,
    book: Floats,
    edges: Floats,
    maps: Ensemble,
    price: float,
    shock: float,
    refill: float,
    state: StateName,
) -> tuple[Floats, float]:
    found = cascade_odds(
        book,
        book,
        edges,
        maps.long,
        maps.short,
        price,
        Shock(move_pct=-shock),
        rng=np.random.default_rng(0),
        samples=SAMPLES,
        executed=market.executed,
        refill=refill,
        state=state,
    )
    return -np.array([found.move_pct_q90, found.move_pct_q50, found.move_pct_q10]), found.critical_share


def held(said: Floats, real: float) -> bool:
    """Tell whether a low lies between the deepest and the mildest tenth."""
    return bool(said[2] - 1e-9 <= real <= said[0] + 1e-9)


def loss(said: Floats, real: float) -> float:
    """Return the mean quantile loss of the three tenths, in points."""
    over = real - said[::-1]
    return float(np.maximum(TENTHS * over, (TENTHS - 1.0) * over).mean())


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Return Spearman's coefficient, ties in order."""
    first, second = (np.argsort(np.argsort(values, kind="stable")).astype(float) for values in (one, other))
    return float(np.corrcoef(first, second)[0, 1])


def crashes(found: Sequence[Fall]) -> None:
    """Print the crashes by name."""
    print("\n## The crashes\n")
    said = "map, event: q10 q50 q90 | flat map, event | map, worst | base rate, hour | base rate, day"
    print(f"| crash | shock | real low, hour | real low, day | {said} |\n|---|---|---|---|---|---|---|---|---|")
    for fall in found:
        if not fall.hour.startswith(CRASHES):
            continue
        base = [_three(each) for each in fall.base] if fall.base else ["too few"] * 2
        cells = [
            f"{fall.market} {fall.hour[:13]}",
            f"{fall.shock:g} %",
            f"{fall.real[0]:.1f} %",
            f"{fall.real[1]:.1f} %",
            _three(fall.cascades["event"]),
            _three(fall.flat["event"]),
            _three(fall.cascades["worst"]),
            *base,
        ]
        print(f"| {' | '.join(cells)} |")


def _three(said: Floats) -> str:
    return " ".join(f"{value:.1f}" for value in said[::-1])


def coverage(found: Sequence[Fall]) -> None:
    """Print how often each held the real low, and its loss."""
    print("\n## All falls\n")
    print(
        "| shock | falls | said by | held, hour | held, day | loss, hour | loss, day |\n|---|---|---|---|---|---|---|"
    )
    for shock in SHOCKS:
        falls_so = [fall for fall in found if fall.shock == shock and fall.base is not None]
        if not falls_so:
            continue
        rows = [(f"map, {state}", [(f.cascades[state],) * 2 for f in falls_so]) for state in STATES]
        rows += [(f"flat map, {state}", [(f.flat[state],) * 2 for f in falls_so]) for state in STATES]
        rows.append(("base rate", [f.base for f in falls_so if f.base]))
        for name, said in rows:
            scores = [
                f"{np.mean([held(each[horizon], f.real[horizon]) for each, f in zip(said, falls_so, strict=True)]):.0%}"
                for horizon in (0, 1)
            ] + [
                f"{np.mean([loss(each[horizon], f.real[horizon]) for each, f in zip(said, falls_so, strict=True)]):.2f}"
                for horizon in (0, 1)
            ]
            print(f"| {shock:g} % | {len(falls_so)} | {name} | {' | '.join(scores)} |")


def deepest(fall: Fall, kind: str) -> float:
    """Return q90 under event, of the map or of the flat one."""
    return float((fall.cascades if kind == "map" else fall.flat)["event"][0])


def ranking(found: Sequence[Fall]) -> None:
    """Print whether falls of which the cascade says more went further, and stated odds beside what happened."""
    print("\n## Does it tell which falls go on?\n\nRank correlation of q90 under event with the real low.\n")
    print("| shock | falls | map, hour | flat map, hour | map, day | flat map, day |\n|---|---|---|---|---|---|")
    for shock in SHOCKS:
        some = [fall for fall in found if fall.shock == shock]
        cells = [
            f"{rank_correlation([deepest(fall, kind) for fall in some], [fall.real[horizon] for fall in some]):+.2f}"
            for horizon in (0, 1)
            for kind in ("map", "flat")
        ]
        print(f"| {shock:g} % | {len(some)} | {' | '.join(cells)} |")
    print("\nOdds that R comes to 1 under event, and falls that went on by as much again.\n")
    print("| shock | third by these odds | stated, mean | within the hour | within the day |\n|---|---|---|---|---|")
    for shock in SHOCKS:
        some = sorted((fall for fall in found if fall.shock == shock), key=lambda fall: fall.critical["event"])
        for name, part in zip(("least", "middle", "most"), np.array_split(np.arange(len(some)), 3), strict=True):
            these = [some[at] for at in part.tolist()]
            if not these:
                continue
            stated = np.mean([fall.critical["event"] for fall in these])
            went = [np.mean([fall.real[horizon] >= 2.0 * shock for fall in these]) for horizon in (0, 1)]
            print(f"| {shock:g} % | {name} | {stated:.2f} | {went[0]:.2f} | {went[1]:.2f} |")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--events", type=int, default=40)
    args = parser.parse_args()
    found = [
        fall
        for path in args.tables
        for shock in SHOCKS
        for market in [market_of(path)]
        for fall in falls(market, shock, args.events)
    ]
    crashes(found)
    coverage(found)
    ranking(found)


if __name__ == "__main__":
    main()
