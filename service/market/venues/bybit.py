"""Bybit perpetuals, linear and inverse."""

from collections.abc import Mapping
from typing import Any

import ccxt
import numpy as np

from service.market.adapter import Allowance, CcxtSource, PageSizes
from service.market.contract import TIMEFRAMES, BadData, Capabilities, Market, OpenInterest


class Bybit(CcxtSource):
    """All amounts in base coin; OI since listing, both sides summed except in `singleOpenInterest`.

    Of inverse contracts, volume (as ccxt picks it) and risk limits are in coin, book and OI in USD. OI becomes coin at
    the close of the bar that ends at its timestamp.
    """

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
        account_ratio=True,
        inverse=True,
        why_no_liquidations="publishes realised liquidations as a live stream alone, without a history",
    )
    ccxt_class = ccxt.bybit
    delisted_at = "deliveryTime"
    options: Mapping[str, Any] = {"fetchMarkets": {"types": ["linear", "inverse"]}, "defaultType": "swap"}
    account_ratio_period = "5min"
    # 600 requests an address, each five of ccxt's units
    allows = Allowance(3000.0, 5.0)
    page_sizes = PageSizes(ohlcv=1000, mark=1000, open_interest=200, book=500)

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return OI history in base coin."""
        found = super().open_interest(symbol, timeframe, since, until)
        return self._in_coin(symbol, self.open_interest_timeframe(timeframe), found)

    def open_interest_now(self, symbol: str) -> OpenInterest:
        """Return the newest row of the 5-minute history, in base coin."""
        return self._in_coin(symbol, "5m", super().open_interest_now(symbol))

    def open_interest_now_params(self) -> dict[str, Any]:
        """Ask for five-minute rows: ccxt asks for hours."""
        return {"interval": "5m"}

    def base_amount(self, row: Mapping[str, Any], market: Market) -> float:
        """Return the one-sided amount where Bybit gives it, else half of the sum of both sides; inverse, in USD."""
        both = float(row["openInterestValue" if market.inverse else "openInterestAmount"])
        one_side = row["info"].get("singleOpenInterest")
        # where the sum is no amount the row is not to be trusted: pass it on, to fail validation
        return float(one_side) if one_side and both > 0 else both / 2

    def coins_per_tier_unit(self, market: Market) -> float | None:
        """Return one coin for inverse contracts, whose risk limits are in coin."""
        return 1.0 if market.inverse else None

    def _in_coin(self, symbol: str, timeframe: str, found: OpenInterest) -> OpenInterest:
        """Return an inverse contract's USD at the newest close that was known at each row's time."""
        if not self._market(symbol).inverse or not len(found.time):
            return found
        step = TIMEFRAMES[timeframe]
        bars = self.ohlcv(symbol, timeframe, int(found.time[0]) - 2 * step, int(found.time[-1]) + 1).known()
        if not len(bars):
            raise BadData(self.id, f"bars: none for {symbol} to value its open interest at")
        known = np.searchsorted(bars.time + step, found.time, side="right") - 1
        # before the first bar has closed its open is all there is
        price = np.where(known < 0, bars.open[0], bars.close[np.maximum(known, 0)])
        return OpenInterest(found.time, found.amount / price)
