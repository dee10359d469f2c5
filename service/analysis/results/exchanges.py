"""The exchanges that are served, and how calls to each have gone."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.analysis.services import Services
from service.market.contract import Exchange
from service.market.feed import Health


@dataclass(frozen=True)
class ExchangesRequest:
    """All that are served: there is nothing to choose."""


def served_exchanges(services: Services) -> Iterator[tuple[Exchange, Health]]:
    """Yield each exchange and how calls to it have gone; calls none of them."""
    for exchange in services.feed.exchanges.values():
        yield exchange, services.feed.health[exchange.id]
