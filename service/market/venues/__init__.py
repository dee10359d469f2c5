"""One module per exchange, and the registry that knows them all.

binance             Binance USD-M
bitget              Bitget
bybit               Bybit
gate                Gate
htx                 HTX
htx_liquidations    HTX's liquidation orders, two hours at a time
hyperliquid         Hyperliquid
kucoin              KuCoin Futures
ladders             risk ladders by leverage, made into one by notional
liquidation_orders  liquidation orders summed into bars
okx                 OKX
registry            the exchanges that are served, one line each
"""

from service.market.venues.registry import ADAPTERS, VENUE_IDS, build_venue

__all__ = ["ADAPTERS", "VENUE_IDS", "build_venue"]
