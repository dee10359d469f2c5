"""KuCoin futures: lots, numbers rather than strings, minutes as granularity, bitcoin by the name of XBT.

Paging as the venue does it: futures klines keep the oldest 200 of a range, oldest first. The unified account's
klines (mark prices) count in seconds, newest first, and keep the newest 1500; its OI history keeps the newest
`pageSize`, 30 unless asked and at most 200, and reaches back 7 days, or 70 at one day. The book comes in 20 levels,
100, or whole.
"""

from typing import Any, ClassVar

from tests.emulator.hours import COINS
from tests.emulator.truth import FUNDING_HOURS, FUNDING_RATE, TIERS
from tests.emulator.venue import Refusal, Reply, Request, Span, Venue, plain

MINUTE, DAY = 60_000, 86_400_000
INTEREST_DAYS = {"1day": 70, "other": 7}
GRANULARITIES = (1, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 10080)
INTERVALS = {"5min": 5, "15min": 15, "30min": 30, "1hour": 60, "2hour": 120, "4hour": 240, "12hour": 720, "1day": 1440}
STATISTICS = ("5min", "15min", "30min", "1hour", "4hour", "1day")
LOT = {"BTC": 0.001, "ETH": 0.01, "SOL": 0.1}
MOST_KLINES, MOST_MARK_KLINES, MOST_STATISTICS, WHOLE_BOOK = 200, 1500, 200, 2000


