"""Bybit v5, linear and BTCUSD: newest first, strings everywhere, open interest of both sides summed.

Paging as the venue does it: klines default to 200, at most 1000, forward from a lone `start`, otherwise back from
`end`, and a `start` inside a bar includes that bar; OI defaults to 50, at most 200, walks back from endTime (a lone
startTime is ignored) and hands out a cursor; risk limits come 15 symbols a page.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from tests.emulator.hours import COINS
from tests.emulator.truth import FUNDING_HOURS, FUNDING_RATE, TIERS, Tier
from tests.emulator.venue import Refusal, Reply, Request, Span, Venue, plain

MINUTE = 60_000
INTERVALS = {"5": 5, "15": 15, "30": 30, "60": 60, "120": 120, "240": 240, "360": 360, "720": 720, "D": 1440}
STAT_INTERVALS = {"5min": 5, "15min": 15, "30min": 30, "1h": 60, "4h": 240, "1d": 1440}
SINGLE_SIDED_SINCE = 1_781_136_000_000  # 2026-06-11: rows then name one side's OI too
SYMBOLS_A_PAGE = 15


INVERSE_BASES = ("BTC",)


@dataclass(frozen=True)
class Perpetual:
    """One perpetual: amounts are coins, or USD where it is inverse; so is its turnover the other way round."""

    base: str
    inverse: bool

    @property
    def symbol(self) -> str:
        """Return the venue's name for it."""
        return f"{self.base}USD" if self.inverse else f"{self.base}USDT"

    def amount(self, coins: float, price: float) -> float:
        """Return so many coins at that price in the perpetual's own unit, whole USD where it is inverse."""
        return round(coins * price) if self.inverse else coins

    def cap(self, notional: float, price: float) -> float:
        """Return a notional in the settlement currency."""
        return notional / price if self.inverse else notional


