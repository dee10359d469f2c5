"""Falls of a market, and what a cascade, a flat map and the base rate say of each: what `bench.crashes` counts."""

from collections.abc import Iterator
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

WARM_UP, DAY, SAMPLES = 336, 24, 400
CRASHES = ("2024-07-04", "2024-08-05", "2026-01-31", "2026-02-05")
FLAT_REACH = 0.30
HYPERLIQUID = "bars-"
MOST_LEVERAGE = {"BTC": 40.0, "ETH": 25.0}


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
