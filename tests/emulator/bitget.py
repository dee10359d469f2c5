"""Bitget v2 futures: base-coin strings, oldest first, only the present open interest.

Paging as the venue does it: a range is kept from its end, and endTime itself is left out. Recent candles are 100
unless asked, 1000 at most, and reach back a number of days that grows with the bar; history candles are 200 at most
in a span of 90 days. The book has fixed depths, 100 for any that it does not know.
"""

from typing import Any, ClassVar

from tests.emulator.hours import COINS
from tests.emulator.truth import FUNDING_HOURS, FUNDING_RATE, TIERS
from tests.emulator.venue import Refusal, Reply, Request, Span, Venue, plain

MINUTE, DAY = 60_000, 86_400_000
GRANULARITIES = {
    "5m": 5,
    "15m": 15,
    "30m": 30,
    "1H": 60,
    "2H": 120,
    "4H": 240,
    "6Hutc": 360,
    "12Hutc": 720,
    "1Dutc": 1440,
}
RECENT_DAYS = {5: 30, 15: 30, 30: 30, 60: 60, 120: 120, 240: 240, 360: 360, 720: 720, 1440: 1440}
MOST_RECENT, MOST_HISTORY, WIDEST_DAYS = 1000, 200, 90
DEPTHS = {"1": 1, "5": 5, "15": 15, "50": 50, "max": 1000}
LINEAR = "USDT-FUTURES"
PRODUCTS = (LINEAR, "COIN-FUTURES", "USDC-FUTURES", "SUSDT-FUTURES", "SCOIN-FUTURES", "SUSDC-FUTURES")


class Bitget(Venue):
    """The USDT-margined futures of Bitget."""

    name: ClassVar[str] = "bitget"
    routes: ClassVar[dict[str, str]] = {
        "GET /api/v2/spot/public/coins": "coins",
        "GET /api/v2/mix/market/contracts": "contracts",
        "GET /api/v2/mix/market/(candles|history-candles|history-mark-candles)": "candles",
        "GET /api/v2/mix/market/open-interest": "open_interest",
        "GET /api/v2/mix/market/current-fund-rate": "funding",
        "GET /api/v2/mix/market/merge-depth": "depth",
        "GET /api/v2/mix/market/query-position-lever": "tiers",
        "GET /api/v2/mix/market/account-long-short": "account_ratio",
    }

    def account_ratio(self, request: Request) -> Reply:
        """Answer the shares of accounts long and short, oldest first, 30 rows of 5 minutes."""
        base = request.query.get("symbol", "").removesuffix("USDT")
        if base not in self.truth.bases:
            raise _refusal("40034", "Parameter does not exist")
        candles = self.truth.candles(base, 5 * MINUTE, request.now)
        rows = []
        for i in Span(30).of(candles.time):
            long = float(candles.ratio[i]) / (1 + float(candles.ratio[i]))
            row = {"longAccountRatio": f"{long:.4f}", "shortAccountRatio": f"{1 - long:.4f}"}
            rows.append(row | {"longShortAccountRatio": f"{candles.ratio[i] / 100:.4f}", "ts": str(candles.time[i])})
        return _reply(request, rows, rows, figures=("longAccountRatio", "shortAccountRatio"))

    def coins(self, request: Request) -> Reply:
        """Answer the coins."""
        rows = [{"coinId": str(n), "coin": name, "chains": []} for n, name in enumerate((*self.truth.bases, "USDT"))]
        return _reply(request, rows, rows)

    def contracts(self, request: Request) -> Reply:
        """Answer the contracts of one product; only the USDT-margined ones have any."""
        product = _product(request)
        rows = [_contract(base, self.truth.first_time(base)) for base in self.truth.bases] if product == LINEAR else []
        return _reply(request, rows, rows)

    def candles(self, request: Request, kind: str) -> Reply:
        """Answer candles, recent or from the history, of trades or of the mark price."""
        base, granularity = self._base(request), request.query.get("granularity", "")
        if (minutes := GRANULARITIES.get(granularity)) is None:
            raise _refusal("400171", "Parameter verification failed: granularity")
        recent, step = kind == "candles", minutes * MINUTE
        mark = "mark" in kind or request.query.get("kLineType", "").lower() == "mark"
        since, until = request.number("startTime"), request.number("endTime")
        if not recent and since is not None and until is not None and until - since > WIDEST_DAYS * DAY:
            raise _refusal("00171", "startTime and endTime interval cannot be greater than 90 days")
        if recent:
            since = max(since or 0, request.now - RECENT_DAYS[minutes] * DAY)
        candles = self.truth.candles(base, step, request.now, mark=mark)
        limit = min(request.number("limit", 100) or 100, MOST_RECENT if recent else MOST_HISTORY)
        rows = []
        for i in Span(limit, since, None if until is None else until - 1).of(candles.time):
            prices = [plain(column[i]) for column in (candles.open, candles.high, candles.low, candles.close)]
            amounts = ["0", "0"] if mark else [plain(candles.volume[i]), plain(candles.turnover[i], 4)]
            rows.append([str(candles.time[i]), *prices, *amounts])
        return _reply(request, rows, rows, figures=(1, 2, 3, 4, 5), extremes=(2, 3))

    def open_interest(self, request: Request) -> Reply:
        """Answer the present OI in base coin."""
        amount = self.truth.latest_open_interest(self._base(request), request.now)
        rows = [{"symbol": request.query["symbol"], "size": plain(amount)}]
        return _reply(request, {"openInterestList": rows, "ts": str(request.now)}, rows, figures=("size",))

    def funding(self, request: Request) -> Reply:
        """Answer the funding rate."""
        self._base(request)
        row = {
            "symbol": request.query["symbol"],
            "fundingRate": plain(FUNDING_RATE),
            "fundingRateInterval": str(FUNDING_HOURS),
            "nextUpdate": str(self.truth.next_funding(request.now)),
            "minFundingRate": "-0.003",
            "maxFundingRate": "0.003",
        }
        return _reply(request, [row], [row], figures=("fundingRate",))

    def depth(self, request: Request) -> Reply:
        """Answer the order book in base coin."""
        levels = DEPTHS.get(request.query.get("limit", ""), 100)
        book = self.truth.book(self._base(request), request.now, levels)
        bids, asks = ([[float(p), float(a)] for p, a in side] for side in (book.bids, book.asks))
        scale = {"precision": "scale0", "scale": "0.1", "isMaxPrecision": "NO"}
        return _reply(request, {"asks": asks, "bids": bids, "ts": str(request.now), **scale}, bids, figures=(0, 1))

    def tiers(self, request: Request) -> Reply:
        """Answer position tiers in quote currency."""
        rows = []
        for level, tier in enumerate(TIERS[self._base(request)], 1):
            row = {"symbol": request.query["symbol"], "level": str(level), "startUnit": plain(tier.floor)}
            rates = {"leverage": plain(tier.max_leverage), "keepMarginRate": plain(tier.maintenance_rate)}
            rows.append({**row, "endUnit": plain(tier.cap), **rates})
        return _reply(request, rows, rows, figures=("endUnit", "keepMarginRate", "leverage"))

    def _base(self, request: Request) -> str:
        symbol = request.query.get("symbol", "")
        base = symbol.removesuffix("USDT")
        if _product(request) != LINEAR or base not in self.truth.bases or base == symbol:
            raise _refusal("40034", "Parameter does not exist")
        return base