class Bybit(Venue):
    """The linear perpetuals of Bybit, and the inverse one of BTC."""

    name: ClassVar[str] = "bybit"
    routes: ClassVar[dict[str, str]] = {
        "GET /v5/market/instruments-info": "instruments",
        "GET /v5/market/kline": "klines",
        "GET /v5/market/mark-price-kline": "mark_klines",
        "GET /v5/market/open-interest": "open_interest",
        "GET /v5/market/tickers": "tickers",
        "GET /v5/market/orderbook": "order_book",
        "GET /v5/market/risk-limit": "risk_limits",
        "GET /v5/market/account-ratio": "account_ratio",
    }

    def instruments(self, request: Request) -> Reply:
        """Answer the instruments: perpetuals, and one dated future; none in pre-launch."""
        category = _category(request)
        rows = [_instrument(one, self.truth.first_time(one.base)) for one in self._perpetuals(category).values()]
        kind = "InverseFutures" if category == "inverse" else "LinearFutures"
        future = {"symbol": "BTC-31DEC99", "contractType": kind, "deliveryTime": "4102387200000"}
        rows.append({**rows[0], **future})
        if request.query.get("status", "Trading") != "Trading":
            rows = []
        return _reply(request, {"category": category, "list": rows, "nextPageCursor": ""}, rows)

    def klines(self, request: Request) -> Reply:
        """Answer traded klines: volume in base coin, turnover in quote currency."""
        return self._klines(request, mark=False)

    def mark_klines(self, request: Request) -> Reply:
        """Answer mark-price klines: five columns, no volume."""
        return self._klines(request, mark=True)

    def _klines(self, request: Request, *, mark: bool) -> Reply:
        one, step = self._perpetual(request), _interval(request, "interval", INTERVALS)
        since, until = request.number("start"), request.number("end")
        since = None if since is None else since // step * step
        span = Span(_limit(request, 200, 1000), since, until, oldest=until is None and since is not None)
        candles = self.truth.candles(one.base, step, request.now, mark=mark)
        rows = []
        for i in span.of(candles.time)[::-1]:
            row = [str(candles.time[i])]
            row += [plain(column[i]) for column in (candles.open, candles.high, candles.low, candles.close)]
            traded = [plain(candles.volume[i]), plain(candles.turnover[i], 4)]
            rows.append(row if mark else row + traded[:: -1 if one.inverse else 1])
        result = {"symbol": request.query["symbol"], "category": _category(request), "list": rows}
        return _reply(request, result, rows, figures=(1, 2, 3, 4) if mark else (1, 2, 3, 4, 5), extremes=(2, 3))

    def open_interest(self, request: Request) -> Reply:
        """Answer OI history: both sides, as of each timestamp."""
        one, step = self._perpetual(request), _interval(request, "intervalTime", STAT_INTERVALS)
        since, until = request.number("startTime"), request.number("endTime")
        if until is None:
            since = None
        cursor = request.query.get("cursor")
        before = min(_cursor(cursor), until or _cursor(cursor)) if cursor else until
        times, amounts, prices = self.truth.open_interest(one.base, step, request.now)
        chosen = Span(_limit(request, 50, 200), since, before, newest_first=True).of(times)
        rows = []
        for i in chosen:
            amount = one.amount(amounts[i], prices[i])
            row = {"openInterest": f"{2 * amount:.8f}", "timestamp": str(times[i])}
            if request.now >= SINGLE_SIDED_SINCE:
                row["singleOpenInterest"] = f"{amount:.8f}"
            rows.append(row)
        earlier = len(chosen) > 0 and chosen[-1] > 0 and (since is None or times[chosen[-1] - 1] >= since)
        result = {
            "symbol": request.query["symbol"],
            "category": _category(request),
            "list": rows,
            "nextPageCursor": f"lastid%3D0%26lasttime%3D{times[chosen[-1]] - 1}" if earlier else "",
        }
        return _reply(request, result, rows, figures=("openInterest",))

    def tickers(self, request: Request) -> Reply:
        """Answer tickers, which carry funding and the present OI; of one symbol or of all."""
        some = (
            [self._perpetual(request)] if "symbol" in request.query else self._perpetuals(_category(request)).values()
        )
        rows = []
        for one in some:
            last = self.truth.price(one.base, request.now)
            coins, price = 2 * self.truth.latest_open_interest(one.base, request.now), plain(last)
            rows.append(
                {
                    "symbol": one.symbol,
                    "lastPrice": price,
                    "indexPrice": price,
                    "markPrice": price,
                    "bid1Price": price,
                    "ask1Price": price,
                    "openInterest": plain(one.amount(coins, last)),
                    "openInterestValue": plain(coins if one.inverse else coins * last, 2),
                    "fundingRate": plain(FUNDING_RATE),
                    "nextFundingTime": str(self.truth.next_funding(request.now)),
                    "fundingIntervalHour": str(FUNDING_HOURS),
                    "deliveryTime": "0",
                }
            )
        return _reply(request, {"category": _category(request), "list": rows}, rows, figures=("fundingRate",))

    def order_book(self, request: Request) -> Reply:
        """Answer the order book: 25 levels unless asked, at most 1000."""
        one = self._perpetual(request)
        book = self.truth.book(one.base, request.now, _limit(request, 25, 1000))
        bids, asks = ([[plain(p), plain(one.amount(a, p))] for p, a in side] for side in (book.bids, book.asks))
        result = {"s": request.query["symbol"], "b": bids, "a": asks, "ts": request.now, "u": 1, "seq": 1}
        return _reply(request, result, bids, figures=(0, 1))

    def risk_limits(self, request: Request) -> Reply:
        """Answer risk limits by symbol, or all symbols by pages."""
        every = self._perpetuals(_category(request))
        names = [self._perpetual(request).symbol] if "symbol" in request.query else sorted(every)
        first = int(request.query.get("cursor") or 0)
        rows: list[Any] = []
        for place, name in enumerate(names[first : first + SYMBOLS_A_PAGE], first):
            price = self.truth.price(every[name].base, request.now)
            tiers = enumerate(TIERS[every[name].base], 10 * place + 1)
            rows += [_risk_limit(every[name], price, number, tier) for number, tier in tiers]
        cursor = str(first + SYMBOLS_A_PAGE) if first + SYMBOLS_A_PAGE < len(names) else ""
        result = {"category": _category(request), "list": rows, "nextPageCursor": cursor}
        return _reply(request, result, rows, figures=("riskLimitValue", "maintenanceMargin", "maxLeverage"))

    def account_ratio(self, request: Request) -> Reply:
        """Answer the share of accounts long and short."""
        one, step = self._perpetual(request), _interval(request, "period", STAT_INTERVALS)
        candles = self.truth.candles(one.base, step, request.now)
        span = Span(_limit(request, 50, 500), request.number("startTime"), request.number("endTime"), newest_first=True)
        rows = []
        for i in span.of(candles.time):
            long = float(candles.ratio[i]) / (1 + float(candles.ratio[i]))
            row = {"symbol": request.query["symbol"], "buyRatio": f"{long:.4f}", "sellRatio": f"{1 - long:.4f}"}
            rows.append({**row, "timestamp": str(candles.time[i])})
        return _reply(request, {"list": rows, "nextPageCursor": ""}, rows, figures=("buyRatio", "sellRatio"))

    def _perpetuals(self, category: str) -> dict[str, Perpetual]:
        inverse = category == "inverse"
        some = [Perpetual(base, inverse) for base in (INVERSE_BASES if inverse else self.truth.bases)]
        return {one.symbol: one for one in some}

    def _perpetual(self, request: Request) -> Perpetual:
        if (one := self._perpetuals(_category(request)).get(request.query.get("symbol", ""))) is None:
            raise _refusal("params error: Symbol Invalid")
        return one


