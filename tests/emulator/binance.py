"""Binance USD-M: base-coin amounts, oldest first, milliseconds, OI history of 30 days.

Paging as the venue does it: klines run forward from startTime, at most 1500; OI history walks back from endTime,
at most 500 rows, both ends included, and a startTime older than 30 days is refused.
"""

from typing import Any, ClassVar

from tests.emulator.hours import COINS
from tests.emulator.truth import FUNDING_HOURS, FUNDING_RATE
from tests.emulator.venue import Refusal, Reply, Request, Span, Venue, plain

MINUTE, DAY = 60_000, 86_400_000
INTERVALS = {"5m": 5, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240, "6h": 360, "12h": 720, "1d": 1440}
OPEN_INTEREST_DAYS = 30
DEPTHS = (5, 10, 20, 50, 100, 500, 1000)
PERPETUAL = 4_133_404_800_000


class Binance(Venue):
    """The USD-margined futures of Binance."""

    name: ClassVar[str] = "binance"
    routes: ClassVar[dict[str, str]] = {
        "GET /fapi/v1/exchangeInfo": "instruments",
        "GET /fapi/v1/klines": "klines",
        "GET /fapi/v1/markPriceKlines": "mark_klines",
        "GET /futures/data/openInterestHist": "open_interest_history",
        "GET /fapi/v1/openInterest": "open_interest",
        "GET /fapi/v1/premiumIndex": "funding",
        "GET /fapi/v1/fundingInfo": "funding_intervals",
        "GET /fapi/v1/depth": "depth",
        "GET /futures/data/globalLongShortAccountRatio": "long_short_ratio",
    }

    def instruments(self, request: Request) -> Reply:
        """Answer exchangeInfo: the perpetuals, and one dated future beside them."""
        symbols = [_instrument(base, self.truth.first_time(base)) for base in self.truth.bases]
        quarter = request.now // DAY * DAY + 60 * DAY
        symbols.append(
            {
                **_instrument("BTC", self.truth.first_time("BTC")),
                "symbol": "BTCUSDT_991231",
                "contractType": "CURRENT_QUARTER",
                "deliveryDate": quarter,
            }
        )
        body = {"timezone": "UTC", "serverTime": request.now, "futuresType": "U_MARGINED", "exchangeFilters": []}
        return Reply({**body, "rateLimits": [], "assets": [], "symbols": symbols}, symbols)

    def klines(self, request: Request) -> Reply:
        """Answer traded klines."""
        return self._klines(request, mark=False)

    def mark_klines(self, request: Request) -> Reply:
        """Answer mark-price klines, which carry no volume."""
        return self._klines(request, mark=True)

    def _klines(self, request: Request, *, mark: bool) -> Reply:
        base, step = self._base(request), _interval(request, "interval", -1120, "Invalid interval.")
        limit = _limit(request, 500, 1500)
        since, until = request.number("startTime"), request.number("endTime")
        candles = self.truth.candles(base, step, request.now, mark=mark)
        chosen = Span(limit, since, until, oldest=since is not None).of(candles.time)
        digits = COINS[base].price_digits
        rows: list[Any] = []
        for i in chosen:
            time = int(candles.time[i])
            prices = [f"{column[i]:.{digits}f}" for column in (candles.open, candles.high, candles.low, candles.close)]
            traded = [
                f"{candles.volume[i]:.3f}",
                time + step - 1,
                f"{candles.turnover[i]:.5f}",
                int(candles.trades[i]),
                f"{candles.taker_buy[i]:.3f}",
                f"{candles.taker_buy[i] * candles.close[i]:.5f}",
                "0",
            ]
            marked = ["0", time + step - 1, "0", step // 1000, "0", "0", "0"]
            rows.append([time, *prices, *(marked if mark else traded)])
        return Reply(rows, rows, figures=(1, 2, 3, 4, 5), extremes=(2, 3))

    def open_interest_history(self, request: Request) -> Reply:
        """Answer OI statistics: each row holds at its own timestamp."""
        base = self._base(request)
        step = _interval(request, "period", -1130, "parameter 'period' is invalid.")
        limit = _limit(request, 30, 500)
        since, until = request.number("startTime"), request.number("endTime")
        oldest = request.now - OPEN_INTEREST_DAYS * DAY
        if since is not None and since < oldest:
            raise _refusal(-1130, "parameter 'startTime' is invalid.")
        times, amounts, prices = self.truth.open_interest(base, step, request.now)
        rows = [
            {
                "symbol": request.query["symbol"],
                "sumOpenInterest": f"{amounts[i]:.8f}",
                "sumOpenInterestValue": f"{amounts[i] * prices[i]:.8f}",
                "timestamp": int(times[i]),
            }
            for i in Span(limit, max(since or 0, oldest), until).of(times)
        ]
        return Reply(rows, rows, figures=("sumOpenInterest", "sumOpenInterestValue"))

    def open_interest(self, request: Request) -> Reply:
        """Answer the present OI."""
        amount = self.truth.latest_open_interest(self._base(request), request.now)
        body = {"symbol": request.query["symbol"], "openInterest": f"{amount:.3f}", "time": request.now}
        return Reply(body, [body], figures=("openInterest",))

    def funding(self, request: Request) -> Reply:
        """Answer the premium index, which carries the funding rate."""
        base = self._base(request)
        price = f"{self.truth.price(base, request.now):.8f}"
        body = {
            "symbol": request.query["symbol"],
            "markPrice": price,
            "indexPrice": price,
            "estimatedSettlePrice": price,
            "lastFundingRate": f"{FUNDING_RATE:.8f}",
            "interestRate": "0.00010000",
            "nextFundingTime": self.truth.next_funding(request.now),
            "time": request.now,
        }
        return Reply(body, [body], figures=("markPrice", "lastFundingRate"))

    def funding_intervals(self, _: Request) -> Reply:
        """Answer funding intervals: the venue lists only markets whose terms it has adjusted, here all but the last."""
        terms = {"adjustedFundingRateCap": "0.02000000", "adjustedFundingRateFloor": "-0.02000000"}
        rows = [
            {"symbol": f"{base}USDT", **terms, "fundingIntervalHours": FUNDING_HOURS, "disclaimer": False}
            for base in self.truth.bases[:-1]
        ]
        return Reply(rows, rows, figures=("fundingIntervalHours",))

    def depth(self, request: Request) -> Reply:
        """Answer the order book, at one of the depths that the venue knows."""
        base, limit = self._base(request), request.number("limit", 500)
        if limit not in DEPTHS:
            raise _refusal(-4021, "'" + str(limit) + "' is not valid depth limit.")
        book = self.truth.book(base, request.now, limit)
        digits = COINS[base].price_digits
        bids, asks = ([[f"{p:.{digits}f}", f"{a:.3f}"] for p, a in side] for side in (book.bids, book.asks))
        body = {"lastUpdateId": request.now, "E": request.now, "T": request.now, "bids": bids, "asks": asks}
        return Reply(body, bids, figures=(0, 1))

    def long_short_ratio(self, request: Request) -> Reply:
        """Answer the ratio of accounts long to short."""
        base = self._base(request)
        step = _interval(request, "period", -1130, "parameter 'period' is invalid.")
        candles = self.truth.candles(base, step, request.now)
        oldest = request.now - OPEN_INTEREST_DAYS * DAY
        since, until = request.number("startTime"), request.number("endTime")
        rows = []
        for i in Span(_limit(request, 30, 500), max(since or 0, oldest), until).of(candles.time):
            ratio = float(candles.ratio[i])
            long = ratio / (1 + ratio)
            row = {"symbol": request.query["symbol"], "longAccount": f"{long:.4f}", "longShortRatio": f"{ratio:.4f}"}
            rows.append({**row, "shortAccount": f"{1 - long:.4f}", "timestamp": int(candles.time[i])})
        return Reply(rows, rows, figures=("longAccount", "longShortRatio", "shortAccount"))

    def _base(self, request: Request) -> str:
        symbol = request.query.get("symbol", "")
        if symbol.removesuffix("USDT") not in self.truth.bases or not symbol.endswith("USDT"):
            raise _refusal(-1121, "Invalid symbol.")
        return symbol.removesuffix("USDT")


def _refusal(code: int, message: str) -> Refusal:
    return Refusal(400, {"code": code, "msg": message})


def _interval(request: Request, name: str, code: int, message: str) -> int:
    if request.query.get(name) not in INTERVALS:
        raise _refusal(code, message)
    return INTERVALS[request.query[name]] * MINUTE


def _limit(request: Request, default: int, most: int) -> int:
    limit = request.number("limit", default) or 0
    if not 1 <= limit <= most:
        raise _refusal(-1130, "parameter 'limit' is invalid.")
    return limit


def _instrument(base: str, onboard: int) -> dict[str, Any]:
    coin = COINS[base]
    tick, lot = plain(10.0**-coin.price_digits), plain(1 / coin.per_coin)
    return {
        "symbol": f"{base}USDT",
        "pair": f"{base}USDT",
        "contractType": "PERPETUAL",
        "deliveryDate": PERPETUAL,
        "onboardDate": onboard,
        "status": "TRADING",
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": base,
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": coin.price_digits,
        "quantityPrecision": len(str(coin.per_coin)) - 1,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "underlyingSubType": ["PoW"],
        "triggerProtect": "0.0500",
        "liquidationFee": "0.012500",
        "marketTakeBound": "0.05",
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "4529764", "tickSize": tick},
            {"filterType": "LOT_SIZE", "minQty": lot, "maxQty": "1000", "stepSize": lot},
            {"filterType": "MARKET_LOT_SIZE", "minQty": lot, "maxQty": "120", "stepSize": lot},
            {"filterType": "MAX_NUM_ORDERS", "limit": 200},
            {"filterType": "MIN_NOTIONAL", "notional": "100"},
        ],
        "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"],
        "timeInForce": ["GTC", "IOC", "FOK", "GTX", "GTD"],
    }
