"""OKX v5 swaps: contracts, newest first, open interest stamped at the start of its period.

Paging as the venue does it: `before` and `after` are both exclusive and name the newer and the older side; whatever
lies between, the newest rows are kept. Recent candles reach back 1440 bars, history candles hold closed bars only,
both at most 300 a page, mark prices 100. OI history is 100 a page between exclusive `begin` and `end`, and shallow.
Days start at 16:00 UTC unless the bar's name ends in utc.
"""

from typing import Any, ClassVar

from tests.emulator.hours import COINS
from tests.emulator.truth import FUNDING_RATE, TIERS, Candles
from tests.emulator.venue import Refusal, Reply, Request, Span, Venue, plain

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
BARS = {"5m": 5, "15m": 15, "30m": 30, "1H": 60, "2H": 120, "4H": 240, "6H": 360, "12H": 720, "1D": 1440}
HONG_KONG_MIDNIGHT = 16 * HOUR
RECENT_BARS = 1440
OPEN_INTEREST_DAYS = {"5m": 3, "1H": 5, "1D": 100, "1Dutc": 100}
CONTRACT = {"BTC": 0.01, "ETH": 0.1, "SOL": 1.0}


class Okx(Venue):
    """The USDT-margined swaps of OKX."""

    name: ClassVar[str] = "okx"
    routes: ClassVar[dict[str, str]] = {
        "GET /api/v5/public/instruments": "instruments",
        "GET /api/v5/market/(candles|history-candles|mark-price-candles|history-mark-price-candles)": "candles",
        "GET /api/v5/rubik/stat/contracts/open-interest-history": "open_interest_history",
        "GET /api/v5/public/open-interest": "open_interest",
        "GET /api/v5/public/funding-rate": "funding",
        "GET /api/v5/market/(books|books-full)": "books",
        "GET /api/v5/public/position-tiers": "tiers",
        "GET /api/v5/public/mark-price": "mark_price",
    }

    def instruments(self, request: Request) -> Reply:
        """Answer the swaps."""
        if request.query.get("instType") != "SWAP":
            raise _refusal("51000", "Parameter instType error")
        return _reply([_instrument(base, self.truth.first_time(base)) for base in self.truth.bases])

    def candles(self, request: Request, kind: str) -> Reply:
        """Answer candles: of trades with contracts, base coin and quote currency; of the mark price without."""
        base = self._base(request)
        step, offset = _bar(request, "bar", "1m")
        mark, history = "mark" in kind, kind.startswith("history")
        candles = self.truth.candles(base, step, request.now, mark=mark, offset=offset)
        closed = candles.time + step <= request.now
        after, before = request.number("after"), request.number("before")
        times = candles.time[closed] if history else candles.time
        recent = 0 if history else max(0, len(times) - RECENT_BARS)
        span = Span(
            min(request.number("limit", 100) or 100, 100 if mark else 300),
            None if before is None else before + 1,
            None if after is None else after - 1,
            newest_first=True,
        )
        rows = [_candle(base, candles, i, bool(closed[i]), mark=mark) for i in span.of(times[recent:]) + recent]
        return _reply(rows, figures=(1, 2, 3, 4) if mark else (1, 2, 3, 4, 5, 6), extremes=(2, 3))

    def open_interest_history(self, request: Request) -> Reply:
        """Answer OI history: contracts, base coin, USD, at the start of the period whose end they describe."""
        base = self._base(request)
        step, offset = _bar(request, "period", "5m")
        if (days := OPEN_INTEREST_DAYS.get(request.query.get("period", "5m"))) is None:
            raise _refusal("51000", "Parameter period error")
        times, amounts, prices = self.truth.open_interest(base, step, request.now, offset=offset)
        begin, end = request.number("begin"), request.number("end")
        oldest = request.now - days * DAY
        span = Span(
            min(request.number("limit", 100) or 100, 100),
            oldest if begin is None else max(begin + 1, oldest),
            None if end is None else end - 1,
            newest_first=True,
        )
        rows = [_interest(base, int(times[i] - step), amounts[i], prices[i]) for i in span.of(times - step)]
        forming = int(times[-1])
        newest_wanted = (end is None or forming < end) and (begin is None or forming > begin)
        if forming < request.now and newest_wanted:
            amount, price = self.truth.latest_open_interest(base, request.now), self.truth.price(base, request.now)
            rows = [_interest(base, forming, amount, price), *rows][: span.limit]
        return _reply(rows, figures=(1, 2, 3))

    def open_interest(self, request: Request) -> Reply:
        """Answer the present OI."""
        base = self._base(request)
        amount, price = self.truth.latest_open_interest(base, request.now), self.truth.price(base, request.now)
        row = {
            "instId": request.query["instId"],
            "instType": "SWAP",
            "oi": plain(amount / CONTRACT[base]),
            "oiCcy": plain(amount),
            "oiUsd": plain(amount * price),
            "ts": str(request.now),
        }
        return _reply([row], figures=("oi", "oiCcy", "oiUsd"))

    def funding(self, request: Request) -> Reply:
        """Answer the funding rate."""
        base = self._base(request)
        upcoming = self.truth.next_funding(request.now)
        row = {
            "instId": f"{base}-USDT-SWAP",
            "instType": "SWAP",
            "method": "current_period",
            "formulaType": "withRate",
            "fundingRate": plain(FUNDING_RATE),
            "fundingTime": str(upcoming),
            "nextFundingRate": "",
            "nextFundingTime": str(self.truth.next_funding(upcoming)),
            "interestRate": "0.0001",
            "impactValue": "20000",
            "settState": "settled",
            "settFundingRate": plain(FUNDING_RATE),
            "ts": str(request.now),
        }
        return _reply([row], figures=("fundingRate",))

    def mark_price(self, request: Request) -> Reply:
        """Answer the mark price."""
        price = plain(self.truth.price(self._base(request), request.now))
        row = {"instType": "SWAP", "instId": request.query["instId"], "markPx": price, "ts": str(request.now)}
        return _reply([row], figures=("markPx",))

    def books(self, request: Request, kind: str) -> Reply:
        """Answer the order book in contracts: 1 level unless asked, at most 400, or 5000 of the full book."""
        base = self._base(request)
        most = 5000 if kind == "books-full" else 400
        book = self.truth.book(base, request.now, min(max(request.number("sz", 1) or 1, 1), most))
        counts = ["1"] if kind == "books-full" else ["0", "1"]
        sides = [[[plain(p), plain(a / CONTRACT[base]), *counts] for p, a in side] for side in (book.asks, book.bids)]
        data = {"asks": sides[0], "bids": sides[1], "ts": str(request.now), "seqId": 1}
        body = {"code": "0", "msg": "", "data": [data]}
        return Reply(body, sides[1], figures=(0, 1))

    def tiers(self, request: Request) -> Reply:
        """Answer position tiers, whose sizes are contracts at the present price."""
        family = request.query.get("instFamily") or request.query.get("uly") or ""
        base = family.removesuffix("-USDT")
        if request.query.get("tdMode") not in ("cross", "isolated"):
            raise _refusal("51000", "Parameter tdMode error")
        if base not in self.truth.bases or not family.endswith("-USDT"):
            raise _refusal("51015", "Instrument family doesn't match instType")
        contract = CONTRACT[base] * self.truth.price(base, request.now)
        rows, smallest = [], 0.0
        for number, tier in enumerate(TIERS[base], 1):
            largest = round(tier.cap / contract)
            row = {
                "baseMaxLoan": "",
                "imr": plain(1 / tier.max_leverage),
                "instFamily": family,
                "instId": "",
                "maxLever": plain(tier.max_leverage),
                "maxSz": plain(largest),
                "minSz": plain(smallest),
                "mmr": plain(tier.maintenance_rate),
                "optMgnFactor": "0",
                "quoteMaxLoan": "",
                "tier": str(number),
                "uly": family,
            }
            rows.append(row)
            smallest = largest + 0.01
        return _reply(rows, figures=("mmr", "maxSz", "maxLever"))

    def _base(self, request: Request) -> str:
        instrument = request.query.get("instId", "")
        base = instrument.removesuffix("-USDT-SWAP")
        if base not in self.truth.bases or base == instrument:
            raise _refusal("51001", "Instrument ID, Instrument ID code, or Spread ID doesn't exist.")
        return base


