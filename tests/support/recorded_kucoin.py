"""KuCoin's public JSON in the shapes it answers with."""

from collections.abc import Callable
from typing import Any

from tests.support.recorded_venue import BOOK, LISTED, NOW, STEPS, Venue, amount, bar_times, candle

LOT = 0.001


class KucoinVenue(Venue):
    """api-futures.kucoin.com, and api.kucoin.com for the unified account's data."""

    hosts = ("https://api-futures.kucoin.com", "https://api.kucoin.com")
    contract_size = LOT
    max_leverage = 125.0
    usdc = "BTC/USDC:USDC"
    second_tier = (250_000, 250)
    empty = '{"code":"200000","data":[]}'
    interest_reach = 7 * 86_400_000
    candles, mark, interest, interest_now, account, book, listing, rate, risk = (
        "/kline/query",
        "/market/kline",
        "/open-interest",
        "/open-interest",
        None,
        "/level2/depth100",
        "/contracts/active",
        "/current",
        "/risk-limit/XBTUSDTM",
    )

    def answers(self) -> dict[str, Callable[[dict[str, str]], Any]]:
        """Return what answers each path."""
        inner: dict[str, Callable[[dict[str, str]], Any]] = {
            "/api/v1/contracts/active": lambda _: [
                _kucoin("BTC"),
                _kucoin("ETH"),
                _kucoin_usdc(),
                _kucoin_inverse(),
                _kucoin_dated(),
            ],
            "/api/v1/kline/query": self._klines,
            "/api/ua/v1/market/kline": self._mark_klines,
            "/api/ua/v1/market/open-interest": self._interest,
            "/api/v1/level2/depth100": lambda _: {
                "symbol": "XBTUSDTM",
                "sequence": 1,
                "ts": (NOW - 5) * 1_000_000,
                **{side: [[p, round(q / LOT)] for p, q in rows] for side, rows in BOOK.items()},
            },
            "/api/v1/funding-rate/XBTUSDTM/current": lambda _: {
                "symbol": ".XBTUSDTMFPI8H",
                "granularity": 28_800_000,
                "timePoint": NOW - 1000,
                "value": 0.0001,
                "dailyInterestRate": 0.0003,
                "fundingRateCap": 0.00375,
                "fundingRateFloor": -0.00375,
                "period": 1,
                "fundingTime": NOW + 1000,
            },
            "/api/v1/contracts/risk-limit/XBTUSDTM": lambda _: [
                {
                    "symbol": "XBTUSDTM",
                    "level": level,
                    "maxRiskLimit": cap,
                    "minRiskLimit": floor,
                    "maxLeverage": most,
                    "initialMargin": 1 / most,
                    "maintainMargin": rate,
                }
                for level, floor, cap, most, rate in ((1, 0, 250_000, 125, 0.004), (2, 250_000, 600_000, 100, 0.005))
            ],
        }
        both = inner | {path.replace("XBTUSDTM", "XBTUSDCM"): answer for path, answer in inner.items()}
        return {path: _envelope(answer) for path, answer in both.items()}

    def _klines(self, query: dict[str, str]) -> Any:
        assert set(query) == {"symbol", "granularity", "from", "to"}
        step = int(query["granularity"]) * 60_000
        times = bar_times(int(query["from"]), int(query["to"]), step, 10_000, newest=False)
        assert len(times) <= 200
        return [[t, *row[:4], round(row[4] / LOT), 1.0] for t in times if (row := candle(t, step))]

    def _mark_klines(self, query: dict[str, str]) -> Any:
        assert query["symbol"] in {"XBTUSDTM-mark-price", "XBTUSDCM-mark-price"}
        assert query["tradeType"] == "FUTURES"
        step = {"5min": 300_000, "1hour": 3_600_000}[query["interval"]]
        times = bar_times(int(query["startAt"]) * 1000, int(query["endAt"]) * 1000, step, 1500, newest=True)
        rows = []
        for t in times[::-1]:
            open_, high, low, close, _ = candle(t, step)
            rows.append([str(t // 1000), *(str(x) for x in (open_, close, high, low)), "0", "0"])
        return {"tradeType": "FUTURES", "symbol": query["symbol"], "list": rows}

    def _interest(self, query: dict[str, str]) -> Any:
        if "interval" not in query:
            return [{"symbol": query["symbol"], "openInterest": str(_lots(NOW, STEPS["1h"])), "ts": NOW - 3}]
        assert set(query) == {"symbol", "interval", "startAt", "endAt", "pageSize"}
        assert int(query["pageSize"]) <= 200
        step = {"5min": 300_000, "1hour": 3_600_000, "1day": 86_400_000}[query["interval"]]
        # older than it keeps, and it would answer with an error
        assert int(query["startAt"]) > NOW - (70 if query["interval"] == "1day" else 7) * 86_400_000
        times = bar_times(int(query["startAt"]), int(query["endAt"]), step, int(query["pageSize"]), newest=True)
        return [{"symbol": "XBTUSDTM", "openInterest": str(_lots(t, step)), "ts": t} for t in times[::-1]]


def _lots(time: int, step: int) -> int:
    return round(amount(time, step) / LOT)


def _envelope(answer: Callable[[dict[str, str]], Any]) -> Callable[[dict[str, str]], Any]:
    return lambda query: {"code": "200000", "data": answer(query)}


def _kucoin(base: str) -> dict[str, Any]:
    name = "XBT" if base == "BTC" else base
    return {
        "symbol": f"{name}USDTM",
        "rootSymbol": "USDT",
        "type": "FFWCSX",
        "firstOpenDate": LISTED,
        "expireDate": None,
        "settleDate": None,
        "baseCurrency": name,
        "quoteCurrency": "USDT",
        "settleCurrency": "USDT",
        "maxOrderQty": 1_000_000,
        "maxPrice": 1_000_000.0,
        "lotSize": 1,
        "tickSize": 0.1,
        "multiplier": LOT,
        "initialMargin": 0.008,
        "maintainMargin": 0.004,
        "makerFeeRate": 0.0002,
        "takerFeeRate": 0.0006,
        "isInverse": False,
        "status": "Open",
        "openInterest": "1",
        "nextFundingRateTime": 1000,
        "maxLeverage": 125,
    }


def _kucoin_usdc() -> dict[str, Any]:
    names = {"symbol": "XBTUSDCM", "rootSymbol": "USDC", "quoteCurrency": "USDC", "settleCurrency": "USDC"}
    return _kucoin("BTC") | names


def _kucoin_inverse() -> dict[str, Any]:
    return _kucoin("BTC") | {
        "symbol": "XBTUSDM",
        "rootSymbol": "XBT",
        "quoteCurrency": "USD",
        "settleCurrency": "XBT",
        "multiplier": -1.0,
        "isInverse": True,
    }


def _kucoin_dated() -> dict[str, Any]:
    dated = {"symbol": "XBTMU24", "type": "FFICSX", "expireDate": NOW + 10**9, "nextFundingRateTime": None}
    return _kucoin("BTC") | dated
