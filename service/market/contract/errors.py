"""What any source of market data may raise, and the HTTP status that each becomes.

MarketError
├── UnknownExchange      no such exchange here                          -> 404
├── UnknownSymbol        the exchange does not list it                  -> 404
│   └── DifferentMarket  what it lists under that name is another thing
├── Unsupported          the exchange does not offer this data          -> 422
│   └── NotPublished     it does not publish what was asked about       -> 404
└── ExchangeUnavailable  it did not answer, or not with usable data     -> 503
    ├── BadData          it answered, and the answer failed validation
    ├── Resting          it failed as a whole, and is left alone for a while
    ├── Late             it may still answer, and the caller's time is up        -> 504
    └── Overloaded       too many loads from it are under way here
"""

from typing import Self

# Seconds after which it is worth asking again where too many loads were under way.
OVERLOAD_WAIT_S = 2.0
# Seconds after which what was late may have come.
LATE_WAIT_S = 5.0
# What reading JSON of another shape than expected raises, be it the exchange's fault or the reader's.
MISREAD = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


class MarketError(Exception):
    """Something about the market's data prevents an answer.

    cause  what went wrong, in one of few words that stay the same, for figures and for searching logs: error,
           unknown_exchange, not_listed, different_market, not_offered, no_answer, late, refused, resting, busy,
           bad_data, overloaded
    """

    cause = "error"


class UnknownExchange(MarketError):
    """No exchange of that id is served here."""

    cause = "unknown_exchange"

    def __init__(self, exchange: str, known: list[str], field: str = "exchange") -> None:
        """Keep the ids that are served, and the parameter that named it, for the answer."""
        super().__init__(f"unknown exchange {exchange!r}; one of: {', '.join(known)}")
        self.exchange, self.known, self.field = exchange, known, field


class UnknownSymbol(MarketError):
    """The exchange does not list that symbol."""

    cause = "not_listed"

    def __init__(self, exchange: str, symbol: str, why: str = "", text: str = "") -> None:
        """Name both, for the answer, and `why` where that is known; `text` stands for all of it where given."""
        super().__init__(text or f"{exchange} lists no perpetual swap {symbol!r}{why and ': '}{why}")
        self.exchange, self.symbol = exchange, symbol


class DifferentMarket(UnknownSymbol):
    """What the exchange lists under that symbol is not what the others do, by its price."""

    cause = "different_market"

    def __init__(self, exchange: str, symbol: str, price: float, usual: float) -> None:
        """Keep its price, beside the median of the others."""
        told = f"its price of {symbol} is {price:.6g} where the median is {usual:.6g}"
        super().__init__(exchange, symbol, text=f"{told}: another coin under the name, or another unit")
        self.price = price


class Unsupported(MarketError):
    """The exchange does not offer this data."""

    cause = "not_offered"


class NotPublished(Unsupported):
    """The exchange does not publish what a whole resource is about."""


class ExchangeUnavailable(MarketError):
    """The exchange did not answer, or not with usable data."""

    def __init__(
        self, exchange: str, reason: str, retry_after: float = 5.0, *, rest: bool = False, cause: str | None = None
    ) -> None:
        """`retry_after` is in seconds; `rest` tells that all of the exchange is better left alone for so long.

        What is no exchange's fault names none: an empty `exchange`.
        """
        super().__init__(f"{exchange}: {reason}" if exchange else reason)
        self.exchange, self.reason, self.retry_after, self.rest = exchange, reason, retry_after, rest
        self.cause = cause or self.cause

    def again(self, retry_after: float) -> Self:
        """Return the same error for another caller, who may ask again after so many seconds."""
        same = type(self).__new__(type(self), *self.args)
        same.__dict__ |= self.__dict__ | {"retry_after": retry_after}
        return same


class Resting(ExchangeUnavailable):
    """The exchange failed as a whole a while ago, and is not asked."""

    cause = "resting"

    def __init__(self, error: ExchangeUnavailable, retry_after: float) -> None:
        """Tell after which error, and for how many more seconds."""
        super().__init__(error.exchange, f"left alone for a while after: {error.reason}", retry_after)


class Overloaded(ExchangeUnavailable):
    """So many loads from the exchange are under way in this process that another would wait in vain."""

    cause = "overloaded"

    def __init__(
        self,
        exchange: str,
        reason: str = "too many loads from it are under way here",
        retry_after: float = OVERLOAD_WAIT_S,
    ) -> None:
        """Name the exchange, or give the reason where it is another one than the loads from one exchange."""
        super().__init__(exchange, reason, retry_after)


class Late(ExchangeUnavailable):
    """What was asked for goes on being loaded, and did not come within the caller's time."""

    cause = "late"

    def __init__(self, exchange: str, seconds: float) -> None:
        """Tell how long was waited."""
        super().__init__(exchange, f"no answer within {seconds:g} s, it goes on being fetched", LATE_WAIT_S)


class BadData(ExchangeUnavailable):
    """The exchange answered, and the answer failed validation."""

    cause = "bad_data"
