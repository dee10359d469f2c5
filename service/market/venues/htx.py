"""HTX linear swaps."""

from collections.abc import Mapping
from typing import Any

import ccxt

from service.market.adapter import Allowance, CcxtSource, PageSizes
from service.market.contract import TIMEFRAMES, Capabilities, Liquidations, Market, Tiers
from service.market.venues import htx_liquidations
from service.market.venues.ladders import tiers_of_ladders


class Htx(CcxtSource):
    """Volumes in base coin, both sides summed; OI history in base coin, present OI and book in contracts.

    HTX says of volumes that they are the sum of buys and sells, and the contracts traded come in even numbers. It says
    the same of the present OI, but its own examples of that are odd numbers of contracts: OI is taken as one side's.
    Its days begin at 16:00 UTC, midnight in Singapore, so ours are made of its 4-hour bars. OI history comes at 1h, 4h
    and 1d, the newest 200 rows and no paging; mark prices are the newest 2000 bars. A limit on traded bars makes HTX
    overlook their range, so they are asked for by the range alone.
    """

    id = "htx"
    name = "HTX"
    liquidation_rule = "htx"
    capabilities = Capabilities(
        timeframes=tuple(TIMEFRAMES),
        open_interest_history=True,
        open_interest_timeframes=("1h", "4h", "1d"),
        open_interest_days=None,
        open_interest_rows=198,
        mark_price=True,
        order_book_depth=150,
        tiers="exchange",
        funding=True,
        liquidations=True,
    )
    ccxt_class = ccxt.htx
    options: Mapping[str, Any] = {
        "fetchMarkets": {"types": {"spot": False, "linear": True, "inverse": False}},
        "defaultType": "swap",
    }
    # of what is not of markets alone; that has far more
    allows = Allowance(120.0, 3.0)
    page_sizes = PageSizes(ohlcv=2000, mark=2000, open_interest=200, book=150)
    volume_sides = 2
    book_in_contracts = True
    bars_made_of: Mapping[str, str] = {"1d": "4h"}
    # two fewer than HTX's own, as in its rows of OI: time passes between our reckoning and its answer
    most_recent_mark_bars = 1_998

    def candle_limit(self, timeframe: str, *, mark: bool) -> int | None:
        """Return none for traded bars."""
        return super().candle_limit(timeframe, mark=mark) if mark else None

    def page_limit(self, most: int, _start: int, _stop: int, _step: int) -> int:
        """Return the most: HTX counts from the newest row back, whatever the range."""
        return most

    def open_interest_params(self, _timeframe: str, _stop: int) -> dict[str, Any]:
        """Return nothing: HTX's OI calls have a number of rows, and neither start nor end."""
        return {}

    def base_amount_now(self, row: Mapping[str, Any], market: Market) -> float:
        """Return contracts times coins per contract: the present OI is in contracts, the history in coins."""
        return super().base_amount(row, market) * market.contract_size

    def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Liquidations:
        """Return liquidations summed from the orders that HTX publishes, at most the newest 15 days of the range."""
        self._market(symbol)
        code = {"contract_code": self._client.market(symbol)["id"]}

        def ask(params: dict[str, Any]) -> Any:  # noqa: ANN401 - ccxt has no types
            return self._call(
                symbol, lambda: self._client.contract_public_get_v5_market_liquidation_orders(code | params)
            )

        return htx_liquidations.liquidations(self.id, ask, (since, until), self._step(timeframe), self._now())

    def tiers(self, symbol: str) -> Tiers:
        """Return HTX's ladders by leverage, of contracts, and one ladder of them all."""
        market = self._market(symbol)
        code = {"contract_code": self._client.market(symbol)["id"]}
        rows = self._call(symbol, lambda: self._client.fetch_leverage_tiers([symbol], code)[symbol])
        return tiers_of_ladders(self.id, rows, market.contract_size, self.last_price(symbol))
