"""The simulated exchanges `sim` and `sim2`: public data from agents who hold real leveraged positions.

History is a function of (seed, venue, symbol, time) alone: every process returns the same, and it never changes. The
clock is read only for data that a real venue shows as of now, such as the order book and the funding rate.
The true positions, which no venue shows, are there for tests and for measuring skill.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base import Floats, Times
from service.market.contract import (
    TIMEFRAMES,
    AccountRatio,
    Candles,
    Capabilities,
    Funding,
    Liquidations,
    Market,
    OpenInterest,
    OrderBook,
    Tiers,
    UnknownSymbol,
    Unsupported,
)
from service.market.sim.book import LEVELS, draw_book
from service.market.sim.day import Day
from service.market.sim.history import MarketHistory
from service.market.sim.path import MINUTES
from service.market.sim.positions import Positions, liquidation_price
from service.market.sim.streams import stream
from service.market.sim.tape import BAR_MINUTES, Tape
from service.market.sim.venues import COINS, SIM, SIM2, Coin, Venue
from service.times import DAY_MS, MINUTE_MS

_Columns: TypeAlias = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
_Prices: TypeAlias = tuple[Floats, Floats, Floats, Floats]

REACH_DAYS = 400
_BAR_MS = BAR_MINUTES * MINUTE_MS
_LISTED, _DELISTED = 1_577_836_800_000, 4_102_444_800_000  # 2020-01-01, 2100-01-01
_BASE_FUNDING, _CROWD_FUNDING = 0.0001, 0.0005


@dataclass(frozen=True, eq=False)
class TruePositions:
    """The N open positions. Unlevered holders, if any, come last: they make both sides equal.

    side int8[N] +1 long, -1 short; entry, leverage, liquidation_price float64[N]; size float64[N] base coin
    """

    side: NDArray[np.int8]
    entry: Floats
    leverage: Floats
    liquidation_price: Floats
    size: Floats


@dataclass(frozen=True, eq=False)
class TrueLiquidations:
    """The amounts liquidated in each bar: int64[T] open times, float64[T] base coin."""

    time: Times
    long: Floats
    short: Floats


class SimulatedExchange:
    """One simulated venue; see Exchange. A request returns at most the 400 days before its `until`."""

    simulated = True
    liquidation_rule = "binance"
    capabilities = Capabilities(
        timeframes=tuple(TIMEFRAMES),
        open_interest_history=True,
        open_interest_timeframes=tuple(TIMEFRAMES),
        open_interest_days=float(REACH_DAYS),
        mark_price=True,
        order_book_depth=LEVELS,
        tiers="exchange",
        funding=True,
        account_ratio=True,
        liquidations=True,
    )

    def __init__(self, venue: Venue, *, clock: Callable[[], float], seed: int = 1) -> None:
        """Open the venue; `clock` returns epoch seconds."""
        self.id, self.name = venue.id, venue.name
        self._venue, self._clock, self._seed = venue, clock, seed
        self._coins = {coin.symbol: coin for coin in COINS}
        self._histories = {coin.symbol: MarketHistory(venue, coin, seed) for coin in COINS}

    def markets(self) -> dict[str, Market]:
        """Return every perpetual swap by ccxt unified symbol."""
        return {symbol: self._venue.market(coin) for symbol, coin in self._coins.items()}

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return traded bars."""
        coin = self._coin(symbol)
        time, tape, factor = self._bars(symbol, timeframe, since, until)
        prices = _aggregate_prices((tape.open, tape.high, tape.low, tape.close), factor, coin)
        return Candles(time, *prices, _aggregate_lots(tape.volume, factor, coin))

    def mark_ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return mark-price bars (volume 0)."""
        coin = self._coin(symbol)
        time, tape, factor = self._bars(symbol, timeframe, since, until)
        columns = tape.mark_open, tape.mark_high, tape.mark_low, tape.mark_close
        return Candles(time, *_aggregate_prices(columns, factor, coin), np.zeros(len(time)))

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return open interest at whole multiples of the timeframe, after the trades of that moment."""
        coin = self._coin(symbol)
        step = _step(timeframe)
        time, tape, factor = self._bars(symbol, timeframe, since - step, until - step)
        return OpenInterest(time + step, tape.open_interest[factor - 1 :: factor] / coin.lots)

    def open_interest_now(self, symbol: str) -> OpenInterest:
        """Return open interest after the trades of the last whole minute."""
        standing = self.true_positions(symbol, self._now() * MINUTE_MS)
        amount = standing.size[standing.side > 0].sum()
        return OpenInterest(np.array([self._now() * MINUTE_MS]), np.array([amount]))

    def account_ratio(self, symbol: str) -> AccountRatio:
        """Return how many longs there are for each short as of the last whole minute; a position is one account."""
        self._coin(symbol)
        now = self._now()
        day, _ = self._moment(symbol, now)
        long = day.result.standing(now).side > 0
        return AccountRatio(float(long.sum() / (~long).sum()), now * MINUTE_MS)

    def order_book(self, symbol: str) -> OrderBook:
        """Return 500 levels on each side, up to 8 % from the price, as of the last whole minute."""
        coin = self._coin(symbol)
        now = self._now()
        day, minute = self._moment(symbol, now)
        rng = stream(self._seed, self.id, coin.base, "book", now)
        activity = float(day.activity[minute])
        return draw_book(rng, self._venue, coin, now * MINUTE_MS, int(day.mark[minute]), activity)

    def funding(self, symbol: str) -> Funding:
        """Return the rate as of the last whole minute: the more longs outweigh shorts, the more longs pay."""
        self._coin(symbol)
        now = self._now()
        day, _ = self._moment(symbol, now)
        long, short = _sides(day.result.standing(now))
        rate = _BASE_FUNDING + _CROWD_FUNDING * (long - short) / max(long, short)
        return Funding(round(rate, 8), 8.0, now * MINUTE_MS)

    def tiers(self, symbol: str) -> Tiers:
        """Return the risk tiers."""
        return self._venue.tiers(self._coin(symbol))

    def true_positions(self, symbol: str, at_ms: int) -> TruePositions:
        """Return the positions open after the trades of the minute of `at_ms`; each side sums to open interest.

        Leveraged longs and leveraged shorts need not sum to the same amount. Holders at 1x make up the difference;
        their entry is the price of the moment, so they are never near liquidation.
        """
        coin, minute = self._coin(symbol), at_ms // MINUTE_MS
        day, inside = self._moment(symbol, minute)
        standing = day.result.standing(minute)
        long, short = _sides(standing)
        price = float(day.mark[inside]) / coin.ticks
        return _with_holders(standing, short - long, price, self._venue.maintenance(coin), coin)

    def true_liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> TrueLiquidations:
        """Return what was liquidated in each bar."""
        coin = self._coin(symbol)
        time, tape, factor = self._bars(symbol, timeframe, since, until)
        sides = (_aggregate_lots(lots, factor, coin) for lots in (tape.liquidated_long, tape.liquidated_short))
        return TrueLiquidations(time, *sides)

    def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Liquidations:
        """Return realised liquidations, valued at each bar's close; this venue publishes all of them."""
        real, bars = (
            self.true_liquidations(symbol, timeframe, since, until),
            self.ohlcv(symbol, timeframe, since, until),
        )
        return Liquidations(real.time, real.long * bars.close, real.short * bars.close)

    def _coin(self, symbol: str) -> Coin:
        if symbol not in self._coins:
            raise UnknownSymbol(self.id, symbol)
        return self._coins[symbol]

    def _now(self) -> int:
        return int(self._clock() // 60)

    def _moment(self, symbol: str, minute: int) -> tuple[Day, int]:
        day, inside = divmod(minute, MINUTES)
        return self._histories[symbol].day(day), inside

    def _bars(self, symbol: str, timeframe: str, since: int, until: int) -> tuple[Times, Tape, int]:
        """Return the open times of the bars in range, their 5-minute bars, and how many of these make one bar."""
        step = _step(timeframe)
        stop = -(-min(until, _DELISTED) // step) * step
        start = max(-(-max(since, _LISTED) // step) * step, stop - REACH_DAYS * DAY_MS)
        factor = step // _BAR_MS
        if stop <= start:
            return np.empty(0, np.int64), Tape.empty(), factor
        first = start // DAY_MS
        tape = self._histories[symbol].tape(first, (stop - 1) // DAY_MS)
        offset, length = (start - first * DAY_MS) // _BAR_MS, (stop - start) // _BAR_MS
        return np.arange(start, stop, step, dtype=np.int64), tape.part(offset, offset + length), factor


def sim(*, clock: Callable[[], float], seed: int = 1) -> SimulatedExchange:
    """Return the first simulated exchange."""
    return SimulatedExchange(SIM, clock=clock, seed=seed)


def sim2(*, clock: Callable[[], float], seed: int = 1) -> SimulatedExchange:
    """Return the second: the same coins, a third of the size, higher leverage, a slight premium."""
    return SimulatedExchange(SIM2, clock=clock, seed=seed)


SIMULATED: Mapping[str, Callable[..., SimulatedExchange]] = MappingProxyType({SIM.id: sim, SIM2.id: sim2})


def _step(timeframe: str) -> int:
    if timeframe not in TIMEFRAMES:
        raise Unsupported(f"no timeframe {timeframe!r}; one of: {', '.join(TIMEFRAMES)}")
    return TIMEFRAMES[timeframe]


def _aggregate_prices(columns: _Columns, factor: int, coin: Coin) -> _Prices:
    """Return open, high, low, close of bars made of `factor` bars each."""
    opens, highs, lows, closes = (column.reshape(-1, factor) for column in columns)
    return (
        opens[:, 0] / coin.ticks,
        highs.max(axis=1) / coin.ticks,
        lows.min(axis=1) / coin.ticks,
        closes[:, -1] / coin.ticks,
    )


def _aggregate_lots(lots: NDArray[np.int32], factor: int, coin: Coin) -> Floats:
    summed: Floats = lots.reshape(-1, factor).sum(axis=1, dtype=np.int64) / coin.lots
    return summed


def _sides(standing: Positions) -> tuple[float, float]:
    """Return how many lots longs and shorts hold."""
    long = standing.side > 0
    return float(standing.size[long].sum()), float(standing.size[~long].sum())


def _with_holders(standing: Positions, missing: float, price: float, maintenance: float, coin: Coin) -> TruePositions:
    """Return positions with `missing` lots of unlevered longs (shorts if negative) added, in base coin."""
    side = standing.side, np.full(int(missing != 0), np.sign(missing))
    ones = np.ones(len(side[1]))
    holders = liquidation_price(side[1], price * ones, ones, maintenance)
    return TruePositions(
        side=np.concatenate(side).astype(np.int8),
        entry=np.concatenate((standing.entry, price * ones)),
        leverage=np.concatenate((standing.leverage, ones)),
        liquidation_price=np.concatenate((standing.liquidation_price, holders)),
        size=np.concatenate((standing.size, abs(missing) * ones)) / coin.lots,
    )
