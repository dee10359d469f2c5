"""One day of a simulated market: from the state before it to its public bars and the open positions after it.

The published price is the fair price, times the venue's basis, plus the price impact of liquidations. The impact cannot
be computed from the published price itself: each day would then depend on every day before it. So there are two rounds:
1. *Shadow*: positions follow the fair price. Their net liquidations, as a share of usual open interest, move the price:
   0.25 % for each 1 % liquidated, at most 1.5 %, halved every 20 minutes, dropped after 6 hours.
2. *True*: the same positions follow the moved price. All public data come from these.
So the first wave of a cascade moves the price. Liquidations that it triggers are real, but move the price no further.
"""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from service.heatmap.base import Floats, Times
from service.market.sim.agents import Arrivals, draw_arrivals
from service.market.sim.path import MINUTES, FairDay, FairPath, midnight_noise
from service.market.sim.positions import DayResult, Positions, enter, no_positions, step_day
from service.market.sim.streams import stream
from service.market.sim.tape import (
    BAR_MINUTES,
    BARS,
    Tape,
    bars_of,
    carry_forward,
    count_flows,
    liquidated_by_bar,
    traded_minutes,
)
from service.market.sim.venues import Coin, Venue

_PUSH, _PUSH_LIMIT, _PUSH_BARS = 0.25, 0.015, 72
_PUSH_DECAY = 0.5 ** (BAR_MINUTES / 20)
_CHURN = 1.0  # lots that market makers trade for each lot of positions: half of all volume opens no position


@dataclass(frozen=True, eq=False)
class State:
    """The state between two days.

    shadow, true  open positions of either round
    pressure      float64[72], net forced buying in the last 6 hours, as a share of usual open interest
    last          the last mark and traded price, in ticks
    """

    shadow: Positions
    true: Positions
    pressure: Floats
    last: tuple[int, int] | None


@dataclass(frozen=True, eq=False)
class Day:
    """One true day: int64[1441] mark and trade ticks at minutes 0..1440, float64[1440] activity, positions, bars."""

    mark: Times
    trade: Times
    activity: Floats
    result: DayResult
    tape: Tape


def empty_market() -> State:
    """Return the state of a market without positions."""
    return State(no_positions(), no_positions(), np.zeros(_PUSH_BARS), None)


class DayByDay:
    """Advances one market of one venue. One thread at a time."""

    def __init__(self, venue: Venue, coin: Coin, seed: int) -> None:
        """Fix everything that the market is a function of."""
        self._venue, self._coin, self._seed = venue, coin, seed
        self._maintenance = venue.maintenance(coin)
        self._usual = coin.open_interest * venue.size * coin.lots
        self._fair = FairPath(seed, coin)

    def shadow(self, state: State, day: int) -> State:
        """Advance the shadow alone."""
        fair = self._fair.day(day)
        shadow, pressure = self._shadow(state, day, fair, self._arrivals(day, fair))
        return State(shadow, state.true, pressure[-_PUSH_BARS:], None)

    def advance(self, state: State, day: int) -> tuple[State, Day]:
        """Advance shadow and true positions, and return the day."""
        fair = self._fair.day(day)
        arrivals = self._arrivals(day, fair)
        shadow, pressure = self._shadow(state, day, fair, arrivals)
        log = fair.log + self._basis(day) + _push(np.concatenate((state.pressure, pressure)))
        mark = np.rint(np.exp(log) * self._coin.ticks).astype(np.int64)
        price = mark / self._coin.ticks
        result = step_day(state.true, enter(arrivals, day, price, self._maintenance), day, price)
        done = self._publish(state.last, mark, result, day, fair)
        true = result.standing((day + 1) * MINUTES)
        return State(shadow, true, pressure[-_PUSH_BARS:], (int(mark[-1]), int(done.trade[-1]))), done

    def _stream(self, purpose: str, day: int) -> np.random.Generator:
        return stream(self._seed, self._venue.id, self._coin.base, purpose, day)

    def _arrivals(self, day: int, fair: FairDay) -> Arrivals:
        return draw_arrivals(self._stream("agents", day), self._venue, self._coin, fair.activity)

    def _basis(self, day: int) -> Floats:
        noise = midnight_noise(self._stream("basis", day), MINUTES + 1)
        return self._venue.basis + self._venue.basis_vol * noise

    def _shadow(self, state: State, day: int, fair: FairDay, arrivals: Arrivals) -> tuple[Positions, Floats]:
        """Return the shadow at the end of the day, and float64[288], its net forced buying as a share of usual OI."""
        price = np.exp(fair.log)
        result = step_day(state.shadow, enter(arrivals, day, price, self._maintenance), day, price)
        long, short = liquidated_by_bar(result, day)
        return result.standing((day + 1) * MINUTES), (short - long) / self._usual

    def _publish(self, last: tuple[int, int] | None, mark: Times, result: DayResult, day: int, fair: FairDay) -> Day:
        """Make the day's trades and bars."""
        coin, rng, flows = self._coin, self._stream("trades", day), count_flows(result, day)
        traded = traded_minutes(result, day, rng.random(MINUTES + 1) < coin.traded_minutes)
        trade = np.rint(mark * (1.0 + coin.noise * rng.standard_normal(MINUTES + 1))).astype(np.int64)
        if last:
            mark[0], trade[0] = last
        trade = carry_forward(trade, traded)
        busy = traded[1:].reshape(BARS, BAR_MINUTES).mean(axis=1)
        pace = fair.activity.reshape(BARS, BAR_MINUTES).mean(axis=1)
        churn = _CHURN * self._usual * self._venue.turnover / BARS * busy * pace
        churn = np.rint(churn * np.exp(0.4 * rng.standard_normal(BARS) - 0.08))
        amounts = (flows.traded + churn, flows.open_interest, *flows.liquidated)
        columns = (*bars_of(trade, continuous=coin.continuous), *bars_of(mark, continuous=True), *amounts)
        return Day(mark, trade, fair.activity, result, Tape(*(column.astype(np.int32) for column in columns)))


def _push(pressure: Floats) -> Floats:
    """Return float64[1441], by how much liquidations move the log price.

    `pressure` is float64[360], net forced buying: that of the last 6 hours before the day, then that of the day.
    """
    felt = np.array(list(accumulate(pressure.tolist(), lambda push, new: push * _PUSH_DECAY + new)))[_PUSH_BARS - 1 :]
    moved = _PUSH * felt
    moved /= 1.0 + np.abs(moved) / _PUSH_LIMIT
    return np.interp(np.arange(MINUTES + 1), np.arange(0, MINUTES + 1, BAR_MINUTES), moved)
