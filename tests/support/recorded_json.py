"""Every venue's public JSON, from one made-up market: the class `<Id>Venue` of each module `recorded_<id>`."""

from importlib import import_module
from typing import Any

import requests_mock

from service.market.venues import VENUE_IDS, build_venue
from tests.support.recorded_venue import NOW, Venue

VENUES: dict[str, type[Venue]] = {
    exchange: getattr(import_module(f"tests.support.recorded_{exchange}"), f"{exchange.capitalize()}Venue")
    for exchange in VENUE_IDS
}


def open_recorded(mock: Any, exchange_id: str) -> tuple[Any, Venue]:
    """Return an adapter on its recorded venue, which `mock` stands before."""
    venue = VENUES[exchange_id]()
    mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
    return build_venue(exchange_id, clock=lambda: NOW / 1000, throttle=False), venue
