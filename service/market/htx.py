"""HTX linear swaps."""

from collections.abc import Mapping
from typing import Any

import ccxt

from service.market.ccxt_source import CcxtSource, Rows
from service.market.data import Tiers
from service.market.exchange import Capabilities, Market
from service.market.ladders import tiers_of_ladders


class Htx(CcxtSource):
    """Volumes and OI history in base coin, present OI and book in contracts, OI taken as one side's.

    OI history comes at 1h, 4h and 1d, the newest 200 rows and no paging. Mark prices likewise: the newest 2000 bars. A
    limit on traded bars makes HTX overlook their range, so they are asked for by the range alone.
    """

    id = "htx"
    name = "HTX"
    liquidation_rule = "generic"
    capabilities = Capabilities(
        timeframes=("5m", "15m", "30m", "1h", "4h", "1d"),
        open_interest_history=True,
        open_interest_timeframes=("1h", "4h", "1d"),
        open_interest_days=200 / 24,
        mark_price=True,
        order_book_depth=150,
        tiers="exchange",
        funding=True,
    )
    ccxt_class = ccxt.htx
    options: Mapping[str, Any] = {
        "fetchMarkets": {"types": {"spot": False, "linear": True, "inverse": False}},
        "defaultType": "swap",
    }
    rows = Rows(ohlcv=2000, mark=2000, open_interest=200, book=150)
    book_in_contracts = True
    # a few fewer than HTX's own: time passes between our reckoning and its answer
    most_recent_open_interest = 198
    most_recent_mark_bars = 1_998

    def candle_limit(self, timeframe: str, *, mark: bool) -> int | None:
        """Return none for traded bars."""
        return super().candle_limit(timeframe, mark=mark) if mark else None

    def open_interest_params(self, _timeframe: str, _stop: int) -> dict[str, Any]:
        """Return nothing: HTX's OI calls have a number of rows, and neither start nor end."""
        return {}

    def base_amount_now(self, row: Mapping[str, Any], market: Market) -> float:
        """Return contracts times coins per contract: the present OI is in contracts, the history in coins."""
        return super().base_amount(row, market) * market.contract_size

    def tiers(self, symbol: str) -> Tiers:
        """Return HTX's ladders by leverage, as one ladder by notional at the present price."""
        market = self._market(symbol)
        code = {"contract_code": self._client.market(symbol)["id"]}
        rows = self._call(symbol, lambda: self._client.fetch_leverage_tiers([symbol], code)[symbol])
        return tiers_of_ladders(self.id, rows, market.contract_size * self.middle(symbol))
