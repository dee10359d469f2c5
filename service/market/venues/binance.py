"""Binance USD-M futures."""

from collections.abc import Mapping
from typing import Any

import ccxt

from service.market.adapter import DEFAULT_FUNDING_HOURS, Allowance, CcxtSource, PageSizes
from service.market.brackets import read_brackets, tiers_from_table
from service.market.contract import TIMEFRAMES, Capabilities, Tiers


class Binance(CcxtSource):
    """All amounts in base coin, OI of one side; 30 days of OI.

    Brackets need a key, so tiers are our table's, and another exchange's for markets that are newer than it. What the
    listing states of margins (`maintMarginPercent`) is the same for every market and marked to be ignored.
    """

    id = "binance"
    name = "Binance USD-M"
    liquidation_rule = "binance"
    capabilities = Capabilities(
        timeframes=tuple(TIMEFRAMES),
        open_interest_history=True,
        open_interest_timeframes=tuple(TIMEFRAMES),
        open_interest_days=30.0,
        mark_price=True,
        order_book_depth=1000,
        tiers="table",
        funding=True,
        account_ratio=True,
        tiers_borrowed_of="bybit",
        why_no_liquidations="publishes realised liquidations as a live stream alone, without a history",
    )
    ccxt_class = ccxt.binanceusdm
    delisted_at = "deliveryDate"
    options: Mapping[str, Any] = {"fetchMarkets": {"types": ["linear"]}}
    account_ratio_period = "5m"
    # exchangeInfo of its USD-margined futures; ccxt keeps to half of it
    allows = Allowance(2400.0, 60.0)
    page_sizes = PageSizes(ohlcv=1000, mark=1000, open_interest=500, book=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on untouched
        """Read the table."""
        super().__init__(*args, **kwargs)
        self._brackets = read_brackets()

    def tiers(self, symbol: str) -> Tiers:
        """Return the tiers of our table."""
        return tiers_from_table(self._market(symbol).symbol, self._brackets)

    def funding_hours(self, symbol: str, _payload: Mapping[str, Any]) -> float:
        """Return the interval from Binance's list of contracts that differ from 8 hours."""
        adjusted = self._call(symbol, lambda: self._client.fetch_funding_intervals([symbol]))
        return super().funding_hours(symbol, adjusted[symbol]) if symbol in adjusted else DEFAULT_FUNDING_HOURS
