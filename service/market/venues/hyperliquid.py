"""Hyperliquid perpetuals, margined in USDC."""

from collections.abc import Mapping
from typing import Any

import ccxt
import numpy as np

from service.market.adapter import CcxtSource, PageSizes, ladder
from service.market.contract import TIMEFRAMES, BadData, Capabilities, Market, Tiers


class Hyperliquid(CcxtSource):
    """All amounts in base coin; OI of the present alone, both sides summed; no mark-price bars.

    Candles reach back 5000 bars. What is over the first step of a coin's margin table is not told by ccxt, so the one
    tier is that of the most leverage.
    """

    id = "hyperliquid"
    name = "Hyperliquid"
    liquidation_rule = "hyperliquid"
    capabilities = Capabilities(
        timeframes=tuple(TIMEFRAMES),
        open_interest_history=False,
        open_interest_timeframes=(),
        open_interest_days=None,
        mark_price=False,
        order_book_depth=20,
        tiers="derived",
        funding=True,
    )
    ccxt_class = ccxt.hyperliquid
    options: Mapping[str, Any] = {"fetchMarkets": {"types": ["swap"]}}
    # Hyperliquid's general limit for answers about a range of time
    page_sizes = PageSizes(ohlcv=500, mark=0, open_interest=0, book=20)
    most_recent_bars = 4_990

    def base_amount_now(self, row: Mapping[str, Any], market: Market) -> float:
        """Return half of the sum of both sides."""
        return super().base_amount_now(row, market) / 2

    def tiers(self, symbol: str) -> Tiers:
        """Return the one tier that follows from the most leverage: maintenance is half the initial margin there."""
        most = self._market(symbol).max_leverage
        if most is None:
            raise BadData(self.id, f"risk tiers: no leverage is stated for {symbol}")
        return ladder(np.zeros(1), np.array([0.5 / most]), np.array([most]), "derived")
