"""The Exchange protocol and the errors that any source of market data may raise.

MarketError
├── UnknownExchange      no such exchange here                          -> 404
├── UnknownSymbol        the exchange does not list it                  -> 404
├── Unsupported          the exchange does not offer this data          -> 422
│   └── NotPublished     it does not publish what was asked about       -> 404
└── ExchangeUnavailable  it did not answer, or not with usable data     -> 503
    ├── BadData          it answered, and the answer failed validation
    └── Overloaded       too many loads from it are under way here
"""

from dataclasses import dataclass
from typing import Protocol

from service.heatmap.base import Floats, Times
from service.market.contract.data import AccountRatio, Funding, OpenInterest, OrderBook, Tiers
from service.times import DAY_MS, HOUR_MS, MINUTE_MS

TIMEFRAMES = {
    "5m": 5 * MINUTE_MS,
    "15m": 15 * MINUTE_MS,
    "30m": 30 * MINUTE_MS,
    "1h": HOUR_MS,
    "4h": 4 * HOUR_MS,
    "1d": DAY_MS,
}

# Seconds after which it is worth asking again where too many loads were under way.
OVERLOAD_WAIT_S = 2.0


class MarketError(Exception):
    """Something about the market's data prevents an answer."""


class UnknownExchange(MarketError):
    """No exchange of that id is served here."""

    def __init__(self, exchange: str, known: list[str], field: str = "exchange") -> None:
        """Keep the ids that are served, and the parameter that named it, for the answer."""
        super().__init__(f"unknown exchange {exchange!r}; one of: {', '.join(known)}")
        self.exchange, self.known, self.field = exchange, known, field


class UnknownSymbol(MarketError):
    """The exchange does not list that symbol."""

    def __init__(self, exchange: str, symbol: str, why: str = "") -> None:
        """Name both, for the answer, and `why` where that is known."""
        super().__init__(f"{exchange} lists no perpetual swap {symbol!r}{why and ': '}{why}")
        self.exchange, self.symbol = exchange, symbol


class Unsupported(MarketError):
    """The exchange does not offer this data."""


class NotPublished(Unsupported):
    """The exchange does not publish what a whole resource is about."""


class ExchangeUnavailable(MarketError):
    """The exchange did not answer, or not with usable data."""

    def __init__(self, exchange: str, reason: str, retry_after: float = 5.0, *, rest: bool = False) -> None:
        """`retry_after` is in seconds; `rest` tells that all of the exchange is better left alone for so long."""
        super().__init__(f"{exchange}: {reason}")
        self.exchange, self.reason, self.retry_after, self.rest = exchange, reason, retry_after, rest


class Overloaded(ExchangeUnavailable):
    """So many loads from the exchange are under way in this process that another would wait in vain."""

    def __init__(self, exchange: str) -> None:
        """Name the exchange."""
        super().__init__(exchange, "too many loads from it are under way here", OVERLOAD_WAIT_S)


class BadData(ExchangeUnavailable):
    """The exchange answered, and the answer failed validation."""


@dataclass(frozen=True)
class Market:
    """One perpetual swap: `contract_size` is base coin per contract, `price_tick` the price step.

    An inverse one is margined and settled in its base coin; its `contract_size` is in quote currency (USD).
    """

    symbol: str
    base: str
    quote: str
    settle: str
    contract_size: float
    price_tick: float
    taker_fee: float
    max_leverage: float | None = None
    inverse: bool = False


@dataclass(frozen=True)
class Capabilities:
    """What an exchange offers in public.

    open_interest_days, _rows  how far its OI history reaches: days, or rows of whichever timeframe; None if not stated
    inverse                    whether coin-margined perpetuals are served too
    why_no_liquidations        what follows the exchange's id where realised liquidations cannot be had
    """

    timeframes: tuple[str, ...]
    open_interest_history: bool
    open_interest_timeframes: tuple[str, ...]
    open_interest_days: float | None
    mark_price: bool
    order_book_depth: int
    tiers: str
    funding: bool
    open_interest_rows: int | None = None
    account_ratio: bool = False
    inverse: bool = False
    liquidations: bool = False
    why_no_liquidations: str = "publishes no realised liquidations over its public API"


@dataclass(frozen=True, eq=False)
class Series:
    """OHLCV rows as the exchange gave them: int64[T] open times and float64[T] columns, volume in base coin."""

    time: Times
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats


@dataclass(frozen=True, eq=False)
class Liquidations:
    """Realised liquidations: int64[T] open time of each interval, float64[T] quote currency of longs and of shorts."""

    time: Times
    long: Floats
    short: Floats


class Exchange(Protocol):
    """A venue. Every method validates what it returns, and raises only MarketError.

    Time ranges are half-open in epoch ms: rows with since <= open time < until. A bar still forming at the venue is
    left out by the caller, which knows the time. Implementations page on their own, and are safe to call from threads.
    """

    id: str
    name: str
    simulated: bool
    capabilities: Capabilities
    liquidation_rule: str

    def markets(self) -> dict[str, Market]:
        """Return every perpetual swap by ccxt unified symbol."""

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Series:
        """Return traded bars."""

    def mark_ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Series | None:
        """Return mark-price bars (volume 0), None if the venue has none."""

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return OI history as far back as the venue has it; raise Unsupported if it has none."""

    def open_interest_now(self, symbol: str) -> OpenInterest:
        """Return the present OI as one row: for venues without a history, and where that lags."""

    def account_ratio(self, symbol: str) -> AccountRatio:
        """Return the newest ratio of accounts net long to net short; raise Unsupported where it is not public."""

    def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Liquidations:
        """Return realised liquidations by interval; raise Unsupported where they are not public."""

    def order_book(self, symbol: str) -> OrderBook:
        """Return the deepest public snapshot."""

    def funding(self, symbol: str) -> Funding:
        """Return the current funding rate."""

    def tiers(self, symbol: str) -> Tiers:
        """Return the risk tiers."""


def liquidation_rule(exchange: Exchange, market: Market) -> str:
    """Return the id of the rule by which the exchange liquidates positions in that market."""
    return f"{exchange.liquidation_rule}-inverse" if market.inverse else exchange.liquidation_rule
