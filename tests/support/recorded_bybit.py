"""Bybit's public JSON in the shapes it answers with."""

from collections.abc import Callable
from typing import Any

from tests.support.recorded_venue import BOOK, LISTED, NOW, Venue, amount, bar_times, candle


class BybitVenue(Venue):
    """api.bybit.com."""

    hosts = ("https://api.bybit.com",)
    max_leverage = 100.0
    inverse = ("BTC/USD:BTC",)
    usdc = "BTC/USDC:USDC"
    second_tier = (2e6, 10_000)
    present = "5m"
    empty = '{"retCode":0,"retMsg":"OK","result":{"category":"linear","symbol":"BTCUSDT","list":[]},"time":1}'
    deepest = (("limit", "500"),)
    interest_now, account = "/open-interest", "/account-ratio"
    candles, mark, interest, book, listing, rate, risk = (
        "/kline",
        "/mark-price-kline",
        "/open-interest",
        "/orderbook",
        "/instruments-info",
        "/tickers",
        "/risk-limit",
    )
    single = False

    def answers(self) -> dict[str, Callable[[dict[str, str]], Any]]:
        """Return what answers each path."""
        inner: dict[str, Callable[[dict[str, str]], Any]] = {
            "/v5/market/instruments-info": self._instruments,
            "/v5/market/kline": lambda q: self._kline(q, with_volume=True),
            "/v5/market/mark-price-kline": lambda q: self._kline(q, with_volume=False),
            "/v5/market/open-interest": self._interest,
            "/v5/market/account-ratio": self._accounts,
            "/v5/market/orderbook": lambda _: {
                "s": "BTCUSDT",
                "b": [[str(p), str(q)] for p, q in BOOK["bids"]],
                "a": [[str(p), str(q)] for p, q in BOOK["asks"]],
                "ts": NOW - 5,
                "u": 5277055,
            },
            "/v5/market/tickers": lambda q: {
                "category": "linear",
                "list": [
                    {
                        "symbol": q["symbol"],
                        "lastPrice": "60000",
                        "markPrice": "60000",
                        "indexPrice": "60000",
                        "openInterest": "100000",
                        "fundingRate": "0.0001",
                        "nextFundingTime": str(NOW + 1000),
                    }
                ],
            },
            "/v5/market/risk-limit": lambda _: {
                "category": "linear",
                "list": [
                    {
                        "id": tier,
                        "symbol": "BTCUSDT",
                        "riskLimitValue": cap,
                        "maintenanceMargin": rate,
                        "initialMargin": "0.01",
                        "isLowestRisk": int(tier == 1),
                        "maxLeverage": most,
                        "mmDeduction": deduction,
                    }
                    for tier, cap, rate, most, deduction in (
                        (1, "2000000", "0.005", "100.00", ""),
                        (2, "10000000", "0.01", "50.00", "10000"),
                    )
                ],
            },
        }
        return {path: _bybit_envelope(answer) for path, answer in inner.items()}

    def _instruments(self, query: dict[str, str]) -> Any:
        linear = query["category"] == "linear"
        entries = (
            [_bybit_symbol("BTC"), _bybit_symbol("ETH"), _bybit_usdc()]
            if linear
            else [_bybit_inverse(), _bybit_dated()]
        )
        listed = [] if query.get("status") == "PreLaunch" else entries
        return {"category": query["category"], "list": listed, "nextPageCursor": ""}

    def _accounts(self, query: dict[str, str]) -> Any:
        assert query["period"] in {"5min", "15min", "30min", "1h", "4h", "1d"}
        row = {"symbol": "BTCUSDT", "buyRatio": "0.6", "sellRatio": "0.4", "timestamp": str(NOW - 200_000)}
        return {"list": [row], "nextPageCursor": ""}

    def _kline(self, query: dict[str, str], *, with_volume: bool) -> Any:
        step = {"5": 300_000, "60": 3_600_000, "D": 86_400_000}[query["interval"]]
        assert int(query["limit"]) <= 1000
        times = bar_times(int(query["start"]), int(query["end"]), step, int(query["limit"]), newest=True)
        rows = [[str(x) for x in (t, *candle(t, step))] for t in times]
        for row in rows:
            # coins then quote currency; of inverse contracts the other way round
            row[5:] = ["1.0", row[5]] if query["category"] == "inverse" else [row[5], "1.0"]
        shown = [row[: 7 if with_volume else 5] for row in rows[::-1]]
        return {"symbol": query["symbol"], "category": query["category"], "list": shown}

    def _interest(self, query: dict[str, str]) -> Any:
        step = {"5min": 300_000, "1h": 3_600_000, "1d": 86_400_000}[query["intervalTime"]]
        assert int(query.get("limit", 50)) <= 200
        # what ccxt asks for as the present OI has no bounds: the newest 50 rows
        first, last = int(query.get("startTime", 0)), int(query.get("endTime", NOW))
        times = bar_times(max(first, NOW - 10**11), last, step, int(query.get("limit", 50)), newest=True)
        rows = [
            {"openInterest": f"{2 * amount(t, step):.8f}", "timestamp": str(t)}
            | ({"singleOpenInterest": f"{amount(t, step):.8f}"} if self.single else {})
            for t in times
        ]
        named = {"symbol": query["symbol"], "category": query["category"]}
        return named | {"list": rows[::-1], "nextPageCursor": "lastid%3D1"}


def _bybit_envelope(answer: Callable[[dict[str, str]], Any]) -> Callable[[dict[str, str]], Any]:
    return lambda query: {
        "retCode": 0,
        "retMsg": "OK",
        "result": answer(query),
        "retExtInfo": {},
        "time": NOW - 7,
    }


def _bybit_symbol(base: str) -> dict[str, Any]:
    return {
        "symbol": f"{base}USDT",
        "contractType": "LinearPerpetual",
        "status": "Trading",
        "baseCoin": base,
        "quoteCoin": "USDT",
        "launchTime": str(LISTED),
        "deliveryTime": "0",
        "deliveryFeeRate": "",
        "priceScale": "2",
        "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
        "priceFilter": {"minPrice": "0.10", "maxPrice": "1999999.80", "tickSize": "0.10"},
        "lotSizeFilter": {"maxOrderQty": "1190.000", "minOrderQty": "0.001", "qtyStep": "0.001"},
        "unifiedMarginTrade": True,
        "fundingInterval": 480 if base == "BTC" else 240,
        "settleCoin": "USDT",
    }


def _bybit_usdc() -> dict[str, Any]:
    return _bybit_symbol("BTC") | {"symbol": "BTCPERP", "quoteCoin": "USDC", "settleCoin": "USDC"}


def _bybit_inverse() -> dict[str, Any]:
    return _bybit_symbol("BTC") | {
        "symbol": "BTCUSD",
        "contractType": "InversePerpetual",
        "quoteCoin": "USD",
        "settleCoin": "BTC",
        "lotSizeFilter": {"maxOrderQty": "1000000", "minOrderQty": "1", "qtyStep": "1"},
    }


def _bybit_dated() -> dict[str, Any]:
    return _bybit_inverse() | {
        "symbol": "BTCUSDU24",
        "contractType": "InverseFutures",
        "deliveryTime": "1727424000000",
    }
