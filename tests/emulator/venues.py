"""The venues that are emulated, by the name that stands in their base URL."""

from tests.emulator.binance import Binance
from tests.emulator.bybit import Bybit
from tests.emulator.gate import Gate
from tests.emulator.okx import Okx
from tests.emulator.venue import Venue

VENUES: dict[str, type[Venue]] = {venue.name: venue for venue in (Binance, Bybit, Okx, Gate)}
