"""HTX linear swaps: candles in coins and contracts, seconds, oldest first; OI without any paging.

Traded amounts sum buys and sells, so they are twice what was traded; days begin at 16:00 UTC, midnight in Singapore.

Paging as the venue does it: klines by `from` and `to`, both inclusive, 2000 at most; with `size` (150 unless asked)
the newest so many, and then `from` and `to` count for nothing. OI history is the newest `size` rows, 48 unless asked,
200 at most, newest first. Tiers come as every leverage with its ladders, sized in contracts. Liquidation orders come
newest first, 10 unless asked and 100 at most, of at most two hours in the last 90 days, and older ones from an id on.
"""

from typing import Any, ClassVar

import numpy as np

from tests.emulator.hours import COINS
from tests.emulator.truth import FUNDING_HOURS, FUNDING_RATE, TIERS
from tests.emulator.venue import Refusal, Reply, Request, Span, Venue, plain

MINUTE = 60_000
PERIODS = {"5min": 5, "15min": 15, "30min": 30, "60min": 60, "4hour": 240, "12hour": 720, "1day": 1440}
STATISTICS = ("60min", "4hour", "12hour", "1day")
CONTRACT = {"BTC": 0.001, "ETH": 0.01, "SOL": 1.0}
MOST_KLINES, MOST_STATISTICS, BOOK_LEVELS, MOST_ORDERS = 2000, 200, 150, 100
SIDES = 2
DAY, DAY_OFFSET = 86_400_000, 16 * 3_600_000
LONGEST_SPAN, ORDERS_KEPT = 2 * 3_600_000, 90 * DAY


