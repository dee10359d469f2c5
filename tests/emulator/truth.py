"""Truth: one market per coin in base units, from which every emulated venue derives its own figures.

Amounts here are in base coin and open interest counts one side. Nothing after `now` is ever shown; a bar that is
still forming is shown with what it holds so far, as venues do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tests.emulator.hours import COINS, SLICE, Floats, Ints, Slices

FUNDING_RATE = 0.0001
FUNDING_HOURS = 8
BOOK_LEVEL_USD = 150_000.0
BOOK_DECAY = 400.0
BOOK_SPACING = 2e-5


@dataclass(frozen=True, eq=False)
class Candles:
    """Bars of one step: traded or mark prices, base-coin volume, quote-currency turnover, OI at each close."""

    time: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    turnover: Floats
    taker_buy: Floats
    trades: Ints
    open_interest: Floats
    liquidated_long: Floats
    liquidated_short: Floats
    ratio: Floats


@dataclass(frozen=True, eq=False)
class Orders:
    """Liquidation orders, oldest first: when, of which side (+1 long, -1 short), base coin, at which price."""

    time: Ints
    side: Ints
    amount: Floats
    price: Floats


@dataclass(frozen=True)
class Tier:
    """A risk tier: up to `cap` quote currency of notional, this maintenance rate and leverage hold."""

    floor: float
    cap: float
    maintenance_rate: float
    maintenance_amount: float
    max_leverage: float


@dataclass(frozen=True, eq=False)
class Book:
    """Depth in base coin: float64[n, 2] rows of (price, amount), best first."""

    bids: Floats
    asks: Floats


def ladder(*steps: tuple[float, float, float]) -> tuple[Tier, ...]:
    """Return tiers from (cap, maintenance rate, max leverage), with their maintenance amounts."""
    tiers: list[Tier] = []
    floor = amount = rate = 0.0
    for cap, next_rate, leverage in steps:
        amount += floor * (next_rate - rate)
        tiers.append(Tier(floor, cap, next_rate, amount, leverage))
        floor, rate = cap, next_rate
    return tuple(tiers)


TIERS = {
    "BTC": ladder((2e6, 0.005, 100), (1e7, 0.01, 50), (5e7, 0.02, 25), (2e8, 0.05, 10), (1e9, 0.1, 5)),
    "ETH": ladder((1e6, 0.005, 100), (5e6, 0.01, 50), (2e7, 0.02, 25), (1e8, 0.05, 10), (5e8, 0.1, 5)),
    "SOL": ladder((5e5, 0.01, 50), (2e6, 0.02, 25), (1e7, 0.05, 10), (5e7, 0.1, 5)),
}


class Truth:
    """The true markets, read-only; `now` enters every question."""

    def __init__(self, slices: Mapping[str, Slices]) -> None:
        """Take five-minute slices by coin."""
        self._slices = dict(slices)

    @property
    def bases(self) -> tuple[str, ...]:
        """Return the coins that are traded."""
        return tuple(self._slices)

    def with_coins(self, more: Iterable[str], like: str) -> "Truth":
        """Return a truth with these coins beside its own, which trade as that one does."""
        return Truth(self._slices | dict.fromkeys(more, self._slices[like]))

    def first_time(self, base: str) -> int:
        """Return the open time of the coin's first slice."""
        return int(self._slices[base].time[0])

    def candles(self, base: str, step: int, now: int, *, mark: bool = False, offset: int = 0) -> Candles:
        """Return all bars of `step` ms that have opened by `now`; they open at multiples of step plus offset."""
        bars = self._shown(base, now)
        bucket = (bars.time - offset) // step
        first = np.flatnonzero(np.diff(bucket, prepend=-1))
        last = np.append(first[1:], len(bucket)) - 1
        middle = (bars.high + bars.low) / 2
        per = bars.coin.per_coin
        opened, high, low, closed = (
            (bars.mark_open, bars.mark_high, bars.mark_low, bars.mark_close)
            if mark
            else (bars.open, bars.high, bars.low, bars.close)
        )

        def total(lots: Ints) -> Floats:
            return np.add.reduceat(lots, first) / per

        return Candles(
            time=bucket[first] * step + offset,
            open=opened[first],
            high=np.maximum.reduceat(high, first),
            low=np.minimum.reduceat(low, first),
            close=closed[last],
            volume=total(bars.volume),
            turnover=np.add.reduceat(bars.volume * middle, first) / per,
            taker_buy=total(bars.taker_buy),
            trades=np.add.reduceat(bars.trades, first),
            open_interest=bars.open_interest[last] / per,
            liquidated_long=total(bars.liquidated_long),
            liquidated_short=total(bars.liquidated_short),
            ratio=bars.ratio[last],
        )

    def open_interest(self, base: str, step: int, now: int, *, offset: int = 0) -> tuple[Ints, Floats, Floats]:
        """Return (time, amount, price) of OI as it stood at each multiple of step (plus offset) up to `now`."""
        bars = self._slices[base]
        time = bars.time + SLICE
        chosen = ((time - offset) % step == 0) & (time <= now)
        return time[chosen], bars.open_interest[chosen] / bars.coin.per_coin, bars.close[chosen]

    def latest_open_interest(self, base: str, now: int) -> float:
        """Return OI at the close of the last slice that has closed."""
        return float(self.open_interest(base, SLICE, now)[1][-1])

    def liquidation_orders(self, base: str, now: int) -> Orders:
        """Return what was liquidated until `now`, each slice and side in three orders, a minute and a half apart."""
        bars = self._slices[base]
        closed = bars.where(slice(0, int(np.searchsorted(bars.time, now - SLICE, side="right"))))
        lots = np.stack([closed.liquidated_long, closed.liquidated_short], axis=1)
        parts = np.diff(lots[:, None, :] * np.arange(4)[:, None] // 3, axis=1)
        time, side = np.broadcast_to(np.arange(3)[:, None] * 90_000, parts.shape), np.broadcast_to([1, -1], parts.shape)
        price = np.broadcast_to(closed.close[:, None, None], parts.shape)
        traded = parts > 0
        return Orders(
            (closed.time[:, None, None] + time)[traded], side[traded], parts[traded] / bars.coin.per_coin, price[traded]
        )

    def price(self, base: str, now: int) -> float:
        """Return the last traded price."""
        return float(self._shown(base, now).close[-1])

    def book(self, base: str, now: int, levels: int) -> Book:
        """Return depth around the last price: it decays away from it, with a wall every 97 levels."""
        coin, price = COINS[base], self.price(base, now)
        tick = 10.0**-coin.price_digits
        away = np.arange(levels)
        spacing = max(1, round(price * BOOK_SPACING / tick)) * tick
        usd = BOOK_LEVEL_USD * np.exp(-away / BOOK_DECAY) * np.where(away % 97 == 96, 5.0, 1.0)
        amount = np.maximum(np.round(usd / price * coin.per_coin), 1) / coin.per_coin
        distance = tick + away * spacing
        bids, asks = (np.round(price + side * distance, coin.price_digits) for side in (-1, 1))
        kept = bids > 0
        return Book(np.stack([bids, amount], axis=1)[kept], np.stack([asks, amount], axis=1))

    def next_funding(self, now: int) -> int:
        """Return the next funding time, epoch ms."""
        period = FUNDING_HOURS * 3_600_000
        return (now // period + 1) * period

    def _shown(self, base: str, now: int) -> Slices:
        """Return the slices that have opened by `now`."""
        bars = self._slices[base]
        return bars.where(slice(0, int(np.searchsorted(bars.time, now))))