def _product(request: Request) -> str:
    product = request.query.get("productType", "").upper()
    if product not in PRODUCTS:
        raise _refusal("400172", "Parameter verification failed: productType")
    return product


def _reply(request: Request, data: Any, rows: list[Any], **cells: Any) -> Reply:
    return Reply({"code": "00000", "msg": "success", "requestTime": request.now, "data": data}, rows, **cells)


def _refusal(code: str, message: str) -> Refusal:
    return Refusal(400, {"code": code, "msg": message, "requestTime": 0, "data": None})


def _contract(base: str, launched: int) -> dict[str, Any]:
    coin = COINS[base]
    lot, tiers = plain(1 / coin.per_coin), TIERS[base]
    return {
        "symbol": f"{base}USDT",
        "baseCoin": base,
        "quoteCoin": "USDT",
        "buyLimitPriceRatio": "0.05",
        "sellLimitPriceRatio": "0.05",
        "feeRateUpRatio": "0.005",
        "makerFeeRate": "0.0002",
        "takerFeeRate": "0.0006",
        "openCostUpRatio": "0.01",
        "supportMarginCoins": ["USDT"],
        "minTradeNum": lot,
        "priceEndStep": "1",
        "volumePlace": str(len(str(coin.per_coin)) - 1),
        "pricePlace": str(coin.price_digits),
        "sizeMultiplier": lot,
        "symbolType": "perpetual",
        "minTradeUSDT": "5",
        "symbolStatus": "normal",
        "offTime": "-1",
        "limitOpenTime": "-1",
        "deliveryTime": "",
        "launchTime": str(launched),
        "fundInterval": str(FUNDING_HOURS),
        "minLever": "1",
        "maxLever": plain(tiers[0].max_leverage),
        "posLimit": "0.05",
        "maintainTime": "",
    }
