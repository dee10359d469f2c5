"""Every venue's public JSON, from one made-up market: the class `<Id>Venue` of each module `recorded_<id>`."""

from importlib import import_module

from service.market.venues import VENUE_IDS
from tests.support.recorded_venue import Venue

VENUES: dict[str, type[Venue]] = {
    exchange: getattr(import_module(f"tests.support.recorded_{exchange}"), f"{exchange.capitalize()}Venue")
    for exchange in VENUE_IDS
}
