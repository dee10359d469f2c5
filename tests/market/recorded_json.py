"""Four venues' public JSON in the shapes they answer with, from one made-up market, for requests-mock."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

STEPS = {"5m": 300_000, "15m": 900_000, "30m": 1_800_000, "1h": 3_600_000, "4h": 14_400_000, "1d": 86_400_000}
NOW = 1_722_513_000_000  # 2024-08-01T11:50Z
SYMBOL = "BTC/USDT:USDT"
LISTED = 1_585_526_400_000
OKX_CONTRACT, GATE_CONTRACT = 0.01, 0.0001
BOOK = {"bids": [(59_990.0, 1.5), (59_980.0, 2.5)], "asks": [(60_010.0, 0.5), (60_020.0, 4.0)]}


def candle(time: int, step: int) -> tuple[float, float, float, float, float]:
    """Return open, high, low, close, volume in base coin of the bar that opens at `time`."""
    open_ = 60_000.0 + time // step % 97 * 10
    close = 60_000.0 + (time // step + 1) % 97 * 10
    return open_, max(open_, close) + 5, min(open_, close) - 5, close, 100.0 + time // step % 7


def amount(time: int, step: int) -> float:
    """Return the one-sided open interest in base coin at `time`."""
    return 50_000.0 + time // step % 1000


def bar_times(first: int, last: int, step: int, most: int, *, newest: bool) -> list[int]:
    """Return the opens in first..last that a venue would send: at most `most`, the newest or the oldest."""
    times = list(range(-(-first // step) * step, min(last, NOW) + 1, step))
    return times[-most:] if newest else times[:most]


class Venue:
    """One venue: `answers` maps the end of a path to a function of the query; `broken` overrides by path end."""

    host: str

    def __init__(self) -> None:
        """Start with no request seen and nothing broken."""
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.urls: list[str] = []
        self.broken: dict[str, tuple[int, str, dict[str, str]]] = {}
        self.prefix = ""

    def answers(self) -> dict[str, Callable[[dict[str, str]], Any]]:
        """Return what answers each path."""
        raise NotImplementedError

    def answer(self, request: Any, context: Any) -> str:
        """Answer as the venue would."""
        url = urlsplit(request.url)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        path = url.path.removeprefix(self.prefix)
        self.seen.append((path, query))
        self.urls.append(request.url)
        context.headers["Content-Type"] = "application/json"
        for end, (status, text, headers) in self.broken.items():
            if path.endswith(end):
                context.status_code = status
                context.headers.update(headers)
                return text
        return json.dumps(self.answers()[path](query))

    def queries(self, end: str) -> list[dict[str, str]]:
        """Return the queries of the calls whose path ends so."""
        return [query for path, query in self.seen if path.endswith(end)]


class BinanceVenue(Venue):
    """fapi.binance.com."""

    host = "https://fapi.binance.com"
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
            "/fapi/v1/exchangeInfo": lambda _: {"symbols": [_binance_symbol("BTC"), _binance_symbol("ETH")]},
            "/fapi/v1/klines": self._klines,
            "/fapi/v1/markPriceKlines": self._klines,
            "/futures/data/openInterestHist": self._interest,
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
        return [
            [t, *(str(x) for x in candle(t, step)), t + step - 1, "1.0", 40, "1.0", "1.0", "0"] for t in times
        ]

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


class BybitVenue(Venue):
    """api.bybit.com."""

    host = "https://api.bybit.com"
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
            "/v5/market/orderbook": lambda _: {
                "s": "BTCUSDT",
                "b": [[str(p), str(q)] for p, q in BOOK["bids"]],
                "a": [[str(p), str(q)] for p, q in BOOK["asks"]],
                "ts": NOW - 5,
                "u": 5277055,
            },
            "/v5/market/tickers": lambda _: {
                "category": "linear",
                "list": [
                    {
                        "symbol": "BTCUSDT",
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
        entries = [] if query.get("status") == "PreLaunch" else [_bybit_symbol("BTC"), _bybit_symbol("ETH")]
        return {"category": "linear", "list": entries, "nextPageCursor": ""}

    def _kline(self, query: dict[str, str], *, with_volume: bool) -> Any:
        step = {"5": 300_000, "60": 3_600_000, "D": 86_400_000}[query["interval"]]
        assert int(query["limit"]) <= 1000
        times = bar_times(int(query["start"]), int(query["end"]), step, int(query["limit"]), newest=True)
        rows = [[str(t), *(str(x) for x in candle(t, step)), "1.0"][: 7 if with_volume else 5] for t in times]
        return {"symbol": "BTCUSDT", "category": "linear", "list": rows[::-1]}

    def _interest(self, query: dict[str, str]) -> Any:
        step = {"5min": 300_000, "1h": 3_600_000, "1d": 86_400_000}[query["intervalTime"]]
        assert int(query["limit"]) <= 200
        times = bar_times(int(query["startTime"]), int(query["endTime"]), step, int(query["limit"]), newest=True)
        rows = [
            {"openInterest": f"{2 * amount(t, step):.8f}", "timestamp": str(t)}
            | ({"singleOpenInterest": f"{amount(t, step):.8f}"} if self.single else {})
            for t in times
        ]
        return {"symbol": "BTCUSDT", "category": "linear", "list": rows[::-1], "nextPageCursor": "lastid%3D1"}


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


class OkxVenue(Venue):
    """www.okx.com."""

    host = "https://www.okx.com"
    candles, mark, interest, book, listing, rate, risk = (
        "candles",
        "mark-price-candles",
        "/open-interest-history",
        "/books",
        "/instruments",
        "/funding-rate",
        "/position-tiers",
    )

    def answers(self) -> dict[str, Callable[[dict[str, str]], Any]]:
        """Return what answers each path."""
        inner: dict[str, Callable[[dict[str, str]], Any]] = {
            "/public/instruments": lambda _: [_okx_swap("BTC"), _okx_swap("ETH"), _okx_inverse(), _okx_preopen()],
            "/market/candles": lambda q: self._candles(q, 300),
            "/market/history-candles": lambda q: self._candles(q, 300),
            "/market/mark-price-candles": lambda q: self._candles(q, 100, mark=True),
            "/market/history-mark-price-candles": lambda q: self._candles(q, 100, mark=True),
            "/rubik/stat/contracts/open-interest-history": self._interest,
            "/market/books": lambda _: [
                {
                    side: [[str(p), str(q / OKX_CONTRACT), "0", "2"] for p, q in rows]
                    for side, rows in BOOK.items()
                }
                | {"ts": str(NOW - 5)}
            ],
            "/public/funding-rate": lambda _: [
                {
                    "fundingRate": "0.0001",
                    "fundingTime": str(NOW + 1000),
                    "instId": "BTC-USDT-SWAP",
                    "instType": "SWAP",
                    "nextFundingRate": "",
                    "nextFundingTime": str(NOW + 1000 + 8 * 3_600_000),
                }
            ],
            "/public/position-tiers": lambda _: [
                {
                    "baseMaxLoan": "",
                    "imr": "0.01",
                    "instFamily": "BTC-USDT",
                    "instId": "",
                    "maxLever": most,
                    "maxSz": cap,
                    "minSz": floor,
                    "mmr": rate,
                    "optMgnFactor": "0",
                    "quoteMaxLoan": "",
                    "tier": tier,
                    "uly": "BTC-USDT",
                }
                for tier, floor, cap, rate, most in (
                    ("1", "0", "1000", "0.004", "100"),
                    ("2", "1001", "5000", "0.005", "80"),
                )
            ],
        }
        return {f"/api/v5{path}": _okx_envelope(answer) for path, answer in inner.items()}

    def _candles(self, query: dict[str, str], most: int, *, mark: bool = False) -> Any:
        step = {"5m": 300_000, "1H": 3_600_000, "4H": 14_400_000, "1Dutc": 86_400_000}[query["bar"]]
        assert int(query["limit"]) <= most
        first, last = int(query["before"]) + 1, int(query["after"]) - 1
        rows = []
        for t in bar_times(first, last, step, int(query["limit"]), newest=True)[::-1]:
            open_, high, low, close, volume = candle(t, step)
            prices = [str(t), *(str(x) for x in (open_, high, low, close))]
            rows.append([*prices, "1"] if mark else [*prices, str(volume / OKX_CONTRACT), str(volume), "1.0", "1"])
        return rows

    def _interest(self, query: dict[str, str]) -> Any:
        step = {"5m": 300_000, "1H": 3_600_000, "1D": 86_400_000}[query["period"]]
        assert int(query["limit"]) <= 100
        # a row carries the start of its period and appears at the end of it
        first, last = max(int(query["begin"]) + 1, NOW - 1440 * step), min(int(query["end"]) - 1, NOW - step)
        return [
            [str(t), str(amount(t + step, step) / OKX_CONTRACT), str(amount(t + step, step)), "1.0"]
            for t in bar_times(first, last, step, int(query["limit"]), newest=True)[::-1]
        ]


def _okx_envelope(answer: Callable[[dict[str, str]], Any]) -> Callable[[dict[str, str]], Any]:
    return lambda query: {"code": "0", "msg": "", "data": answer(query)}


def _okx_swap(base: str) -> dict[str, Any]:
    return {
        "alias": "",
        "baseCcy": "",
        "category": "1",
        "ctMult": "1",
        "ctType": "linear",
        "ctVal": str(OKX_CONTRACT),
        "ctValCcy": base,
        "expTime": "",
        "instFamily": f"{base}-USDT",
        "instId": f"{base}-USDT-SWAP",
        "instType": "SWAP",
        "lever": "100",
        "listTime": str(LISTED),
        "lotSz": "0.1",
        "minSz": "0.1",
        "quoteCcy": "",
        "settleCcy": "USDT",
        "state": "live",
        "tickSz": "0.1",
        "uly": f"{base}-USDT",
    }


def _okx_inverse() -> dict[str, Any]:
    return _okx_swap("BTC") | {
        "ctType": "inverse",
        "ctVal": "100",
        "ctValCcy": "USD",
        "instFamily": "BTC-USD",
        "instId": "BTC-USD-SWAP",
        "settleCcy": "BTC",
        "uly": "BTC-USD",
    }


def _okx_preopen() -> dict[str, Any]:
    return {"instId": "NEW-USDT-SWAP", "instType": "SWAP", "state": "preopen", "settleCcy": "USDT", "uly": "NEW-USDT"}


class GateVenue(Venue):
    """api.gateio.ws."""

    host = "https://api.gateio.ws"
    candles, mark, interest, book, listing, rate, risk = (
        "/candlesticks",
        "/candlesticks",
        "/contract_stats",
        "/order_book",
        "/contracts",
        "/contracts/BTC_USDT",
        "/risk_limit_tiers",
    )

    def answers(self) -> dict[str, Callable[[dict[str, str]], Any]]:
        """Return what answers each path."""
        inner: dict[str, Callable[[dict[str, str]], Any]] = {
            "/contracts": lambda _: [_gate_contract("BTC"), _gate_contract("ETH")],
            "/contracts/BTC_USDT": lambda _: _gate_contract("BTC"),
            "/candlesticks": self._candles,
            "/contract_stats": self._stats,
            "/order_book": lambda _: {
                "id": 1,
                "current": NOW / 1000,
                "update": NOW / 1000,
                **{
                    side: [{"p": str(p), "s": round(q / GATE_CONTRACT)} for p, q in rows]
                    for side, rows in BOOK.items()
                },
            },
            "/risk_limit_tiers": lambda _: [
                {
                    "tier": tier,
                    "risk_limit": cap,
                    "initial_rate": "0.01",
                    "maintenance_rate": rate,
                    "leverage_max": most,
                    "deduction": "0",
                }
                for tier, cap, rate, most in ((1, "100000", "0.004", "125"), (2, "1000000", "0.005", "100"))
            ],
        }
        return {f"/api/v4/futures/usdt{path}": answer for path, answer in inner.items()}

    def _candles(self, query: dict[str, str]) -> Any:
        step = STEPS[query["interval"]]
        assert "limit" not in query, "Gate refuses a limit beside from and to"
        mark = query["contract"] == "mark_BTC_USDT"
        times = bar_times(int(query["from"]) * 1000, int(query["to"]) * 1000, step, 2001, newest=False)
        assert len(times) <= 2000
        rows = []
        for t in times:
            open_, high, low, close, volume = candle(t, step)
            row = {"t": t // 1000, "o": str(open_), "h": str(high), "l": str(low), "c": str(close)}
            rows.append(row if mark else row | {"v": round(volume / GATE_CONTRACT), "sum": "1.0"})
        return rows

    def _stats(self, query: dict[str, str]) -> Any:
        step = STEPS[query["interval"]]
        assert set(query) == {"contract", "interval", "limit", "from"}
        assert int(query["limit"]) <= 100
        times = bar_times(int(query["from"]) * 1000, NOW, step, int(query["limit"]), newest=False)
        return [
            {
                "time": t // 1000,
                "lsr_taker": 1.1,
                "long_liq_size": 0,
                "long_liq_usd": 0,
                "short_liq_usd": 0,
                "open_interest": round(amount(t, step) / GATE_CONTRACT),
                "open_interest_usd": 1.0,
                "mark_price": 60000.0,
            }
            for t in times
        ]


def _gate_contract(base: str) -> dict[str, Any]:
    return {
        "name": f"{base}_USDT",
        "type": "direct",
        "quanto_multiplier": str(GATE_CONTRACT),
        "order_price_deviate": "0.2",
        "maintenance_rate": "0.004",
        "mark_type": "index",
        "last_price": "60000",
        "mark_price": "60000",
        "index_price": "60000",
        "funding_rate_indicative": "0.0001",
        "mark_price_round": "0.01",
        "in_delisting": False,
        "risk_limit_base": "100000",
        "risk_limit_step": "1000000",
        "risk_limit_max": "500000000",
        "interest_rate": "0.0003",
        "order_price_round": "0.1",
        "order_size_min": 1,
        "order_size_max": 1000000,
        "funding_interval": 28800,
        "leverage_min": "1",
        "leverage_max": "125",
        "funding_rate": "0.0001",
        "funding_next_apply": NOW // 1000 + 1,
        "create_time": LISTED // 1000,
        "status": "trading",
        "enable_decimal": False,
    }


VENUES: dict[str, type[Venue]] = {
    "binance": BinanceVenue,
    "bybit": BybitVenue,
    "okx": OkxVenue,
    "gate": GateVenue,
}
