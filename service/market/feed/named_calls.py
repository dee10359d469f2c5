"""An exchange whose calls say what they ask for, so that the requests that come of them can be told apart."""

from service.market.contract import (
    AccountRatio,
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


class NamedCalls:
    """See Exchange: another one, and nothing else, but for the name of each call (`asking_for`)."""

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

    def markets(self) -> dict[str, Market]:
        """Return every perpetual swap."""
        with asking_for("markets"):
            return self._exchange.markets()

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return traded bars."""
        with asking_for("bars"):
            return self._exchange.ohlcv(symbol, timeframe, since, until)

    def mark_ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return mark-price bars."""
        with asking_for("mark_price"):
            return self._exchange.mark_ohlcv(symbol, timeframe, since, until)

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return OI history."""
        with asking_for("open_interest"):
            return self._exchange.open_interest(symbol, timeframe, since, until)

    def open_interest_now(self, symbol: str) -> OpenInterest:
        """Return the present OI."""
        with asking_for("open_interest"):
            return self._exchange.open_interest_now(symbol)

    def account_ratio(self, symbol: str) -> AccountRatio:
        """Return the newest ratio of accounts."""
        with asking_for("account_ratio"):
            return self._exchange.account_ratio(symbol)

    def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Liquidations:
        """Return realised liquidations."""
        with asking_for("liquidations"):
            return self._exchange.liquidations(symbol, timeframe, since, until)

    def order_book(self, symbol: str) -> OrderBook:
        """Return the deepest public snapshot."""
        with asking_for("order_book"):
            return self._exchange.order_book(symbol)

    def funding(self, symbol: str) -> Funding:
        """Return the current funding rate."""
        with asking_for("funding"):
            return self._exchange.funding(symbol)

    def tiers(self, symbol: str) -> Tiers:
        """Return the risk tiers."""
        with asking_for("tiers"):
            return self._exchange.tiers(symbol)
