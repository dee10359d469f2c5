"""KuCoin futures."""

from collections.abc import Mapping
from typing import Any

import ccxt

from service.market.adapter import CcxtSource, PageSizes
from service.market.contract import TIMEFRAMES, Capabilities, Market


class Kucoin(CcxtSource):
    """Volumes, OI and book in lots of `multiplier` coins, OI of one side; 7 days of it, 70 at 1d.

    ccxt reckons the end of a call from its start and limit, and KuCoin counts both ends: one bar fewer than its 200
    keeps the answer whole whichever end it would cut.
    """

    id = "kucoin"
    name = "KuCoin Futures"
    liquidation_rule = "kucoin"
    capabilities = Capabilities(
        timeframes=tuple(TIMEFRAMES),
        open_interest_history=True,
        open_interest_timeframes=tuple(TIMEFRAMES),
        open_interest_days=7.0,
        open_interest_days_at=(("1d", 70.0),),
        mark_price=True,
        order_book_depth=100,
        tiers="exchange",
        funding=True,
    )
    ccxt_class = ccxt.kucoinfutures
    options: Mapping[str, Any] = {}
    page_sizes = PageSizes(ohlcv=199, mark=1000, open_interest=200, book=100)
    volume_in_contracts = True
    book_in_contracts = True

    def candle_params(self, _start: int, _stop: int, _step: int) -> dict[str, Any]:
        """Return nothing: ccxt would pass an end of ours on under a name that KuCoin does not have."""
        return {}

    def base_amount(self, row: Mapping[str, Any], market: Market) -> float:
        """Return lots times coins per lot."""
        return super().base_amount(row, market) * market.contract_size