def _reply(rows: list[Any], **cells: Any) -> Reply:
    return Reply({"code": "0", "msg": "", "data": rows}, rows, **cells)


def _refusal(code: str, message: str) -> Refusal:
    return Refusal(200, {"code": code, "msg": message, "data": []})


def _bar(request: Request, name: str, default: str) -> tuple[int, int]:
    """Return a bar's length and what its opens are offset by from multiples of it."""
    text = request.query.get(name, default)
    if (minutes := BARS.get(text.removesuffix("utc"))) is None:
        raise _refusal("51000", f"Parameter {name} error")
    step = minutes * MINUTE
    return step, 0 if text.endswith("utc") else HONG_KONG_MIDNIGHT % step


def _candle(base: str, candles: Candles, i: int, closed: bool, *, mark: bool) -> list[str]:
    prices = [plain(column[i]) for column in (candles.open, candles.high, candles.low, candles.close)]
    volume = [candles.volume[i] / CONTRACT[base], candles.volume[i], candles.turnover[i]]
    return [str(candles.time[i]), *prices, *([] if mark else map(plain, volume)), str(int(closed))]


def _interest(base: str, time: int, amount: float, price: float) -> list[str]:
    return [str(time), plain(amount / CONTRACT[base]), plain(amount), plain(amount * price, 4)]


def _instrument(base: str, listed: int) -> dict[str, Any]:
    return {
        "alias": "",
        "auctionEndTime": "",
        "baseCcy": "",
        "category": "1",
        "contTdSwTime": str(listed),
        "ctMult": "1",
        "ctType": "linear",
        "ctVal": plain(CONTRACT[base]),
        "ctValCcy": base,
        "expTime": "",
        "instFamily": f"{base}-USDT",
        "instId": f"{base}-USDT-SWAP",
        "instType": "SWAP",
        "lever": plain(TIERS[base][0].max_leverage),
        "listTime": str(listed),
        "lotSz": "0.01",
        "maxLmtSz": "100000000",
        "maxMktSz": "35000",
        "minSz": "0.01",
        "optType": "",
        "quoteCcy": "",
        "ruleType": "normal",
        "settleCcy": "USDT",
        "state": "live",
        "stk": "",
        "tickSz": plain(10.0 ** -COINS[base].price_digits),
        "uly": f"{base}-USDT",
    }
