"""Positions of the simulated market: opened at prices of a path, and open until they are closed or liquidated.

Liquidation prices are those of an isolated position with entry E, leverage L and maintenance rate m, as Binance
publishes them for the first tier: long E (1 - 1/L) / (1 - m), short E (1 + 1/L) / (1 + m). A position here stands for
many small accounts, so the rate of the first tier applies to any size.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base import Floats, Times
from service.market.sim.agents import Arrivals
from service.market.sim.path import MINUTES

_LIFTS = 11  # 2**11 > 1440


@dataclass(frozen=True, eq=False)
class Positions:
    """N positions in order of arrival; minutes count from 1970.

    side, leverage, size    as in Arrivals
    entry                   quote currency
    lower, upper            the prices that end it: liquidation on one side, target on the other
    entered, leaves         int64[N], minute of opening and of the planned close
    """

    side: Floats
    leverage: Floats
    size: Floats
    entry: Floats
    lower: Floats
    upper: Floats
    entered: Times
    leaves: Times

    @property
    def liquidation_price(self) -> Floats:
        """Return float64[N]."""
        return np.where(self.side > 0, self.lower, self.upper)

    def select(self, mask: NDArray[np.bool_]) -> Self:
        """Return the positions where `mask`, bool[N], is true."""
        return type(self)(**{f.name: getattr(self, f.name)[mask] for f in fields(self)})

    def join(self, later: Self) -> Self:
        """Return these followed by the later ones."""
        return type(self)(
            **{f.name: np.concatenate((getattr(self, f.name), getattr(later, f.name))) for f in fields(self)}
        )


@dataclass(frozen=True, eq=False)
class DayResult:
    """All positions of one day and how each of them ended.

    ended       int64[N] minute (from 1970) at which each ends: on this day, or later as planned
    liquidated  bool[N]  whether its liquidation price was reached on this day
    """

    positions: Positions
    ended: Times
    liquidated: NDArray[np.bool_]

    def standing(self, minute: int) -> Positions:
        """Return those that are open after the trades of `minute` (from 1970, of this day)."""
        return self.positions.select((self.positions.entered <= minute) & (self.ended > minute))


def no_positions() -> Positions:
    """Return no positions."""
    none, never = np.empty(0), np.empty(0, np.int64)
    return Positions(none, none, none, none, none, none, never, never)


def liquidation_price(side: Floats, entry: Floats, leverage: Floats, maintenance: float) -> Floats:
    """Return the isolated liquidation price; float64[N] each."""
    return entry * (1.0 - side / leverage) / (1.0 - side * maintenance)


def enter(arrivals: Arrivals, day: int, price: Floats, maintenance: float) -> Positions:
    """Return the day's arrivals as positions, opened at the prices of the path, float64[1441]."""
    entry = price[arrivals.minute]
    long = arrivals.side > 0
    liquidation = liquidation_price(arrivals.side, entry, arrivals.leverage, maintenance)
    target = entry * np.maximum(0.05, 1.0 + arrivals.side * arrivals.target)
    entered = day * MINUTES + arrivals.minute
    return Positions(
        side=arrivals.side,
        leverage=arrivals.leverage,
        size=arrivals.size,
        entry=entry,
        lower=np.where(long, liquidation, target),
        upper=np.where(long, target, liquidation),
        entered=entered,
        leaves=entered + arrivals.lifetime,
    )


def step_day(standing: Positions, new: Positions, day: int, price: Floats) -> DayResult:
    """Move the positions open at the start of a day, and those opened during it, along its path, float64[1441]."""
    everyone = standing.join(new)
    low, high = (
        np.concatenate(both) for both in zip(_crossed(standing, price), _crossed_after(new, day, price), strict=True)
    )
    crossed = day * MINUTES + np.minimum(low, high)
    ended = np.where(np.minimum(low, high) <= MINUTES, np.minimum(crossed, everyone.leaves), everyone.leaves)
    liquidation = np.where(everyone.side > 0, low, high)
    return DayResult(everyone, ended, (liquidation <= MINUTES) & (day * MINUTES + liquidation == ended))


def _crossed(standing: Positions, price: Floats) -> tuple[Times, Times]:
    """Return the first minutes 1..1440 at or below `lower` and at or above `upper`; 1441 where there is none."""
    deepest, highest = np.minimum.accumulate(price[1:]), np.maximum.accumulate(price[1:])
    low = 1 + np.searchsorted(-deepest, -standing.lower)
    return low.astype(np.int64), (1 + np.searchsorted(highest, standing.upper)).astype(np.int64)


def _crossed_after(new: Positions, day: int, price: Floats) -> tuple[Times, Times]:
    """Return the same for positions opened during the day, from the minute after their entry on."""
    start = new.entered - day * MINUTES + 1
    return _first_at_or_under(price, start, new.lower), _first_at_or_under(-price, start, -new.upper)


def _first_at_or_under(price: Floats, start: Times, level: Floats) -> Times:
    """Return the first minute >= start with price <= level, 1441 where there is none (binary lifting over minima)."""
    padded = np.concatenate((price, np.full(2 << _LIFTS, np.inf)))
    minima = [padded]
    for lift in range(_LIFTS - 1):
        minima.append(np.minimum(minima[-1][: -(1 << lift)], minima[-1][1 << lift :]))
    position = start.copy()
    for lift in reversed(range(_LIFTS)):
        position += np.where(minima[lift][position] > level, 1 << lift, 0)
    return np.minimum(position, MINUTES + 1)
