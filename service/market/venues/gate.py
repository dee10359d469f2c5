"""Gate USDT perpetuals."""

from collections.abc import Mapping
from typing import Any

import ccxt
import numpy as np

from service.cache import TimedCache
from service.heatmap.base import Floats
from service.market.adapter import Allowance, CcxtSource, PageSizes, collect, require_amounts, windows
from service.market.contract import TIMEFRAMES, Capabilities, Delisting, Liquidations, Market, OpenInterest
from service.times import HOUR_MS

# read once a day for each contract: what is counted is the venue's habit, not the market's
SIDES_KEPT, SIDES_SECONDS = 1024, 86_400.0
# the two figures are minutes apart: their quotient is near 1 or near 2
_BETWEEN_ONE_AND_TWO = 1.5


class Gate(CcxtSource):
    """Volumes, OI and book in contracts of `quanto_multiplier` coins; depth of OI not stated.

    A statistics row carries the start of its period, and OI at the end; the newest is still forming. Gate does not say
    whether this OI counts one side or both, and reports contradict each other: it is held against the contract's
    `position_size`, by its documentation the total of longs. Asked for bars more than 10,000 back, Gate refuses.
    """

    id = "gate"
    name = "Gate"
    liquidation_rule = "gate"
    capabilities = Capabilities(
        timeframes=tuple(TIMEFRAMES),
        open_interest_history=True,
        open_interest_timeframes=tuple(TIMEFRAMES),
        open_interest_days=None,
        mark_price=True,
        order_book_depth=300,
        tiers="exchange",
        funding=True,
        liquidations=True,
    )
    ccxt_class = ccxt.gate
    options: Mapping[str, Any] = {
        "fetchMarkets": {"types": ["swap"]},
        "swap": {"fetchMarkets": {"settlementCurrencies": ["usdt"]}},
        "defaultType": "swap",
    }
    # 200 requests in ten seconds, of each path
    allows, allows_each_path = Allowance(200.0, 10.0), True
    page_sizes = PageSizes(ohlcv=1999, mark=1999, open_interest=100, book=300)
    volume_in_contracts = True
    book_in_contracts = True
    open_interest_delay_periods = 1
    # ten fewer than Gate's own: its clock and ours differ, and a call takes time
    most_recent_bars = 9_990

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on untouched
        """Begin not knowing how many sides the statistics count."""
        super().__init__(*args, **kwargs)
        self._sides: TimedCache[int] = TimedCache(SIDES_KEPT, SIDES_SECONDS, self._clock)

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return OI history of one side."""
        history = super().open_interest(symbol, timeframe, since, until)
        if not len(history.time):
            return history
        sides = self._sides.get(symbol, lambda: self._sides_counted(symbol))
        return OpenInterest(history.time, history.amount / sides)

    def open_interest_params(self, _timeframe: str, _stop: int) -> dict[str, Any]:
        """Return nothing: Gate's OI calls have a start and a limit, and no end."""
        return {}

    def open_interest_now(self, symbol: str) -> OpenInterest:
        """Return the newest row of the history: ccxt knows no other source at Gate."""
        now = self._now()
        return self.open_interest(symbol, "5m", now - HOUR_MS, now + 1).known().select(slice(-1, None))

    def delisting(self, info: Mapping[str, Any]) -> Delisting | None:
        """Return that a contract is being delisted; Gate flags it, and states the moment in its announcements alone."""
        return Delisting() if info.get("in_delisting") is True else None

    def fetch_book(self, symbol: str) -> dict[str, Any]:
        """Return the book at the time that it last changed: ccxt's is the time at which Gate answered."""
        market = self._client.market(symbol)
        asked = {"settle": market["settleId"], "contract": market["id"], "limit": self.page_sizes.book, "with_id": True}
        sent = self._client.public_futures_get_settle_order_book(asked)
        sides = {side: [[float(level["p"]), float(level["s"])] for level in sent[side]] for side in ("bids", "asks")}
        return sides | {"timestamp": int(float(sent["update"]) * 1000)}

    def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Liquidations:
        """Return liquidations from the same statistics, by the start of the period; the newest one is partial."""
        self._market(symbol)
        step = TIMEFRAMES[timeframe]

        def page(start: int, stop: int) -> Floats:
            limit = self.page_limit(self.page_sizes.open_interest, start, stop, step)
            rows = self._call(
                symbol,
                lambda: [
                    [row["timestamp"], *(float(row["info"][f"{side}_liq_usd"]) for side in ("long", "short"))]
                    for row in self._client.fetch_open_interest_history(symbol, timeframe, start, limit)
                ],
            )
            return require_amounts(self.id, "liquidations", rows, 3)

        spans = windows(since, min(until, self._now() // step * step), step, self.page_sizes.open_interest)
        table = collect(page, spans, 3, step, self._created(symbol))
        table = table[(table[:, 0] >= since) & (table[:, 0] < until)]
        return Liquidations(table[:, 0].astype(np.int64), table[:, 1], table[:, 2])

    def _sides_counted(self, symbol: str) -> int:
        """Return how many sides the statistics count."""
        now = self._now()
        counted = super().open_interest(symbol, "5m", now - HOUR_MS, now + 1).known().amount
        contract = self._call(symbol, lambda: self._client.fetch_funding_rate(symbol))["info"]
        longs = float(contract.get("position_size") or 0) * self._market(symbol).contract_size
        return 2 if len(counted) and 0 < longs < counted[-1] / _BETWEEN_ONE_AND_TWO else 1

    def base_amount(self, row: Mapping[str, Any], market: Market) -> float:
        """Return contracts times coins per contract."""
        return super().base_amount(row, market) * market.contract_size
