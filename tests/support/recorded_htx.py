"""HTX's public JSON in the shapes it answers with."""

from collections.abc import Callable
from typing import Any

from tests.support.recorded_venue import BOOK, NOW, PRICE, STEPS, Venue, amount, bar_times, candle

CONTRACT = 0.001


class HtxVenue(Venue):
    """api.hbdm.vn."""

    hosts = ("https://api.hbdm.vn",)
    contract_size = CONTRACT
    second_tier = (1000 * CONTRACT * PRICE, 1000 * CONTRACT * PRICE * 0.005)
    interest_reach = 198 * 3_600_000
    empty = '{"status":"ok","data":{"tick":[]},"ts":1}'
    candles, mark, interest, interest_now, account, book, listing, rate, risk = (
        "/linear-swap-ex/market/history/kline",
        "/linear_swap_mark_price_kline",
        "/swap_his_open_interest",
        "/open_interest",
        None,
        "/depth",
        "/swap_contract_info",
        "/funding_rate",
        "/swap_adjustfactor",
    )
    deepest = (("type", "step0"),)

    def answers(self) -> dict[str, Callable[[dict[str, str]], Any]]:
        """Return what answers each path."""
        return {
            "/linear-swap-api/v1/swap_contract_info": lambda _: _ok([_contract("BTC"), _contract("ETH"), _dated()]),
            "/linear-swap-ex/market/history/kline": self._klines,
            "/index/market/history/linear_swap_mark_price_kline": self._mark_klines,
            "/linear-swap-api/v1/swap_his_open_interest": self._interest,
            "/v5/market/open_interest": lambda _: {
                "code": 200,
                "message": "Success",
                "data": {
                    "amount": str(amount(NOW, STEPS["1h"])),
                    "volume": str(amount(NOW, STEPS["1h"]) / CONTRACT),
                    "value": "1.0",
                    "contract_code": "BTC-USDT",
                },
                "ts": NOW - 3,
            },
            "/linear-swap-ex/market/depth": lambda _: {
                "ch": "market.BTC-USDT.depth.step0",
                "status": "ok",
                "tick": {
                    "ts": NOW - 5,
                    "version": 1,
                    **{side: [[p, round(q / CONTRACT)] for p, q in rows] for side, rows in BOOK.items()},
                },
                "ts": NOW - 4,
            },
            "/v5/market/funding_rate": lambda _: {
                "code": 200,
                "message": "Success",
                "data": [
                    {
                        "contract_code": "BTC-USDT",
                        "funding_rate": "0.0001",
                        "estimated_rate": None,
                        "funding_time": str(NOW + 1000),
                        "next_funding_time": str(NOW + 1000 + 8 * 3_600_000),
                    }
                ],
                "ts": NOW - 7,
            },
            "/linear-swap-api/v1/swap_adjustfactor": self._factors,
        }

    def _klines(self, query: dict[str, str]) -> Any:
        assert "size" not in query, "HTX overlooks the range beside a size"
        step = _period(query)
        times = bar_times(int(query["from"]) * 1000, int(query["to"]) * 1000, step, 10_000, newest=False)
        assert len(times) <= 2000
        return _ok([_row(t, step) for t in times])

    def _mark_klines(self, query: dict[str, str]) -> Any:
        assert int(query["size"]) <= 2000
        step = _period(query)
        times = bar_times(0, NOW, step, int(query["size"]), newest=True)
        return _ok(
            [{key: str(x) for key, x in (_row(t, step) | {"amount": 0}).items()} | {"id": t // 1000} for t in times]
        )

    def _interest(self, query: dict[str, str]) -> Any:
        assert int(query["size"]) <= 200
        assert query["amount_type"] == "2", "in coins"
        step = {"60min": 3_600_000, "4hour": 14_400_000, "1day": 86_400_000}[query["period"]]
        rows = [
            {"volume": f"{amount(t, step):.16f}", "amount_type": "2", "ts": str(t), "value": "1.0"}
            for t in bar_times(0, NOW, step, int(query["size"]), newest=True)[::-1]
        ]
        return _ok({"symbol": "BTC", "tick": rows, "contract_code": "BTC-USDT", "business_type": "swap"})

    def _factors(self, query: dict[str, str]) -> Any:
        assert query["contract_code"] == "BTC-USDT"
        # leverage, then (from, to, factor): 0.005 up to 1,000 contracts, 0.01 up to 10,000, 0.025 beyond
        levels = {
            100: ((0, 999, 0.5),),
            50: ((0, 999, 0.25), (1000, 9999, 0.5)),
            20: ((0, 999, 0.1), (1000, 9999, 0.2), (10_000, None, 0.5)),
        }
        brackets = [
            {
                "lever_rate": leverage,
                "ladders": [
                    {"ladder": n, "min_size": low, "max_size": high, "adjust_factor": factor}
                    for n, (low, high, factor) in enumerate(steps)
                ],
            }
            for leverage, steps in levels.items()
        ]
        code = {"symbol": "BTC", "contract_code": "BTC-USDT", "margin_mode": "isolated", "trade_partition": "USDT"}
        return _ok([code | {"list": brackets}])


def _ok(data: Any) -> dict[str, Any]:
    return {"status": "ok", "data": data, "ts": NOW - 4}


def _period(query: dict[str, str]) -> int:
    return {"5min": 300_000, "60min": 3_600_000, "4hour": 14_400_000}[query["period"]]


def _row(time: int, step: int) -> dict[str, Any]:
    open_, high, low, close, volume = _part_of_day(time) if step == STEPS["4h"] else candle(time, step)
    prices = {"id": time // 1000, "open": open_, "high": high, "low": low, "close": close}
    # buys and sells together
    return prices | {"amount": 2 * volume, "vol": round(2 * volume / CONTRACT), "trade_turnover": 1.0, "count": 40}


def _part_of_day(time: int) -> tuple[float, float, float, float, float]:
    """Return one of the six bars that make the UTC day: its extremes fall into the second and the fifth."""
    day = time // STEPS["1d"] * STEPS["1d"]
    part = (time - day) // STEPS["4h"]
    open_, high, low, close, volume = candle(day, STEPS["1d"])
    begins, ends = (open_ + (close - open_) * step / 6 for step in (part, part + 1))
    top, bottom = max(begins, ends), min(begins, ends)
    return begins, high if part == 1 else top, low if part == 4 else bottom, ends, volume / 6


def _contract(base: str) -> dict[str, Any]:
    return {
        "symbol": base,
        "contract_code": f"{base}-USDT",
        "contract_size": CONTRACT,
        "price_tick": 0.1,
        "delivery_date": "",
        "delivery_time": "",
        "create_date": "20200330",
        "contract_status": 1,
        "settlement_date": "1640764800000",
        "support_margin_mode": "all",
        "business_type": "swap",
        "pair": f"{base}-USDT",
        "contract_type": "swap",
        "trade_partition": "USDT",
    }


def _dated() -> dict[str, Any]:
    return _contract("BTC") | {
        "contract_code": "BTC-USDT-240927",
        "delivery_date": "20240927",
        "delivery_time": "1727424000000",
        "business_type": "futures",
        "contract_type": "quarter",
    }