def _reply(request: Request, result: dict[str, Any], rows: list[Any], **cells: Any) -> Reply:
    body = {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": request.now}
    return Reply(body, rows, **cells)


def _refusal(message: str) -> Refusal:
    return Refusal(200, {"retCode": 10001, "retMsg": message, "result": {}, "retExtInfo": {}, "time": 0})


def _category(request: Request) -> str:
    category = request.query.get("category", "")
    if category not in ("linear", "inverse"):
        raise _refusal("Category is invalid")
    return category


def _interval(request: Request, name: str, known: dict[str, int]) -> int:
    if request.query.get(name) not in known:
        raise _refusal(f"params error: {name} is invalid")
    return known[request.query[name]] * MINUTE


def _limit(request: Request, default: int, most: int) -> int:
    return min(max(request.number("limit", default) or default, 1), most)


def _cursor(text: str) -> int:
    """Return the latest time that the next page may hold; clients send the cursor decoded or as it came."""
    return int(text.replace("%3D", "=").rpartition("=")[2])


def _risk_limit(one: Perpetual, price: float, number: int, tier: Tier) -> dict[str, Any]:
    return {
        "id": number,
        "symbol": one.symbol,
        "riskLimitValue": plain(one.cap(tier.cap, price)),
        "maintenanceMargin": plain(tier.maintenance_rate),
        "initialMargin": plain(1 / tier.max_leverage),
        "isLowestRisk": int(tier.floor == 0),
        "maxLeverage": f"{tier.max_leverage:.2f}",
        "mmDeduction": plain(one.cap(tier.maintenance_amount, price)) if tier.floor else "",
    }


def _instrument(one: Perpetual, launch: int) -> dict[str, Any]:
    coin = COINS[one.base]
    lot, tick = "1" if one.inverse else plain(1 / coin.per_coin), plain(10.0**-coin.price_digits)
    return {
        "symbol": one.symbol,
        "contractType": "InversePerpetual" if one.inverse else "LinearPerpetual",
        "status": "Trading",
        "baseCoin": one.base,
        "quoteCoin": "USD" if one.inverse else "USDT",
        "launchTime": str(launch),
        "deliveryTime": "0",
        "deliveryFeeRate": "",
        "priceScale": str(coin.price_digits),
        "leverageFilter": {
            "minLeverage": "1",
            "maxLeverage": f"{TIERS[one.base][0].max_leverage:.2f}",
            "leverageStep": "0.01",
        },
        "priceFilter": {"minPrice": tick, "maxPrice": "1999999.80", "tickSize": tick},
        "lotSizeFilter": {
            "maxOrderQty": "1190.000",
            "minOrderQty": lot,
            "qtyStep": lot,
            "postOnlyMaxOrderQty": "1190.000",
            "maxMktOrderQty": "500.000",
            "minNotionalValue": "5",
        },
        "unifiedMarginTrade": True,
        "fundingInterval": FUNDING_HOURS * 60,
        "settleCoin": one.base if one.inverse else "USDT",
        "copyTrading": "both",
        "upperFundingRate": "0.005",
        "lowerFundingRate": "-0.005",
    }
