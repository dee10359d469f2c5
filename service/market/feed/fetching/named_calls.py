"""An exchange whose calls say what they ask for, and raise nothing but a MarketError.

The name tells the requests of different calls apart, in figures and in logs. An answer that an adapter cannot read
costs that exchange's data alone: adapters guard their calls themselves, and what they do with an answer afterwards is
guarded here.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from service.market.contract import (
    MISREAD,
    AccountRatio,
    BadData,
    Candles,
    Capabilities,
    Exchange,
    Funding,
    Liquidations,
    Market,
    OpenInterest,
    OrderBook,
    Tiers,
)
from service.ops.request_scope import asking_for

log = logging.getLogger(__name__)


class NamedCalls:
    """See Exchange: another one, but for the name of each call and for what it raises."""

    def __init__(self, exchange: Exchange) -> None:
        """Stand in front of an exchange."""
        self._exchange = exchange
        self.id, self.name, self.simulated = exchange.id, exchange.name, exchange.simulated
        self.liquidation_rule = exchange.liquidation_rule

    @property
    def capabilities(self) -> Capabilities:
        """Return what the exchange offers now."""
        return self._exchange.capabilities

    @capabilities.setter
    def capabilities(self, offered: Capabilities) -> None:
        self._exchange.capabilities = offered

    @contextmanager
    def _asking(self, kind: str) -> Iterator[None]:
        try:
            with asking_for(kind):
                yield
        except MISREAD as error:
            log.exception("%s: the adapter cannot read what came as %s", self.id, kind)
            raise BadData(self.id, f"an answer of an unknown shape, as {kind}") from error

    def markets(self) -> dict[str, Market]:
        """Return every perpetual swap."""
        with self._asking("markets"):
            return self._exchange.markets()

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return traded bars."""
        with self._asking("bars"):
            return self._exchange.ohlcv(symbol, timeframe, since, until)

    def mark_ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return mark-price bars."""
        with self._asking("mark_price"):
            return self._exchange.mark_ohlcv(symbol, timeframe, since, until)

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return OI history."""
        with self._asking("open_interest"):
            return self._exchange.open_interest(symbol, timeframe, since, until)

    def open_interest_now(self, symbol: str) -> OpenInterest:
        """Return the present OI."""
        with self._asking("open_interest"):
            return self._exchange.open_interest_now(symbol)

    def account_ratio(self, symbol: str) -> AccountRatio:
        """Return the newest ratio of accounts."""
        with self._asking("account_ratio"):
            return self._exchange.account_ratio(symbol)

    def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Liquidations:
        """Return realised liquidations."""
        with self._asking("liquidations"):
            return self._exchange.liquidations(symbol, timeframe, since, until)

    def order_book(self, symbol: str) -> OrderBook:
        """Return the deepest public snapshot."""
        with self._asking("order_book"):
            return self._exchange.order_book(symbol)

    def funding(self, symbol: str) -> Funding:
        """Return the current funding rate."""
        with self._asking("funding"):
            return self._exchange.funding(symbol)

    def tiers(self, symbol: str) -> Tiers:
        """Return the risk tiers."""
        with self._asking("tiers"):
            return self._exchange.tiers(symbol)
