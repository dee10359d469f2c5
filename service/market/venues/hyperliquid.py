"""Hyperliquid perpetuals, margined in USDC."""

from collections.abc import Mapping
from typing import Any

import ccxt
import numpy as np

from service.heatmap.base import Floats
from service.market.adapter import Allowance, CcxtSource, PageSizes
from service.market.contract import TIMEFRAMES, BadData, Capabilities, Market, Tiers, ladder


class Hyperliquid(CcxtSource):
    """All amounts in base coin; OI of the present alone, both sides summed; no mark-price bars.

    Candles reach back 5000 bars. A coin's margin table is named in the listing, and its steps are in the same answer,
    which ccxt drops: it is asked for again. Served are the perpetuals of Hyperliquid itself, not those of the dexes
    that others build on it.
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
        tiers="exchange",
        funding=True,
        not_served="perpetuals of the dexes that others build on it (HIP-3)",
    )
    ccxt_class = ccxt.hyperliquid
    options: Mapping[str, Any] = {"fetchMarkets": {"types": ["swap"]}}
    # Hyperliquid's general limit for answers about a range of time
    allows = Allowance(1200.0, 60.0)
    page_sizes = PageSizes(ohlcv=500, mark=0, open_interest=0, book=20)
    most_recent_bars = 4_990

    def base_amount_now(self, row: Mapping[str, Any], market: Market) -> float:
        """Return half of the sum of both sides."""
        return super().base_amount_now(row, market) / 2

    def tiers(self, symbol: str) -> Tiers:
        """Return the coin's margin table: maintenance is half the initial margin at the most leverage of each step.

        Where the answer holds no table of it, the most leverage makes the one step.
        """
        market = self._market(symbol)
        coin = self._client.market(symbol)["info"]["name"]
        question = {"type": "metaAndAssetCtxs"}
        # Read where junk of any shape is the exchange's failure.
        steps = self._call(symbol, lambda: margin_steps(self.id, self._client.public_post_info(question), coin))
        if steps is None and market.max_leverage is None:
            raise BadData(self.id, f"risk tiers: no leverage is stated for {symbol}")
        if steps is None:
            floor, leverage = np.zeros(1), np.array([market.max_leverage])
            return ladder(floor, 0.5 / leverage, leverage, "derived")
        return ladder(steps[:, 0], 0.5 / steps[:, 1], steps[:, 1], "exchange")


def margin_steps(exchange: str, sent: object, coin: str) -> Floats | None:
    """Return rows of (lower bound in quote currency, most leverage) of a coin's margin table; None if it names none.

    `sent` is what the venue answers to a question for its perpetuals. Tables of numbers under 50 have one step, whose
    leverage is the number, and are not written out. Raises BadData where a table is no ladder that starts at 0.
    """
    if not isinstance(sent, list) or not sent or not isinstance(sent[0], dict):
        raise BadData(exchange, "risk tiers: no listing")
    universe = {entry.get("name"): entry for entry in sent[0].get("universe", ())}
    number = universe.get(coin, {}).get("marginTableId")
    tables = {int(key): table for key, table in sent[0].get("marginTables", ())}
    if number is None or int(number) not in tables:
        return None
    try:
        rows = [[float(step["lowerBound"]), float(step["maxLeverage"])] for step in tables[int(number)]["marginTiers"]]
    except (KeyError, TypeError, ValueError) as error:
        raise BadData(
            exchange, f"risk tiers: margin table {number} of {coin} has a step without its figures"
        ) from error
    steps = np.array(rows, dtype=np.float64).reshape(-1, 2)
    floors, leverage = steps[:, 0], steps[:, 1]
    rising = len(steps) > 0 and floors[0] == 0 and (np.diff(floors) > 0).all() and (np.diff(leverage) < 0).all()
    if not rising or not np.isfinite(steps).all() or leverage[-1] < 1:
        raise BadData(exchange, f"risk tiers: the steps of margin table {number} do not start at 0, rise and fall")
    return steps
