"""Binance's public JSON in the shapes it answers with."""

from collections.abc import Callable
from typing import Any

from tests.support.recorded_venue import BOOK, LISTED, NOW, STEPS, Venue, amount, bar_times, candle


class BinanceVenue(Venue):
    """fapi.binance.com."""

    hosts = ("https://fapi.binance.com",)
    tiers_source = "table"
    usdc = "BTC/USDC:USDC"
    second_tier = (50_000, 50)
    interest_reach = 30 * 86_400_000
    deepest = (("limit", "1000"),)
    interest_now, account = "/openInterest", "/globalLongShortAccountRatio"
    candles, mark, interest, book, listing, rate, risk = (
        "/klines",
        "/markPriceKlines",
        "/openInterestHist",
        "/depth",
        "/exchangeInfo",
        "/premiumIndex",
        None,
    )

    def answers(self) -> dict[str, Callable[[dict[str, str]], Any]]:
        """Return what answers each path."""
        return {
            "/fapi/v1/exchangeInfo": lambda _: {"symbols": [_binance_symbol("BTC"), _binance_symbol("ETH"), _usdc()]},
            "/fapi/v1/klines": self._klines,
            "/fapi/v1/markPriceKlines": self._klines,
            "/futures/data/openInterestHist": self._interest,
            "/fapi/v1/openInterest": lambda _: {
                "symbol": "BTCUSDT",
                "openInterest": f"{amount(NOW, STEPS['1h']):.3f}",
                "time": NOW - 3,
            },
            "/futures/data/globalLongShortAccountRatio": lambda _: [
                {
                    "symbol": "BTCUSDT",
                    "longAccount": "0.6000",
                    "longShortRatio": "1.5000",
                    "shortAccount": "0.4000",
                    "timestamp": NOW - 200_000,
                }
            ],
            "/fapi/v1/depth": lambda _: {
                "lastUpdateId": 1,
                "E": NOW,
                "T": NOW - 5,
                **{side: [[str(p), str(q)] for p, q in rows] for side, rows in BOOK.items()},
            },
            "/fapi/v1/premiumIndex": lambda _: {
                "symbol": "BTCUSDT",
                "markPrice": "60000.1",
                "indexPrice": "60000.2",
                "estimatedSettlePrice": "60000.3",
                "lastFundingRate": "0.00010000",
                "interestRate": "0.00010000",
                "nextFundingTime": NOW + 1000,
                "time": NOW - 7,
            },
            "/fapi/v1/fundingInfo": lambda _: [
                {
                    "symbol": "ETHUSDT",
                    "adjustedFundingRateCap": "0.03",
                    "adjustedFundingRateFloor": "-0.03",
                    "fundingIntervalHours": 4,
                    "disclaimer": False,
                }
            ],
        }

    def _klines(self, query: dict[str, str]) -> Any:
        step = STEPS[query["interval"]]
        assert int(query["limit"]) <= 1000
        times = bar_times(int(query["startTime"]), int(query["endTime"]), step, int(query["limit"]), newest=False)
        return [[t, *(str(x) for x in candle(t, step)), t + step - 1, "1.0", 40, "1.0", "1.0", "0"] for t in times]

    def _interest(self, query: dict[str, str]) -> Any:
        step = STEPS[query["period"]]
        assert int(query["limit"]) <= 500
        assert int(query["startTime"]) > NOW - 30 * 86_400_000, "Binance refuses older starts"
        times = bar_times(int(query["startTime"]), int(query["endTime"]), step, int(query["limit"]), newest=True)
        return [
            {
                "symbol": "BTCUSDT",
                "sumOpenInterest": f"{amount(t, step):.8f}",
                "sumOpenInterestValue": "1.0",
                "timestamp": t,
            }
            for t in times
        ]


def _usdc() -> dict[str, Any]:
    names = {"symbol": "BTCUSDC", "pair": "BTCUSDC", "quoteAsset": "USDC", "marginAsset": "USDC"}
    return _binance_symbol("BTC") | names


def _binance_symbol(base: str) -> dict[str, Any]:
    return {
        "symbol": f"{base}USDT",
        "pair": f"{base}USDT",
        "contractType": "PERPETUAL",
        "deliveryDate": 4133404800000,
        "onboardDate": LISTED,
        "status": "TRADING",
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": base,
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": 2,
        "quantityPrecision": 3,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "filters": [
            {"minPrice": "556.80", "maxPrice": "4529764", "filterType": "PRICE_FILTER", "tickSize": "0.10"},
            {"stepSize": "0.001", "filterType": "LOT_SIZE", "maxQty": "1000", "minQty": "0.001"},
            {"filterType": "MIN_NOTIONAL", "notional": "100"},
        ],
    }
