"""Every venue's public JSON, from one made-up market."""

from tests.market.recorded_binance import BinanceVenue
from tests.market.recorded_bitget import BitgetVenue
from tests.market.recorded_bybit import BybitVenue
from tests.market.recorded_gate import GateVenue
from tests.market.recorded_htx import HtxVenue
from tests.market.recorded_hyperliquid import HyperliquidVenue
from tests.market.recorded_kucoin import KucoinVenue
from tests.market.recorded_okx import OkxVenue
from tests.market.recorded_venue import Venue

VENUES: dict[str, type[Venue]] = {
    "binance": BinanceVenue,
    "bybit": BybitVenue,
    "okx": OkxVenue,
    "gate": GateVenue,
    "kucoin": KucoinVenue,
    "htx": HtxVenue,
    "bitget": BitgetVenue,
    "hyperliquid": HyperliquidVenue,
}
