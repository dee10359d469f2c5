"""Bitget's public JSON in the shapes it answers with."""

from collections.abc import Callable
from typing import Any

from tests.support.recorded_venue import BOOK, LISTED, NOW, STEPS, Venue, amount, bar_times, candle

DAY = 86_400_000
STEP = {"5m": 300_000, "1H": 3_600_000, "4H": 14_400_000, "1Dutc": DAY}
RECENT_DAYS = {"5m": 30, "1H": 60, "4H": 240, "1Dutc": 1440}


class BitgetVenue(Venue):
    """api.bitget.com."""

    hosts = ("https://api.bitget.com",)
    max_leverage = 125.0
    usdc = "BTC/USDC:USDC"
    second_tier = (150_000, 150)
    empty = '{"code":"00000","msg":"success","data":[]}'
    candles, mark, interest, interest_now, account, book, listing, rate, risk = (
        "candles",
        "candles",
        None,
        "/open-interest",
        "/account-long-short",
        "/merge-depth",
        "/contracts",
        "/current-fund-rate",
        "/query-position-lever",
    )
    deepest = (("limit", "max"),)

    def answers(self) -> dict[str, Callable[[dict[str, str]], Any]]:
        """Return what answers each path."""
        inner: dict[str, Callable[[dict[str, str]], Any]] = {
            "/contracts": self._contracts,
            "/candles": lambda q: self._candles(q, 1000, recent=True),
            "/history-candles": lambda q: self._candles(q, 200, recent=False),
            "/history-mark-candles": lambda q: self._candles(q, 200, recent=False),
            "/open-interest": lambda _: {
                "openInterestList": [{"symbol": "BTCUSDT", "size": str(amount(NOW, STEPS["1h"]))}],
                "ts": str(NOW - 3),
            },
            "/account-long-short": self._accounts,
            "/merge-depth": lambda _: {
                **{side: [[str(p), str(q)] for p, q in rows] for side, rows in BOOK.items()},
                "ts": str(NOW - 5),
                "scale": "0.1",
                "precision": "scale0",
                "isMaxPrecision": "NO",
            },
            "/current-fund-rate": lambda _: [
                {
                    "symbol": "BTCUSDT",
                    "fundingRate": "0.0001",
                    "fundingRateInterval": "8",
                    "nextUpdate": str(NOW + 1000),
                    "minFundingRate": "-0.003",
                    "maxFundingRate": "0.003",
                }
            ],
            "/query-position-lever": lambda _: [
                {
                    "symbol": "BTCUSDT",
                    "level": level,
                    "startUnit": floor,
                    "endUnit": cap,
                    "leverage": most,
                    "keepMarginRate": rate,
                }
                for level, floor, cap, most, rate in (
                    ("1", "0", "150000", "125", "0.004"),
                    ("2", "150000", "900000", "100", "0.005"),
                )
            ],
        }
        return {f"/api/v2/mix/market{path}": _envelope(answer) for path, answer in inner.items()}

    def _contracts(self, query: dict[str, str]) -> Any:
        products = {
            "USDT-FUTURES": [_contract("BTC"), _contract("ETH"), _dated()],
            "COIN-FUTURES": [_inverse()],
            "USDC-FUTURES": [_usdc()],
        }
        return products.get(query["productType"], [])

    def _candles(self, query: dict[str, str], most: int, *, recent: bool) -> Any:
        granularity = query["granularity"]
        step, start, end = STEP[granularity], int(query["startTime"]), int(query["endTime"])
        if recent:
            start = max(start, NOW - RECENT_DAYS[granularity] * DAY)
        else:
            assert end - start <= 90 * DAY, "Bitget refuses more"
        # a range is kept from its end, which itself is left out
        times = bar_times(start, end - 1, step, min(int(query["limit"]), most), newest=True)
        return [[str(t), *(str(x) for x in candle(t, step)), "1.0"] for t in times]

    def _accounts(self, query: dict[str, str]) -> Any:
        assert query["period"] == "5m"
        # the ratio stands in Bitget's own example as 0.0138 beside shares of 0.58 and 0.42
        shares = {"longAccountRatio": "0.6", "shortAccountRatio": "0.4", "longShortAccountRatio": "0.015"}
        older = {"longAccountRatio": "0.1", "shortAccountRatio": "0.9", "longShortAccountRatio": "0.0011"}
        return [older | {"ts": str(NOW - 500_000)}, shares | {"ts": str(NOW - 200_000)}]


def _envelope(answer: Callable[[dict[str, str]], Any]) -> Callable[[dict[str, str]], Any]:
    return lambda query: {"code": "00000", "msg": "success", "requestTime": NOW - 4, "data": answer(query)}


def _contract(base: str) -> dict[str, Any]:
    return {
        "symbol": f"{base}USDT",
        "baseCoin": base,
        "quoteCoin": "USDT",
        "makerFeeRate": "0.0002",
        "takerFeeRate": "0.0006",
        "supportMarginCoins": ["USDT"],
        "minTradeNum": "0.001",
        "priceEndStep": "1",
        "volumePlace": "3",
        "pricePlace": "1",
        "sizeMultiplier": "0.001",
        "symbolType": "perpetual",
        "minTradeUSDT": "5",
        "symbolStatus": "normal",
        "offTime": "-1",
        "deliveryTime": "",
        "launchTime": str(LISTED),
        "fundInterval": "8",
        "minLever": "1",
        "maxLever": "125",
    }


def _usdc() -> dict[str, Any]:
    return _contract("BTC") | {"symbol": "BTCPERP", "quoteCoin": "USDC", "supportMarginCoins": ["USDC"]}


def _inverse() -> dict[str, Any]:
    return _contract("BTC") | {"symbol": "BTCUSD", "quoteCoin": "USD", "supportMarginCoins": ["BTC", "ETH"]}


def _dated() -> dict[str, Any]:
    return _contract("BTC") | {"symbol": "BTCUSDTU24", "symbolType": "delivery", "deliveryTime": "1727424000000"}
