"""The venues that are emulated, by the name that stands in their base URL: each module of its name, and its class."""

from importlib import import_module

from service.market.venues import VENUE_IDS
from tests.emulator.venue import Venue

VENUES: dict[str, type[Venue]] = {
    exchange: getattr(import_module(f"tests.emulator.{exchange}"), exchange.capitalize()) for exchange in VENUE_IDS
}
