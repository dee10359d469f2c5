"""OKX's public JSON in the shapes it answers with."""

from collections.abc import Callable
from typing import Any

from tests.support.recorded_venue import BOOK, LISTED, NOW, OKX_CONTRACT, PRICE, STEPS, Venue, amount, bar_times, candle


class OkxVenue(Venue):
    """www.okx.com."""

    hosts = ("https://www.okx.com",)
    contract_size = OKX_CONTRACT
    max_leverage = 100.0
    inverse = ("BTC/USD:BTC",)
    usdc = "BTC/USDC:USDC"
    second_tier = (1000 * OKX_CONTRACT * PRICE, 1000 * OKX_CONTRACT * PRICE * 0.001)
    interest_reach = 1440 * 3_600_000
    empty = '{"code":"0","msg":"","data":[]}'
    deepest = (("sz", "400"),)
    interest_now, account = "/public/open-interest", "/long-short-account-ratio-contract"
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
            "/public/instruments": lambda _: [
                _okx_swap("BTC"),
                _okx_swap("ETH"),
                _okx_usdc(),
                _okx_inverse(),
                _okx_preopen(),
            ],
            "/market/candles": lambda q: self._candles(q, 300),
            "/market/history-candles": lambda q: self._candles(q, 300),
            "/market/mark-price-candles": lambda q: self._candles(q, 100, mark=True),
            "/market/history-mark-price-candles": lambda q: self._candles(q, 100, mark=True),
            "/rubik/stat/contracts/open-interest-history": self._interest,
            "/market/books": lambda _: [
                {side: [[str(p), str(q / OKX_CONTRACT), "0", "2"] for p, q in rows] for side, rows in BOOK.items()}
                | {"ts": str(NOW - 5)}
            ],
            "/public/open-interest": lambda _: [
                {
                    "instId": "BTC-USDT-SWAP",
                    "instType": "SWAP",
                    "oi": str(amount(NOW, STEPS["1h"]) / OKX_CONTRACT),
                    "oiCcy": str(amount(NOW, STEPS["1h"])),
                    "oiUsd": "1.0",
                    "ts": str(NOW - 3),
                }
            ],
            "/rubik/stat/contracts/long-short-account-ratio-contract": lambda _: [[str(NOW - 200_000), "1.5"]],
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
        step = {"5m": 300_000, "1H": 3_600_000, "1Dutc": 86_400_000}[query["period"]]
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


def _okx_usdc() -> dict[str, Any]:
    names = {"instFamily": "BTC-USDC", "instId": "BTC-USDC-SWAP", "uly": "BTC-USDC", "settleCcy": "USDC"}
    return _okx_swap("BTC") | names


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
