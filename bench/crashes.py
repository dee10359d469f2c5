"""Hold the cascade against what prices did: falls of 1, 2 and 3 % within an hour, and the crashes among them by name.

Run: python -m bench.crashes TABLE... [--events N]     (a name with "bars-" is taken to be Hyperliquid's)

Each fall is an hour that traded so far below the close before. From what was known when that hour opened, its map, a
typical book and the last day's turnover, the cascade says where forced orders alone would carry the price (q10, q50,
q90), for each state of the book. Beside it stand two nulls: a flat map that holds as much as the true one within 30 %,
and the base rate, which is how far earlier falls as large went on in the same market, all of them or those with about
as much of the map in their way. `real` is the lowest price of that hour and of the 24 hours from its opening. All are
in % of the close before.

`held` is the share of falls whose real low lies from q90 (the deepest) to q10; .8 is right for a forecast, and a
cascade is none: it leaves out every sale that is not forced. `loss` is the mean quantile (pinball) loss, in points;
less is better. Intervals are the middle nine tenths of RESAMPLES draws of whole days, all markets of a day together.
Past books are not public: the typical one holds 1 % of open interest within each percent down to 5 %.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from bench.cascade_reality import REFILL, typical_book
from service.cli.table.bars import read_table
from service.heatmap import Assumptions, Bars, Shock, VenueTerms, heatmap_of, parse_mix, price_axis, take_inventory
from service.heatmap.base import Floats
from service.heatmap.cascade import (
    STATES,
    BaseRate,
    ExecutedShare,
    StateName,
    base_rate,
    cascade_odds,
    refill_rate,
    standing_within,
)
from service.heatmap.inventory import Ensemble, take_ensemble, typical_venue
from service.heatmap.skill import OTHERS, MeasuredShare, measured_share
from service.times import rfc3339

SHOCKS = (1.0, 2.0, 3.0)
WARM_UP, DAY, SAMPLES = 336, 24, 400
CRASHES = ("2024-07-04", "2024-08-05", "2026-01-31", "2026-02-05")
RESAMPLES = 400
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
    base      of earlier falls as large; its tenths are None where there are too few
    critical  odds that R comes to 1, by state: on the market's map, and on the flat one
    """

    market: str
    hour: str
    shock: float
    real: tuple[float, float]
    cascades: dict[StateName, Floats]
    flat: dict[StateName, Floats]
    base: BaseRate
    critical: dict[StateName, tuple[float, float]]

    @property
    def day(self) -> str:
        """Return its UTC day."""
        return self.hour[:10]

    def said(self, by: str) -> tuple[Floats, Floats] | None:
        """Return what one of the tellers says of the hour and of the day, deepest first; None if it says nothing."""
        name, _, state = by.partition(", ")
        if name == "base rate":
            past = self.base.best if state else self.base.past
            return None if past.bar is None or past.day is None else (_deepest(past.bar), _deepest(past.day))
        one = (self.cascades if name == "map" else self.flat)[state]  # type: ignore[index]  # names of STATES
        return one, one

    def again(self, horizon: int) -> bool:
        """Tell whether it went on by as much again, within the hour (0) or the day (1)."""
        return self.real[horizon] >= 2.0 * self.shock


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
    later = np.flatnonzero((hour >= shock) & np.isfinite(day) & (np.arange(len(hour)) >= WARM_UP))
    dates = [_date(moment) for moment in market.bars.time[later].tolist()]
    named = {int(later[dates.index(date)]) for date in CRASHES if date in dates}
    chosen = set(later[:: max(1, -(-len(later) // most))].tolist()) | named
    standing = _standing(market, shock)
    for at in sorted(chosen):
        base = base_rate(market.bars.part(0, at), -shock, standing[:at])
        yield _fall(market, at, shock, (float(hour[at]), float(day[at])), base)


def _standing(market: Market, shock: float) -> Floats:
    """Return what stood in the way of a fall when each bar closed, share of the map's longs; NaN while it warms up."""
    bars = market.bars
    axis = price_axis(float(np.median(bars.close)), 60.0, bins=800)
    grid = heatmap_of(take_inventory(bars, market.assumptions, market.venue, axis, len(bars)))
    found = standing_within(axis.edges, grid.long, bars.close, -shock)
    found[:DAY] = np.nan
    return found


def _date(moment: int) -> str:
    return rfc3339(moment)[:10]


def _deepest(tenths: tuple[float, float, float]) -> Floats:
    """Return signed tenths, mildest first, as how far below the close before, deepest first."""
    return -np.array(tenths)[::-1]


@dataclass(frozen=True, eq=False)
class Before:
    """What was known when an hour opened."""

    price: float
    edges: Floats
    book: Floats
    refill: float
    mine: Ensemble
    flat: Ensemble


@lru_cache(maxsize=2000)
def _before(market: Market, at: int) -> Before:
    """Return what was known before a bar; falls of several sizes share it."""
    known = market.bars.part(0, at)
    price, last = float(known.close[-1]), known.part(-DAY)
    axis = price_axis(price, 50.0, bins=400)
    maps = take_ensemble(known, market.assumptions, market.venue, axis)
    refill = refill_rate(last.volume * last.close, 2.0 * (last.high - last.low) / last.close, REFILL)
    inside = (axis.edges[:-1] < price) & (axis.edges[1:] > price * np.exp(-FLAT_REACH))
    width = np.where(inside, np.diff(np.log(np.maximum(axis.edges, 1e-9))), 0.0)
    level = np.where(inside, maps.long, 0.0).sum(axis=1, keepdims=True) * width / width.sum()
    book = typical_book(price, float(known.open_interest[-1]))
    return Before(price, axis.edges, book, refill, maps, replace(maps, long=level))


def _fall(market: Market, at: int, shock: float, real: tuple[float, float], base: BaseRate) -> Fall:
    before = _before(market, at)
    mine, flat = (
        {state: _odds(market, before, one, shock, state) for state in STATES} for one in (before.mine, before.flat)
    )
    return Fall(
        market=market.name,
        hour=rfc3339(int(market.bars.time[at])),
        shock=shock,
        real=real,
        cascades={state: said for state, (said, _) in mine.items()},
        flat={state: said for state, (said, _) in flat.items()},
        base=base,
        critical={state: (mine[state][1], flat[state][1]) for state in STATES},
    )


def _odds(market: Market, before: Before, maps: Ensemble, shock: float, state: StateName) -> tuple[Floats, float]:
    found = cascade_odds(
        before.book,
        before.book,
        before.edges,
        maps.long,
        maps.short,
        before.price,
        Shock(move_pct=-shock),
        rng=np.random.default_rng(0),
        samples=SAMPLES,
        executed=market.executed,
        refill=before.refill,
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


def resampled(found: Sequence[Fall], figure: Callable[[Sequence[Fall]], float]) -> str:
    """Return a figure of some falls with the middle nine tenths of it over draws of their days."""
    by_day: dict[str, list[Fall]] = {}
    for fall in found:
        by_day.setdefault(fall.day, []).append(fall)
    days, rng = list(by_day.values()), np.random.default_rng(0)
    drawn = [
        figure([fall for day in rng.integers(len(days), size=len(days)) for fall in days[day]])
        for _ in range(RESAMPLES)
    ]
    low, high = np.nanquantile(drawn, (0.05, 0.95))
    return f"{figure(found):.2f} [{low:.2f}, {high:.2f}]"


def crashes(found: Sequence[Fall]) -> None:
    """Print the first fall of each size on the crashes' days."""
    print("\n## The crashes\n")
    said = "map, event: q10 q50 q90 | flat map, event | map, worst | base rate, hour | base rate, day"
    print(f"| crash | shock | real low, hour | real low, day | {said} |\n|---|---|---|---|---|---|---|---|---|")
    seen = set()
    for fall in found:
        key = fall.market, fall.day, fall.shock
        if fall.day not in CRASHES or key in seen:
            continue
        seen.add(key)
        base = fall.said("base rate")
        cells = [
            f"{fall.market} {fall.hour[:13]}",
            f"{fall.shock:g} %",
            f"{fall.real[0]:.1f} %",
            f"{fall.real[1]:.1f} %",
            _three(fall.cascades["event"]),
            _three(fall.flat["event"]),
            _three(fall.cascades["worst"]),
            *([_three(each) for each in base] if base else ["too few"] * 2),
        ]
        print(f"| {' | '.join(cells)} |")


def _three(said: Floats) -> str:
    return " ".join(f"{value:.1f}" for value in said[::-1])


TELLERS = (
    *(f"{name}, {state}" for name in ("map", "flat map") for state in STATES),
    "base rate",
    "base rate, as much in the way",
)


def coverage(found: Sequence[Fall]) -> None:
    """Print how often each held the real low, and its loss."""
    print(
        "\n## All falls\n\n"
        "| shock | falls | said by | held, hour | held, day | loss, hour | loss, day |\n|---|---|---|---|---|---|---|"
    )
    for shock in SHOCKS:
        some = [fall for fall in found if fall.shock == shock and fall.said("base rate")]
        for by in TELLERS if some else ():
            cells = [resampled(some, _mean(by, horizon, score)) for score in (held, loss) for horizon in (0, 1)]
            print(f"| {shock:g} % | {len(some)} | {by} | {' | '.join(cells)} |")


def _mean(by: str, horizon: int, score: Callable[[Floats, float], float]) -> Callable[[Sequence[Fall]], float]:
    def figure(falls_so: Sequence[Fall]) -> float:
        told = [(fall.said(by), fall.real[horizon]) for fall in falls_so]
        return float(np.mean([score(said[horizon], real) for said, real in told if said]))

    return figure


def ranking(found: Sequence[Fall]) -> None:
    """Print whether falls of which the cascade says more went further."""
    print("\n## Does it tell which falls go on?\n\nRank correlation of q90 under event with the real low.\n")
    print("| shock | falls | map, hour | flat map, hour | map, day | flat map, day |\n|---|---|---|---|---|---|")
    for shock in SHOCKS:
        some = [fall for fall in found if fall.shock == shock]
        cells = [resampled(some, _ranks(by, horizon)) for horizon in (0, 1) for by in ("map, event", "flat map, event")]
        print(f"| {shock:g} % | {len(some)} | {' | '.join(cells)} |")


def _ranks(by: str, horizon: int) -> Callable[[Sequence[Fall]], float]:
    def figure(some: Sequence[Fall]) -> float:
        deepest = [said[0][0] for fall in some if (said := fall.said(by))]
        return rank_correlation(deepest, [fall.real[horizon] for fall in some])

    return figure


Stated = Callable[[Fall], float | None]


def stated_odds() -> dict[str, tuple[int, Stated]]:
    """Return who states odds that a fall goes on by as much again: for which horizon, and how."""
    return {
        "R comes to 1, map, event": (0, lambda fall: fall.critical["event"][0]),
        "R comes to 1, flat map, event": (0, lambda fall: fall.critical["event"][1]),
        "R comes to 1, map, worst": (0, lambda fall: fall.critical["worst"][0]),
        "base rate, hour": (0, lambda fall: fall.base.past.again_bar),
        "base rate, as much in the way, hour": (0, lambda fall: fall.base.best.again_bar),
        "base rate, day": (1, lambda fall: fall.base.past.again_day),
        "base rate, as much in the way, day": (1, lambda fall: fall.base.best.again_day),
    }


def calibration(found: Sequence[Fall]) -> None:
    """Print odds as stated beside what happened, by thirds of what was stated."""
    print("\n## Odds stated and realised: a fall goes on by as much again\n")
    print("| shock | stated by | third | falls | stated | realised |\n|---|---|---|---|---|---|")
    for shock in SHOCKS:
        for name, (horizon, stated) in stated_odds().items():
            some = [(fall, odds) for fall in found if fall.shock == shock and (odds := stated(fall)) is not None]
            some.sort(key=lambda pair: (pair[1], pair[0].hour, pair[0].market))
            for third, part in zip(("least", "middle", "most"), np.array_split(np.arange(len(some)), 3), strict=True):
                these = [some[at] for at in part.tolist()]
                if these:
                    print(f"| {shock:g} % | {name} | {third} | {_stated_row(these, horizon)} |")


def _stated_row(these: Sequence[tuple[Fall, float]], horizon: int) -> str:
    realised = resampled(
        [fall for fall, _ in these], lambda part: float(np.mean([fall.again(horizon) for fall in part]))
    )
    return f"{len(these)} | {np.mean([odds for _, odds in these]):.2f} | {realised}"


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--events", type=int, default=60)
    args = parser.parse_args()
    found = [
        fall
        for path in args.tables
        for market in [market_of(path)]
        for shock in SHOCKS
        for fall in falls(market, shock, args.events)
    ]
    crashes(found)
    coverage(found)
    ranking(found)
    calibration(found)


if __name__ == "__main__":
    main()
