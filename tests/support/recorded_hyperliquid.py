"""Hyperliquid's public JSON in the shapes it answers with."""

from collections.abc import Callable
from typing import Any

from tests.support.recorded_venue import BOOK, NOW, STEPS, Venue, amount, bar_times, candle


class HyperliquidVenue(Venue):
    """api.hyperliquid.xyz: every question is a POST to one path; here its type ends the path."""

    hosts = ("https://api.hyperliquid.xyz",)
    price_tick = 1.0
    max_leverage = 40.0
    funding_hours = 1.0
    # 40x to 150 M and 20x beyond: maintenance of half of that, 1.25 % and 2.5 %
    second_tier = (150e6, 1_875_000.0)
    tiers_source = "exchange"
    symbol = "BTC/USDC:USDC"
    candles, mark, interest, interest_now, account, book, listing, rate, risk = (
        "/candleSnapshot",
        None,
        None,
        "/metaAndAssetCtxs",
        None,
        "/l2Book",
        "/metaAndAssetCtxs",
        "/metaAndAssetCtxs",
        None,
    )

    def answers(self) -> dict[str, Callable[[dict[str, str]], Any]]:
        """Return what answers each path."""
        return {
            "/info/metaAndAssetCtxs": lambda _: [
                {
                    "universe": [
                        {"name": "BTC", "szDecimals": 5, "maxLeverage": 40, "marginTableId": 56},
                        {"name": "ETH", "szDecimals": 4, "maxLeverage": 25, "marginTableId": 55},
                        {"name": "OLD", "szDecimals": 1, "maxLeverage": 3, "isDelisted": True},
                    ],
                    "marginTables": [_table(55, 25, 100e6, 15), _table(56, 40, 150e6, 20)],
                    "collateralToken": 0,
                },
                [_context("60000.0"), _context("3000.0"), _context("0.5")],
            ],
            "/info/candleSnapshot": self._candles,
            "/info/l2Book": lambda _: {
                "coin": "BTC",
                "time": NOW - 5,
                "levels": [[{"px": str(p), "sz": str(q), "n": 2} for p, q in rows] for rows in BOOK.values()],
            },
        }

    def _candles(self, query: dict[str, Any]) -> Any:
        assert query["coin"] == "BTC"
        step = STEPS[query["interval"]]
        times = bar_times(max(query["startTime"], NOW - 5000 * step), query["endTime"], step, 500, newest=False)
        rows = []
        for t in times:
            open_, high, low, close, volume = (str(x) for x in candle(t, step))
            prices = {"o": open_, "h": high, "l": low, "c": close, "v": volume}
            rows.append({"t": t, "T": t + step - 1, "s": "BTC", "i": query["interval"], **prices, "n": 40})
        return rows


def _table(number: int, leverage: int, bound: float, beyond: int) -> list[Any]:
    steps = [{"lowerBound": "0.0", "maxLeverage": leverage}, {"lowerBound": str(bound), "maxLeverage": beyond}]
    return [number, {"description": f"tiered {leverage}x", "marginTiers": steps}]


def _context(price: str) -> dict[str, Any]:
    return {
        "dayNtlVlm": "1.0",
        "funding": "0.0001",
        "impactPxs": [price, price],
        "markPx": price,
        "midPx": price,
        "openInterest": str(2 * amount(NOW, STEPS["1h"])),
        "oraclePx": price,
        "premium": "0.0",
        "prevDayPx": price,
    }