class Htx(Venue):
    """The USDT-margined swaps of HTX."""

    name: ClassVar[str] = "htx"
    routes: ClassVar[dict[str, str]] = {
        "GET /v2/reference/currencies": "currencies",
        "GET /linear-swap-api/v1/swap_contract_info": "contracts",
        "GET /linear-swap-ex/market/history/kline": "klines",
        "GET /index/market/history/linear_swap_mark_price_kline": "mark_klines",
        "GET /linear-swap-api/v1/swap_his_open_interest": "open_interest_history",
        "GET /v5/market/open_interest": "open_interest",
        "GET /v5/market/funding_rate": "funding",
        "GET /v5/market/liquidation_orders": "liquidation_orders",
        "GET /linear-swap-ex/market/depth": "depth",
        "GET /linear-swap-api/v1/swap_adjustfactor": "tiers",
    }

    def currencies(self, _: Request) -> Reply:
        """Answer the currencies."""
        rows = [
            {"currency": name.lower(), "instStatus": "normal", "chains": []} for name in (*self.truth.bases, "USDT")
        ]
        return Reply({"code": 200, "data": rows}, rows)

    def contracts(self, request: Request) -> Reply:
        """Answer the contracts: swaps, and one dated future."""
        rows = [_contract(base) for base in self.truth.bases]
        dated = {"contract_code": "BTC-USDT-991231", "business_type": "futures", "contract_type": "quarter"}
        rows.append({**rows[0], **dated, "delivery_date": "20991231", "delivery_time": "4102387200000"})
        return _reply(request, rows, rows)

    def klines(self, request: Request) -> Reply:
        """Answer traded klines."""
        return self._klines(request, mark=False)

    def mark_klines(self, request: Request) -> Reply:
        """Answer mark-price klines, whose figures are strings and which know `size` alone."""
        return self._klines(request, mark=True)

    def _klines(self, request: Request, *, mark: bool) -> Reply:
        base, step = self._base(request), _period(request, tuple(PERIODS))
        candles = self.truth.candles(base, step, request.now, mark=mark, offset=DAY_OFFSET if step == DAY else 0)
        size, first, last = (request.number(name) for name in ("size", "from", "to"))
        ranged = size is None and not mark
        since = first * 1000 if ranged and first is not None else None
        until = last * 1000 if ranged and last is not None else None
        rows = []
        for i in Span(min(size or (MOST_KLINES if since else 150), MOST_KLINES), since, until).of(candles.time):
            prices = {"open": candles.open, "close": candles.close, "high": candles.high, "low": candles.low}
            figures = {name: float(column[i]) for name, column in prices.items()}
            coins, turnover = (
                0.0 if mark else SIDES * float(column[i]) for column in (candles.volume, candles.turnover)
            )
            amounts = {"amount": coins, "vol": coins / CONTRACT[base], "trade_turnover": turnover}
            row = {"id": int(candles.time[i]) // 1000, **figures, **amounts, "count": SIDES * int(candles.trades[i])}
            rows.append({key: value if key == "id" else plain(value) for key, value in row.items()} if mark else row)
        names = ("open", "high", "low", "close", "amount")
        return _reply(request, rows, rows, figures=names, extremes=("high", "low"))

    def open_interest_history(self, request: Request) -> Reply:
        """Answer the newest rows of OI: contracts (amount_type 1) or coins (2)."""
        base, step = self._base(request), _period(request, STATISTICS)
        size, kind = request.number("size", 48) or 0, request.number("amount_type")
        if not 1 <= size <= MOST_STATISTICS or kind not in (1, 2):
            raise _refusal("1067", "The size or amount_type parameter is invalid.")
        offset = DAY_OFFSET if step == DAY else 0
        times, amounts, prices = self.truth.open_interest(base, step, request.now, offset=offset)
        unit = CONTRACT[base] if kind == 1 else 1.0
        rows = [
            {
                "volume": f"{amounts[i] / unit:.16f}",
                "amount_type": str(kind),
                "ts": str(times[i]),
                "value": f"{amounts[i] * prices[i]:.16f}",
            }
            for i in Span(size, newest_first=True).of(times)
        ]
        data = {"symbol": base, "tick": rows, "contract_code": f"{base}-USDT", "business_type": "swap"}
        return _reply(request, data, rows, figures=("volume", "value"))

    def open_interest(self, request: Request) -> Reply:
        """Answer the present OI: `volume` in contracts, `amount` in coins."""
        base = self._base(request)
        amount = self.truth.latest_open_interest(base, request.now)
        value = amount * self.truth.price(base, request.now)
        data = {"contract_code": f"{base}-USDT", "amount": plain(amount), "volume": plain(amount / CONTRACT[base])}
        body = {"code": 200, "message": "Success", "data": {**data, "value": plain(value)}, "ts": request.now}
        return Reply(body, [body["data"]], figures=("amount", "volume", "value"))

    def funding(self, request: Request) -> Reply:
        """Answer the funding rate."""
        base, upcoming = self._base(request), self.truth.next_funding(request.now)
        row = {
            "contract_code": f"{base}-USDT",
            "funding_rate": f"{FUNDING_RATE:.18f}",
            "funding_time": str(upcoming),
            "next_funding_time": str(upcoming + FUNDING_HOURS * 3_600_000),
            "min_funding_rate": "-0.003750000000000000",
            "max_funding_rate": "0.003750000000000000",
        }
        return Reply({"code": 200, "message": "Success", "data": [row], "ts": request.now}, [row], ("funding_rate",))

    def liquidation_orders(self, request: Request) -> Reply:
        """Answer liquidation orders; `from` is the id that was last."""
        base = self._base(request)
        last = request.number("end_time", request.now) or 0
        first = request.number("start_time", last - LONGEST_SPAN) or 0
        if last - first > LONGEST_SPAN or first < request.now - ORDERS_KEPT:
            raise Refusal(200, {"code": 1067, "message": "start_time or end_time is invalid.", "ts": request.now})
        orders = self.truth.liquidation_orders(base, request.now)
        ids = np.arange(len(orders.time))
        older = request.number("from")
        chosen = ids[(orders.time >= first) & (orders.time <= last) & (ids < (len(ids) if older is None else older))]
        rows = [
            {
                "id": str(i),
                "contract_code": f"{base}-USDT",
                "liquidation_time": str(orders.time[i]),
                "side": "sell" if orders.side[i] > 0 else "buy",
                # in one-way mode, here every fifth, an order tells by its side alone whom it closed
                "position_side": "both" if i % 5 == 0 else "long" if orders.side[i] > 0 else "short",
                "volume": plain(orders.amount[i] / CONTRACT[base]),
                "amount": plain(orders.amount[i] / CONTRACT[base]),
                "bankrupt_price": plain(orders.price[i]),
                "trade_turnover": plain(orders.amount[i] * orders.price[i]),
            }
            for i in chosen[::-1][: min(request.number("limit", 10) or 10, MOST_ORDERS)].tolist()
        ]
        body = {"code": 200, "message": "Success", "data": rows, "ts": request.now}
        return Reply(body, rows, figures=("trade_turnover",))

    def depth(self, request: Request) -> Reply:
        """Answer 150 levels a side, in contracts."""
        base = self._base(request)
        book = self.truth.book(base, request.now, BOOK_LEVELS)
        bids, asks = ([[float(p), round(a / CONTRACT[base])] for p, a in side] for side in (book.bids, book.asks))
        tick = {"bids": bids, "asks": asks, "ts": request.now, "id": 1, "mrid": 1, "version": 1}
        channel = f"market.{base}-USDT.depth.step0"
        body = {"ch": channel, "status": "ok", "tick": {**tick, "ch": channel}, "ts": request.now}
        return Reply(body, bids, figures=(0, 1))

    def tiers(self, request: Request) -> Reply:
        """Answer every leverage with the ladders in which it is allowed."""
        bases = [self._base(request)] if "contract_code" in request.query else list(self.truth.bases)
        rows = []
        for base in bases:
            contract = CONTRACT[base] * self.truth.price(base, request.now)
            levels = [
                {"lever_rate": top.max_leverage, "ladders": _ladders(base, top.max_leverage, contract)}
                for top in TIERS[base]
            ]
            code = {
                "symbol": base,
                "contract_code": f"{base}-USDT",
                "margin_mode": "isolated",
                "trade_partition": "USDT",
            }
            rows.append({**code, "list": levels})
        return _reply(request, rows, rows)

    def _base(self, request: Request) -> str:
        code = request.query.get("contract_code", "")
        base = code.removesuffix("-USDT")
        if base not in self.truth.bases or base == code:
            raise _refusal("1332", "The contract doesn't exist.")
        return base


def _ladders(base: str, leverage: float, contract: float) -> list[dict[str, Any]]:
    """Return the tiers that allow this leverage; maintenance is adjust_factor / leverage."""
    rows: list[dict[str, Any]] = []
    for number, tier in enumerate(tier for tier in TIERS[base] if tier.max_leverage >= leverage):
        size = {"min_size": rows[-1]["max_size"] + 1 if rows else 0, "max_size": round(tier.cap / contract)}
        rows.append({"ladder": number, **size, "adjust_factor": round(tier.maintenance_rate * leverage, 12)})
    return rows


def _reply(request: Request, data: Any, rows: list[Any], **cells: Any) -> Reply:
    return Reply({"status": "ok", "data": data, "ts": request.now}, rows, **cells)


def _refusal(code: str, message: str) -> Refusal:
    return Refusal(200, {"status": "error", "err_code": int(code), "err_msg": message, "ts": 0})


def _period(request: Request, known: tuple[str, ...]) -> int:
    if request.query.get("period") not in known:
        raise _refusal("1067", "The period field is invalid.")
    return PERIODS[request.query["period"]] * MINUTE


def _contract(base: str) -> dict[str, Any]:
    return {
        "symbol": base,
        "contract_code": f"{base}-USDT",
        "contract_size": CONTRACT[base],
        "price_tick": round(10.0 ** -COINS[base].price_digits, 8),
        "delivery_date": "",
        "delivery_time": "",
        "create_date": "20201021",
        "contract_status": 1,
        "settlement_date": "1640764800000",
        "support_margin_mode": "all",
        "business_type": "swap",
        "pair": f"{base}-USDT",
        "contract_type": "swap",
        "trade_partition": "USDT",
    }
