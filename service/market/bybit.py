"""Bybit linear perpetuals."""

from collections.abc import Mapping
from typing import Any

import ccxt

from service.market.ccxt_source import CcxtSource, Rows
from service.market.exchange import TIMEFRAMES, Capabilities, Market


class Bybit(CcxtSource):
    """All amounts in base coin; OI since listing, both sides summed except in `singleOpenInterest`."""

    id = "bybit"
    name = "Bybit"
    liquidation_rule = "bybit"
    capabilities = Capabilities(
        timeframes=tuple(TIMEFRAMES),
        open_interest_history=True,
        open_interest_timeframes=tuple(TIMEFRAMES),
        open_interest_days=None,
        mark_price=True,
        order_book_depth=500,
        tiers="exchange",
        funding=True,
    )
    ccxt_class = ccxt.bybit
    options: Mapping[str, Any] = {"fetchMarkets": {"types": ["linear"]}, "defaultType": "swap"}
    rows = Rows(ohlcv=1000, mark=1000, open_interest=200, book=500)

    def base_amount(self, row: Mapping[str, Any], market: Market) -> float:
        """Return the one-sided amount where Bybit gives it, else half of the sum of both sides."""
        both, one_side = super().base_amount(row, market), row["info"].get("singleOpenInterest")
        # where the sum is no amount the row is not to be trusted: pass it on, to fail validation
        return float(one_side) if one_side and both > 0 else both / 2
