"""Bitget futures, margined in USDT or USDC."""

from collections.abc import Mapping
from typing import Any

import ccxt

from service.market.adapter import CcxtSource, PageSizes
from service.market.contract import TIMEFRAMES, Capabilities


class Bitget(CcxtSource):
    """All amounts in base coin; OI of the present alone.

    Old bars come 200 a call in a span of at most 90 days, recent ones 1000. Which endpoint answers is ccxt's choice,
    and it cuts what is too long at one end without saying so: calls here suit both.
    """

    id = "bitget"
    name = "Bitget"
    liquidation_rule = "bitget"
    capabilities = Capabilities(
        timeframes=tuple(TIMEFRAMES),
        open_interest_history=False,
        open_interest_timeframes=(),
        open_interest_days=None,
        mark_price=True,
        order_book_depth=1000,
        tiers="exchange",
        funding=True,
        account_ratio=True,
        why_no_liquidations="publishes realised liquidations of the last three days alone, too few to score a map by",
    )
    ccxt_class = ccxt.bitget
    delisted_at = "offTime"
    options: Mapping[str, Any] = {"fetchMarkets": {"types": ["swap"]}, "defaultType": "swap"}
    account_ratio_period = "5m"
    # twenty a second, of each path
    allows_each_path = True
    page_sizes = PageSizes(ohlcv=200, mark=200, open_interest=0, book=1000)
    book_params: Mapping[str, Any] = {"limit": "max"}

    def candle_limit(self, timeframe: str, *, mark: bool) -> int | None:
        """Return at most 90 days."""
        most = super().candle_limit(timeframe, mark=mark)
        return min(most or 0, 90) if timeframe == "1d" else most

    def long_per_short(self, row: Mapping[str, Any]) -> float:
        """Return the quotient of the two shares: Bitget's own examples give another figure for the ratio itself."""
        return float(row["info"]["longAccountRatio"]) / float(row["info"]["shortAccountRatio"])
