"""The public data of one simulated day in 5-minute bars, stored as whole ticks and whole lots."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base import Floats, Times
from service.market.sim.path import MINUTES
from service.market.sim.positions import DayResult

BAR_MINUTES = 5
BARS = MINUTES // BAR_MINUTES


@dataclass(frozen=True, eq=False)
class Tape:
    """T consecutive 5-minute bars, int32[T] each: prices in ticks, the rest in lots.

    Integers sum exactly in any order, and take half the memory. `open_interest` is one side, at the close.
    """

    open: NDArray[np.int32]
    high: NDArray[np.int32]
    low: NDArray[np.int32]
    close: NDArray[np.int32]
    mark_open: NDArray[np.int32]
    mark_high: NDArray[np.int32]
    mark_low: NDArray[np.int32]
    mark_close: NDArray[np.int32]
    volume: NDArray[np.int32]
    open_interest: NDArray[np.int32]
    liquidated_long: NDArray[np.int32]
    liquidated_short: NDArray[np.int32]

    @classmethod
    def empty(cls) -> Self:
        """Return no bars."""
        return cls(*(np.empty(0, np.int32) for _ in fields(cls)))

    @classmethod
    def join(cls, days: list[Self]) -> Self:
        """Return the bars of all days in sequence."""
        return cls(**{f.name: np.concatenate([getattr(day, f.name) for day in days]) for f in fields(cls)})

    def part(self, start: int, stop: int) -> Self:
        """Return bars start..stop."""
        return type(self)(**{f.name: getattr(self, f.name)[start:stop] for f in fields(self)})


@dataclass(frozen=True, eq=False)
class DayFlows:
    """Lots opened, closed and open in each bar of a day, float64[288].

    opened          longs opened, and as many shorts
    closed          [long, short], liquidations included
    liquidated      [long, short]
    standing        [long, short] at the close
    """

    opened: Floats
    closed: tuple[Floats, Floats]
    liquidated: tuple[Floats, Floats]
    standing: tuple[Floats, Floats]

    @property
    def open_interest(self) -> Floats:
        """Return open interest, one side: the larger of both, because unlevered holders fill up the smaller."""
        return np.maximum(*self.standing)

    @property
    def traded(self) -> Floats:
        """Return the lots traded: new longs against new shorts, and closing longs against closing shorts.

        Unlevered holders are the counterparty of the difference between closing longs and closing shorts.
        """
        return self.opened + np.maximum(*self.closed)


def bar_of(minute: Times, day: int) -> Times:
    """Return the bar of the day that each minute (from 1970) falls in; the closing minute belongs to its bar."""
    return (minute - day * MINUTES - 1) // BAR_MINUTES


def lots_by_bar(bars: Times, lots: Floats, mask: NDArray[np.bool_]) -> Floats:
    """Return float64[288], the sum of lots in each bar where `mask` is true."""
    return np.bincount(bars[mask], weights=lots[mask], minlength=BARS).astype(np.float64)


def liquidated_by_bar(result: DayResult, day: int) -> tuple[Floats, Floats]:
    """Return the lots liquidated in each bar: longs, shorts."""
    ended, size, long = bar_of(result.ended, day), result.positions.size, result.positions.side > 0
    return lots_by_bar(ended, size, result.liquidated & long), lots_by_bar(ended, size, result.liquidated & ~long)


def count_flows(result: DayResult, day: int) -> DayFlows:
    """Sum the day's openings and closings by bar."""
    size, long = result.positions.size, result.positions.side > 0
    entered, ended = bar_of(result.positions.entered, day), bar_of(result.ended, day)
    new, gone = entered >= 0, ended < BARS
    opened = lots_by_bar(entered, size, new & long)
    closed = lots_by_bar(ended, size, gone & long), lots_by_bar(ended, size, gone & ~long)
    before = size[~new & long].sum(), size[~new & ~long].sum()
    standing = before[0] + np.cumsum(opened - closed[0]), before[1] + np.cumsum(opened - closed[1])
    return DayFlows(opened, closed, liquidated_by_bar(result, day), standing)


def traded_minutes(result: DayResult, day: int, anyone: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return bool[1441], the minutes with trades: those of `anyone`, and those in which a position opens or ends.

    The last minute always has one, so that the next day starts at a price that depends on no earlier day.
    """
    traded = anyone.copy()
    traded[-1] = True
    for minute in (result.positions.entered - day * MINUTES, result.ended - day * MINUTES):
        traded[minute[(minute > 0) & (minute <= MINUTES)]] = True
    return traded


def carry_forward(ticks: Times, traded: NDArray[np.bool_]) -> Times:
    """Return the price of the last trade up to each minute; that of minute 0 is always known."""
    last: Times = np.maximum.accumulate(np.where(traded, np.arange(len(ticks)), 0))
    return ticks[last]


def bars_of(ticks: Times, *, continuous: bool) -> tuple[Times, Times, Times, Times]:
    """Return open, high, low, close of each bar from int64[1441] minutes.

    Where trading is continuous, a bar opens at the close of the bar before. In a thin market it opens at its own first
    minute, so there are gaps.
    """
    inside = ticks[1:].reshape(BARS, BAR_MINUTES)
    opens = ticks[:-1:BAR_MINUTES] if continuous else inside[:, 0]
    highs, lows = np.maximum(opens, inside.max(axis=1)), np.minimum(opens, inside.min(axis=1))
    return opens, highs, lows, inside[:, -1]
