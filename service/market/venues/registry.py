"""The real exchanges that are served: one line each."""

import time
from collections.abc import Callable

from service.market.adapter import DIRECT, CcxtSource, Egress
from service.market.contract import Exchange, Sharing, UnknownExchange
from service.market.venues.binance import Binance
from service.market.venues.bitget import Bitget
from service.market.venues.bybit import Bybit
from service.market.venues.gate import Gate
from service.market.venues.htx import Htx
from service.market.venues.hyperliquid import Hyperliquid
from service.market.venues.kucoin import Kucoin
from service.market.venues.okx import Okx
from service.ops.instruments import NO_INSTRUMENTS, Instruments

ADAPTERS: tuple[type[CcxtSource], ...] = (
    Binance,
    Bybit,
    Okx,
    Gate,
    Kucoin,
    Htx,
    Bitget,
    Hyperliquid,
)
VENUE_IDS: tuple[str, ...] = tuple(adapter.id for adapter in ADAPTERS)
DEFAULT_TIMEOUT_S = 10.0


def build_venue(
    exchange_id: str,
    base_url: str | None = None,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    clock: Callable[[], float] = time.time,
    *,
    throttle: bool = True,
    egress: Egress = DIRECT,
    instruments: Instruments = NO_INSTRUMENTS,
    sharing: Sharing | None = None,
) -> Exchange:
    """Return the exchange of that id; nothing is fetched yet.

    `base_url` replaces scheme and host of the exchange's own URLs (ValueError if it is none). `clock` returns epoch
    seconds. `throttle=False` leaves out the gaps that keep to the exchange's rate limit: for a mirror of one's own.
    `egress` is the way to the exchange's own hosts; a base URL is reached straight. `sharing` says who else asks
    from the same address.
    """
    for adapter in ADAPTERS:
        if adapter.id == exchange_id:
            return adapter(
                clock,
                base_url,
                timeout_s,
                throttle=throttle,
                egress=egress,
                instruments=instruments,
                sharing=sharing or Sharing(),
            )
    raise UnknownExchange(exchange_id, list(VENUE_IDS))
