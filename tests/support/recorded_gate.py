"""Gate's public JSON in the shapes it answers with."""

from collections.abc import Callable
from typing import Any

from tests.support.recorded_venue import BOOK, GATE_CONTRACT, LISTED, NOW, STEPS, Venue, amount, bar_times, candle


class GateVenue(Venue):
    """api.gateio.ws."""

    hosts = ("https://api.gateio.ws",)
    contract_size = GATE_CONTRACT
    max_leverage = 125.0
    second_tier = (100_000, 100)
    present = "5m"
    deepest = (("limit", "300"),)
    interest_now, account = "/contract_stats", None
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
                    side: [{"p": str(p), "s": round(q / GATE_CONTRACT)} for p, q in rows] for side, rows in BOOK.items()
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
        assert int(query["from"]) * 1000 >= NOW - 10_000 * step, "Gate refuses older starts"
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
                "open_interest": round(amount(t + step, step) / GATE_CONTRACT),
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
