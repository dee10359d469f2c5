"""What any source of market data offers: the protocol, its data and its errors.

address       what is taken of an exchange's limits by all who share an address
data          the other kinds of data, and one market with all of them
denomination  contracts of a thousand coins, known as the coin that they are of
errors        the tree of what may be raised
exchange      the protocol, markets and capabilities
gaps          rows that a series lacks
series        rows by time: candles, open interest, liquidations
symbols       from symbols as people write them to one exchange's own
"""

from service.market.contract.address import Claim, Ledger, Listings, Sharing
from service.market.contract.data import (
    DERIVED_NOTE,
    NOT_OF_THE_PAST,
    PRICE_SOURCES,
    AccountRatio,
    Coverage,
    Funding,
    MarketData,
    OrderBook,
    PriceSource,
    Tiers,
    ladder,
)
from service.market.contract.denomination import by_coin, coin_and_unit
from service.market.contract.errors import (
    MISREAD,
    BadData,
    DifferentMarket,
    ExchangeUnavailable,
    Late,
    MarketError,
    NotPublished,
    Overloaded,
    Resting,
    UnknownExchange,
    UnknownSymbol,
    Unsupported,
)
from service.market.contract.exchange import (
    TIMEFRAMES,
    Capabilities,
    Delisting,
    Exchange,
    Market,
    delisting_notes,
    liquidation_rule,
)
from service.market.contract.gaps import gap_span
from service.market.contract.series import Candles, Liquidations, OpenInterest, TimeSeries
from service.market.contract.symbols import resolve

__all__ = [
    "DERIVED_NOTE",
    "MISREAD",
    "NOT_OF_THE_PAST",
    "PRICE_SOURCES",
    "TIMEFRAMES",
    "AccountRatio",
    "BadData",
    "Candles",
    "Capabilities",
    "Claim",
    "Coverage",
    "Delisting",
    "DifferentMarket",
    "Exchange",
    "ExchangeUnavailable",
    "Funding",
    "Late",
    "Ledger",
    "Liquidations",
    "Listings",
    "Market",
    "MarketData",
    "MarketError",
    "NotPublished",
    "OpenInterest",
    "OrderBook",
    "Overloaded",
    "PriceSource",
    "Resting",
    "Sharing",
    "Tiers",
    "TimeSeries",
    "UnknownExchange",
    "UnknownSymbol",
    "Unsupported",
    "by_coin",
    "coin_and_unit",
    "delisting_notes",
    "gap_span",
    "ladder",
    "liquidation_rule",
    "resolve",
]
