"""The markets of one exchange."""

from dataclasses import dataclass

from service.analysis.prepared import Prepared
from service.analysis.services import Services
from service.market.contract import Market

# Listings change a few times a day.
FRESH_SECONDS = 60.0


@dataclass(frozen=True)
class MarketsRequest:
    """The markets of one exchange, by its id."""

    exchange: str


@dataclass(frozen=True)
class MarketsResult:
    """The markets of one exchange, by symbol."""

    exchange: str
    simulated: bool
    markets: tuple[Market, ...]


def prepare_markets(services: Services, request: MarketsRequest) -> Prepared[MarketsResult]:
    """Load the markets of the exchange; raises MarketError."""
    markets = services.feed.markets(request.exchange)
    result = MarketsResult(
        request.exchange,
        services.feed.exchange(request.exchange).simulated,
        tuple(markets[symbol] for symbol in sorted(markets)),
    )
    return Prepared((result,), FRESH_SECONDS, lambda: result)
