"""One market at one moment: what the model is given, and what it is made of."""

from dataclasses import dataclass, field
from math import inf
from typing import Literal, TypeAlias

import numpy as np

from service.heatmap import Bars
from service.heatmap.base import Floats
from service.heatmap.margin import Counted, MarginTiers
from service.market.contract.series import OpenInterest

# What a price is: the middle between best bid and ask, or the close of the newest bar.
PriceSource: TypeAlias = Literal["book_middle", "last_close"]
# The best first.
PRICE_SOURCES: tuple[PriceSource, ...] = ("book_middle", "last_close")
# Why a map of the past has no order book, funding or account ratio: a reason that holds for every one of them.
NOT_OF_THE_PAST = "not published for the past"
# What to know of tiers whose source is `derived`.
DERIVED_NOTE = "Risk tiers follow from the most leverage alone: larger positions may have stricter ones."


@dataclass(frozen=True, eq=False)
class OrderBook:
    """One snapshot: float64[n, 2] rows of (price, amount in base coin); bids fall, asks rise.

    time  of the snapshot, epoch ms; left out of comparisons and digests
    """

    time: int = field(compare=False)
    bids: Floats
    asks: Floats


@dataclass(frozen=True, eq=False)
class Tiers:
    """Risk tiers by position notional, lowest first; float64[n] each.

    floor               quote currency, floor[0] == 0
    maintenance_rate    fraction of notional
    maintenance_amount  quote currency: c[0] = 0, c[n] = c[n-1] + floor[n] * (m[n] - m[n-1])
    max_leverage        the most leverage allowed in the tier
    source              `exchange`, `derived` (from its most leverage), `table` (ours), `borrowed` or `assumed`
    cap                 the most notional of the last tier, quote currency; inf where none is stated
    read_at             when the feed read them, epoch ms; left out of comparisons and digests
    coin_price          where the exchange counts its tiers in coin or in contracts of coin: the price that `floor`,
                        `cap` and the amounts were valued at; None where it counts them in quote currency
    by_leverage         a table for each leverage, rising, of an exchange that has several
    dated               the day that a table of ours is of, ISO 8601; else empty
    note                what a reader should know of tiers that are not the exchange's own, a sentence; else empty
    """

    floor: Floats
    maintenance_rate: Floats
    maintenance_amount: Floats
    max_leverage: Floats
    source: str
    cap: float = inf
    read_at: int = field(default=0, compare=False)
    coin_price: float | None = None
    by_leverage: tuple[tuple[float, "Tiers"], ...] = ()
    dated: str = ""
    note: str = ""

    @property
    def counted_in(self) -> Counted:
        """Return what `floor` is counted in here, whatever the exchange does."""
        return "quote"

    def as_counted(self, *, inverse: bool) -> MarginTiers:
        """Return the tiers in the unit that the exchange counts them in, amounts in the currency of the margin."""
        unit = self.coin_price or 1.0
        return MarginTiers(
            floor=self.floor / unit,
            maintenance_rate=self.maintenance_rate,
            maintenance_amount=self.maintenance_amount / unit if inverse else self.maintenance_amount,
            max_leverage=self.max_leverage,
            cap=self.cap / unit,
            counted_in="quote" if self.coin_price is None else "base",
            by_leverage=[(leverage, table.as_counted(inverse=inverse)) for leverage, table in self.by_leverage],
        )


def ladder(floor: Floats, rate: Floats, leverage: Floats, source: str, cap: float = np.inf) -> Tiers:
    """Return tiers with their maintenance amounts: c[0] = 0, c[n] = c[n-1] + floor[n] * (m[n] - m[n-1])."""
    amount = np.concatenate([[0.0], np.cumsum(floor[1:] * np.diff(rate))])
    return Tiers(floor, np.ascontiguousarray(rate), amount, np.ascontiguousarray(leverage), source, cap)


@dataclass(frozen=True)
class Funding:
    """The funding rate in force at `time` (epoch ms): fraction per `interval_hours`, longs pay when positive."""

    rate: float
    interval_hours: float
    time: int = field(compare=False)


@dataclass(frozen=True)
class AccountRatio:
    """Accounts that are net long over accounts that are net short, at `time` (epoch ms)."""

    ratio: float
    time: int


@dataclass(frozen=True)
class Coverage:
    """How much of what the model needs was there; every share is 0..1.

    first, last                   open times (epoch ms) of the first and last bar that is there
    gaps                          bars missing between the first one and the moment asked for
    missing_at_end                how many of these come after the last one
    open_interest_missing_at_end  bars after the last one with open interest, which the map is scaled to
    inconsistent                  bars whose open interest moved by more than was traded
    unusable                      bars that the exchange sent and that cannot be right; they are among the gaps
    repaired                      bars whose range did not hold their open or close, and was widened
    open_interest_unusable        rows of open interest that were sent and cannot be right
    open_interest_repeated        bars whose open interest only repeats that of the bar before, as in an outage
    notes                         what a reader should know of the market and its rows, a sentence each
    """

    first: int
    last: int
    bars: int
    gaps: int
    open_interest_share: float
    mark_price_share: float
    has_book: bool
    inconsistent: int = 0
    missing_at_end: int = 0
    open_interest_missing_at_end: int = 0
    unusable: int = 0
    repaired: int = 0
    open_interest_unusable: int = 0
    open_interest_repeated: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class MarketData:
    """One market as it stood at `as_of` (epoch ms).

    rule                      id of the liquidation rule that holds in it
    price_tick                the price step, in quote currency; 0 where it is not known
    inverse                   margined in its base coin: volume and open interest of the bars are then in USD, which
                              such contracts are of, and not in base coin
    recent_interest           open interest of the last day, hourly or finer whatever the bars; in the unit of theirs
    missing                   what could not be had, and why
    price_source, price_time  what the price was taken from, and of when (epoch ms)
    stale                     a bar has closed that is not among the bars, or the order book is older than it should be
    """

    exchange: str
    symbol: str
    timeframe: str
    bars: Bars
    tiers: Tiers
    coverage: Coverage
    as_of: int
    price: float
    taker_fee: float
    rule: str
    price_tick: float = 0.0
    inverse: bool = False
    simulated: bool = False
    book: OrderBook | None = None
    funding: Funding | None = None
    account_ratio: AccountRatio | None = None
    recent_interest: OpenInterest | None = None
    missing: dict[str, str] = field(default_factory=dict)
    price_source: PriceSource = "last_close"
    price_time: int = 0
    stale: bool = False

    @property
    def unit(self) -> str:
        """Return what volume and open interest are counted in: the base coin, or USD where the contract is inverse."""
        return "USD" if self.inverse else self.symbol.partition("/")[0]
