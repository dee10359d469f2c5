"""Four venues' public JSON, from one made-up market."""

from tests.market.recorded_binance import BinanceVenue
from tests.market.recorded_bybit import BybitVenue
from tests.market.recorded_gate import GateVenue
from tests.market.recorded_okx import OkxVenue
from tests.market.recorded_venue import Venue

VENUES: dict[str, type[Venue]] = {
    "binance": BinanceVenue,
    "bybit": BybitVenue,
    "okx": OkxVenue,
    "gate": GateVenue,
}