class Kucoin(Venue):
    """The USDT-margined futures of KuCoin."""

    name: ClassVar[str] = "kucoin"
    routes: ClassVar[dict[str, str]] = {
        "GET /api/v[13]/currencies": "currencies",
        "GET /api/v1/contracts/active": "contracts",
        "GET /api/v1/kline/query": "klines",
        "GET /api/ua/v1/market/kline": "mark_klines",
        "GET /api/ua/v1/market/open-interest": "open_interest",
        "GET /api/v1/funding-rate/(.+)/current": "funding",
        "GET /api/v1/level2/(depth20|depth100|snapshot)": "book",
        "GET /api/v1/contracts/risk-limit/(.+)": "risk_limit",
    }

    def currencies(self, _: Request) -> Reply:
        """Answer the currencies."""
        rows = [
            {"currency": name, "name": name, "fullName": name, "precision": 8, "chains": []} for name in self._names()
        ]
        return _reply(rows, rows)

    def contracts(self, request: Request) -> Reply:
        """Answer the active contracts: perpetuals, and one dated future, which has no next funding."""
        rows = [self._contract(base, request.now) for base in self.truth.bases]
        dated = {"symbol": "XBTMZ99", "expireDate": 4_102_387_200_000, "nextFundingRateTime": None, "type": "FFICSX"}
        rows.append({**rows[0], **dated})
        return _reply(rows, rows)

    def klines(self, request: Request) -> Reply:
        """Answer traded klines: prices and lots."""
        base, granularity = self._base(request.query.get("symbol", "")), request.number("granularity")
        if granularity not in GRANULARITIES:
            raise _refusal("100001", "Invalid parameter: granularity")
        candles = self.truth.candles(base, granularity * MINUTE, request.now)
        since, until = request.number("from"), request.number("to")
        rows = []
        for i in Span(MOST_KLINES, since, until, oldest=since is not None).of(candles.time):
            prices = [float(column[i]) for column in (candles.open, candles.high, candles.low, candles.close)]
            lots = round(candles.volume[i] / LOT[base])
            rows.append([int(candles.time[i]), *prices, lots, float(candles.turnover[i])])
        return _reply(rows, rows, figures=(1, 2, 3, 4, 5), extremes=(2, 3))

    def mark_klines(self, request: Request) -> Reply:
        """Answer the unified account's klines of the mark price: time, open, close, high, low."""
        symbol = request.query.get("symbol", "")
        base, interval = self._base(symbol.removesuffix("-mark-price")), request.query.get("interval")
        if interval not in INTERVALS or request.query.get("tradeType") != "FUTURES":
            raise _refusal("400100", "Invalid parameter")
        candles = self.truth.candles(
            base, INTERVALS[interval] * MINUTE, request.now, mark=symbol.endswith("-mark-price")
        )
        since, until = (_milliseconds(request.number(name)) for name in ("startAt", "endAt"))
        rows = []
        for i in Span(MOST_MARK_KLINES, since, until, newest_first=True).of(candles.time):
            prices = [plain(column[i]) for column in (candles.open, candles.close, candles.high, candles.low)]
            rows.append([str(candles.time[i] // 1000), *prices, "0", "0"])
        result = {"tradeType": "FUTURES", "symbol": symbol, "list": rows}
        return _reply(result, rows, figures=(1, 2, 3, 4), extremes=(3, 4))

    def open_interest(self, request: Request) -> Reply:
        """Answer OI in lots: with an interval one contract's history, without one the present of several."""
        if "interval" not in request.query:
            wanted = [name for name in request.query.get("symbol", "").split(",") if name]
            bases = [self._base(name) for name in wanted] or list(self.truth.bases)
            rows = [
                self._interest(base, self.truth.latest_open_interest(base, request.now), request.now) for base in bases
            ]
            return _reply(rows, rows, figures=("openInterest",))
        base, interval = self._base(request.query.get("symbol", "")), request.query["interval"]
        if interval not in STATISTICS:
            raise _refusal("400100", "Invalid parameter: interval")
        times, amounts, _ = self.truth.open_interest(base, INTERVALS[interval] * MINUTE, request.now)
        limit = min(request.number("pageSize", 30) or 30, MOST_STATISTICS)
        oldest = request.now - (INTEREST_DAYS["1day"] if interval == "1day" else INTEREST_DAYS["other"]) * DAY
        since = max(request.number("startAt") or 0, oldest)
        span = Span(limit, since, request.number("endAt"), newest_first=True)
        rows = [self._interest(base, amounts[i], int(times[i])) for i in span.of(times)]
        return _reply(rows, rows, figures=("openInterest",))

    def funding(self, request: Request, symbol: str) -> Reply:
        """Answer the present funding rate."""
        self._base(symbol)
        upcoming, period = self.truth.next_funding(request.now), FUNDING_HOURS * 3_600_000
        data = {
            "symbol": f".{symbol}FPI8H",
            "granularity": period,
            "timePoint": upcoming - period,
            "value": FUNDING_RATE,
            "dailyInterestRate": 0.0003,
            "fundingRateCap": 0.00375,
            "fundingRateFloor": -0.00375,
            "period": 1,
            "fundingTime": upcoming,
        }
        return _reply(data, [data], figures=("value",))

    def book(self, request: Request, kind: str) -> Reply:
        """Answer the order book in lots."""
        symbol = request.query.get("symbol", "")
        base = self._base(symbol)
        book = self.truth.book(base, request.now, {"depth20": 20, "depth100": 100}.get(kind, WHOLE_BOOK))
        bids, asks = ([[float(p), round(a / LOT[base])] for p, a in side] for side in (book.bids, book.asks))
        data = {"symbol": symbol, "sequence": 1, "bids": bids, "asks": asks, "ts": request.now * 1_000_000}
        return _reply(data, bids, figures=(0, 1))

    def risk_limit(self, _: Request, symbol: str) -> Reply:
        """Answer the risk tiers of one contract, in quote currency."""
        rows = []
        for level, tier in enumerate(TIERS[self._base(symbol)], 1):
            row = {"symbol": symbol, "level": level, "maxRiskLimit": tier.cap, "minRiskLimit": tier.floor}
            rates = {"initialMargin": 1 / tier.max_leverage, "maintainMargin": tier.maintenance_rate}
            rows.append({**row, "maxLeverage": int(tier.max_leverage), **rates})
        return _reply(rows, rows, figures=("maxRiskLimit", "maintainMargin"))

    def _names(self) -> list[str]:
        return [*self.truth.bases, "USDT"]

    def _base(self, symbol: str) -> str:
        for base in self.truth.bases:
            if _symbol(base) == symbol:
                return base
        raise _refusal("100001", "Symbol not exists")

    def _interest(self, base: str, amount: float, time: int) -> dict[str, Any]:
        return {"symbol": _symbol(base), "openInterest": str(round(amount / LOT[base])), "ts": time}

    def _contract(self, base: str, now: int) -> dict[str, Any]:
        price, tiers = self.truth.price(base, now), TIERS[base]
        return {
            "symbol": _symbol(base),
            "rootSymbol": "USDT",
            "type": "FFWCSX",
            "firstOpenDate": self.truth.first_time(base),
            "expireDate": None,
            "settleDate": None,
            "baseCurrency": "XBT" if base == "BTC" else base,
            "quoteCurrency": "USDT",
            "settleCurrency": "USDT",
            "maxOrderQty": 1_000_000,
            "maxPrice": 1_000_000.0,
            "lotSize": 1,
            "tickSize": round(10.0 ** -COINS[base].price_digits, 8),
            "multiplier": LOT[base],
            "initialMargin": 1 / tiers[0].max_leverage,
            "maintainMargin": tiers[0].maintenance_rate,
            "maxRiskLimit": tiers[0].cap,
            "minRiskLimit": tiers[0].cap,
            "makerFeeRate": 0.0002,
            "takerFeeRate": 0.0006,
            "isDeleverage": True,
            "isQuanto": False,
            "isInverse": False,
            "markMethod": "FairPrice",
            "status": "Open",
            "fundingFeeRate": FUNDING_RATE,
            "predictedFundingFeeRate": FUNDING_RATE,
            "fundingRateGranularity": FUNDING_HOURS * 3_600_000,
            "openInterest": str(round(self.truth.latest_open_interest(base, now) / LOT[base])),
            "markPrice": price,
            "indexPrice": price,
            "lastTradePrice": price,
            "nextFundingRateTime": self.truth.next_funding(now) - now,
            "maxLeverage": int(tiers[0].max_leverage),
        }


def _symbol(base: str) -> str:
    return f"{'XBT' if base == 'BTC' else base}USDTM"


def _milliseconds(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * 1000


def _reply(data: Any, rows: list[Any], **cells: Any) -> Reply:
    return Reply({"code": "200000", "data": data}, rows, **cells)


def _refusal(code: str, message: str) -> Refusal:
    return Refusal(400, {"code": code, "msg": message})
