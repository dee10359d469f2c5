"""The venues that are emulated, by the name that stands in their base URL."""

from tests.emulator.binance import Binance
from tests.emulator.bitget import Bitget
from tests.emulator.bybit import Bybit
from tests.emulator.gate import Gate
from tests.emulator.htx import Htx
from tests.emulator.hyperliquid import Hyperliquid
from tests.emulator.kucoin import Kucoin
from tests.emulator.okx import Okx
from tests.emulator.venue import Venue

FIRST = (Binance, Bybit, Okx, Gate)
MORE = (Kucoin, Htx, Bitget, Hyperliquid)
VENUES: dict[str, type[Venue]] = {venue.name: venue for venue in FIRST + MORE}
