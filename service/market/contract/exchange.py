"""What a venue must offer: the Exchange protocol, its markets and its capabilities."""

from dataclasses import dataclass
from typing import Protocol

from service.market.contract.data import AccountRatio, Funding, OrderBook, Tiers
from service.market.contract.series import Candles, Liquidations, OpenInterest
from service.times import DAY_MS, HOUR_MS, MINUTE_MS, rfc3339

TIMEFRAMES = {
    "5m": 5 * MINUTE_MS,
    "15m": 15 * MINUTE_MS,
    "30m": 30 * MINUTE_MS,
    "1h": HOUR_MS,
    "4h": 4 * HOUR_MS,
    "1d": DAY_MS,
}


@dataclass(frozen=True)
class Delisting:
    """What an exchange says of a market that it takes off its list: when, epoch ms; None where it states no time."""

    at: int | None = None


@dataclass(frozen=True)
class Market:
    """One perpetual swap: `contract_size` is base coin per contract, `price_tick` the price step.

    An inverse one is margined and settled in its base coin; its `contract_size` is in quote currency (USD).

    id         what the venue itself calls it, empty where that is nothing else
    listed_as  what the venue calls its base, such as `1000PEPE`; empty where that is the base
    unit       how many coins one of these is
    native     the symbol by which the venue is asked for it, where that is not `symbol`; what it answers is then of
               `unit` coins
    ended      whether it is no longer traded, and `ending` what the venue says of that, as the rest of a sentence
    delisting  None of a market that stays
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
    id: str = ""
    listed_as: str = ""
    unit: float = 1.0
    native: str = ""
    ending: str = ""
    ended: bool = False
    delisting: Delisting | None = None

    @property
    def asked_as(self) -> str:
        """Return the symbol by which the venue is asked for it."""
        return self.native or self.symbol


@dataclass(frozen=True)
class Capabilities:
    """What an exchange offers in public.

    open_interest_days, _rows  how far its OI history reaches: days, or rows of whichever timeframe; None if not stated
    open_interest_days_at      the same in days for timeframes of which it differs
    inverse                    whether coin-margined perpetuals are served too
    tiers_borrowed_of          whose tiers stand in for those that it does not show
    not_served                 what of the venue's perpetuals is left out, as a noun; empty where nothing is
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
    open_interest_days_at: tuple[tuple[str, float], ...] = ()
    tiers_borrowed_of: str | None = None
    not_served: str = ""
    why_no_liquidations: str = "publishes no realised liquidations over its public API"

    def open_interest_reach(self, timeframe: str) -> float | None:
        """Return how many days back OI history of a timeframe reaches; None where that is not stated in days."""
        return dict(self.open_interest_days_at).get(timeframe, self.open_interest_days)


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
        """Return every perpetual swap by unified symbol, those that have ended too.

        All other methods are asked by a market's `asked_as`, and answer in what the venue lists.
        """

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return traded bars."""

    def mark_ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return mark-price bars (volume 0); raise Unsupported if the venue has none."""

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


def delisting_notes(exchange: Exchange, market: Market) -> list[str]:
    """Return what to say of a market that is taken off its exchange's list; nothing of any other."""
    if market.delisting is None:
        return []
    when = "" if market.delisting.at is None else f" at {rfc3339(market.delisting.at)}"
    return [f"{exchange.id} takes {market.symbol} off its list{when}: what is open then is settled."]
