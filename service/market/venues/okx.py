"""OKX perpetual swaps."""

from collections.abc import Mapping
from typing import Any

import ccxt

from service.market.adapter import CcxtSource, PageSizes
from service.market.contract import TIMEFRAMES, Capabilities, Market


class Okx(CcxtSource):
    """Volumes in base coin, book and tiers in contracts (of coins, or of USD where inverse), OI in both.

    OI history comes at 5m, 1h and 1d only: 15m and 30m bars read 5m, 4h bars read 1h. A row is stamped with the start
    of its period and is public at the end. OKX states no depth; about 3 days at 5m, 5 at 1h and 100 at 1d were seen.
    """

    id = "okx"
    name = "OKX"
    liquidation_rule = "okx"
    capabilities = Capabilities(
        timeframes=tuple(TIMEFRAMES),
        open_interest_history=True,
        open_interest_timeframes=("5m", "1h", "1d"),
        open_interest_days=None,
        mark_price=True,
        order_book_depth=400,
        tiers="exchange",
        funding=True,
        account_ratio=True,
        inverse=True,
        why_no_liquidations="publishes realised liquidations of the last days alone, too few to score a map by",
    )
    ccxt_class = ccxt.okx
    delisted_at = "expTime"
    options: Mapping[str, Any] = {"fetchMarkets": {"types": ["swap"]}, "defaultType": "swap"}
    account_ratio_period = "5m"
    # its limits are those that ccxt's costs say, and each path has its own
    allows_each_path = True
    page_sizes = PageSizes(ohlcv=300, mark=100, open_interest=100, book=400)
    book_in_contracts = True
    open_interest_delay_periods = 1

    def base_amount(self, row: Mapping[str, Any], _market: Market) -> float:
        """Return the amount in coins: `openInterestAmount` is in contracts here."""
        return float(row["baseVolume"])

    def open_interest_params(self, timeframe: str, stop: int) -> dict[str, Any]:
        """Ask for days that open at midnight UTC, as our bars do: ccxt's own open at midnight in Hong Kong."""
        day = {"period": "1Dutc"} if timeframe == "1d" else {}
        return super().open_interest_params(timeframe, stop) | day

    def quote_per_tier_unit(self, market: Market) -> float:
        """Return the USD of an inverse contract: OKX's tiers count contracts."""
        return market.contract_size if market.inverse else 1.0

    def coins_per_tier_unit(self, market: Market) -> float | None:
        """Return the coins of a linear contract."""
        return None if market.inverse else market.contract_size
