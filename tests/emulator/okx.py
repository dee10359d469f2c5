"""OKX v5 swaps, linear and BTC-USD: contracts, newest first, OI stamped at the start of its period.

Paging as the venue does it: `before` and `after` are both exclusive and name the newer and the older side; whatever
lies between, the newest rows are kept. Recent candles reach back 1440 bars, history candles hold closed bars only,
both at most 300 a page, mark prices 100. OI history is 100 a page between exclusive `begin` and `end`, and shallow.
Days start at 16:00 UTC unless the bar's name ends in utc.
"""

from dataclasses import dataclass
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
INVERSE_BASES, INVERSE_USD = ("BTC",), 100.0


@dataclass(frozen=True)
class Swap:
    """One swap: a contract is `size` coins, or `size` USD where it is inverse."""

    base: str
    size: float
    inverse: bool

    @property
    def family(self) -> str:
        """Return the instrument family."""
        return f"{self.base}-{'USD' if self.inverse else 'USDT'}"

    def contracts(self, coins: float, usd: float) -> float:
        """Return the contracts that so many coins, worth so much, make; inverse ones come in tenths."""
        return round(usd / self.size, 1) if self.inverse else coins / self.size


class Okx(Venue):
    """The USDT-margined swaps of OKX, and the coin-margined one of BTC."""

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
        "GET /api/v5/rubik/stat/contracts/long-short-account-ratio-contract": "account_ratio",
    }

    def account_ratio(self, request: Request) -> Reply:
        """Answer rows of (time, accounts long over accounts short), newest first."""
        swap = self._swap(request)
        step, _ = _bar(request, "period", "5m")
        candles = self.truth.candles(swap.base, step, request.now)
        span = Span(min(request.number("limit", 100) or 100, 100), newest_first=True)
        return _reply([[str(candles.time[i]), f"{candles.ratio[i]:.4f}"] for i in span.of(candles.time)])

    def instruments(self, request: Request) -> Reply:
        """Answer the swaps."""
        if request.query.get("instType") != "SWAP":
            raise _refusal("51000", "Parameter instType error")
        return _reply([_instrument(swap, self.truth.first_time(swap.base)) for swap in self._swaps().values()])

    def candles(self, request: Request, kind: str) -> Reply:
        """Answer candles: of trades with contracts, base coin and quote currency; of the mark price without."""
        swap = self._swap(request)
        step, offset = _bar(request, "bar", "1m")
        mark, history = "mark" in kind, kind.startswith("history")
        candles = self.truth.candles(swap.base, step, request.now, mark=mark, offset=offset)
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
        rows = [_candle(swap, candles, i, bool(closed[i]), mark=mark) for i in span.of(times[recent:]) + recent]
        return _reply(rows, figures=(1, 2, 3, 4) if mark else (1, 2, 3, 4, 5, 6), extremes=(2, 3))

    def open_interest_history(self, request: Request) -> Reply:
        """Answer OI history: contracts, base coin, USD, at the start of the period whose end they describe."""
        swap = self._swap(request)
        base = swap.base
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
        rows = [_interest(swap, int(times[i] - step), amounts[i], prices[i]) for i in span.of(times - step)]
        forming = int(times[-1])
        newest_wanted = (end is None or forming < end) and (begin is None or forming > begin)
        if forming < request.now and newest_wanted:
            amount, price = self.truth.latest_open_interest(base, request.now), self.truth.price(base, request.now)
            rows = [_interest(swap, forming, amount, price), *rows][: span.limit]
        return _reply(rows, figures=(1, 2, 3))

    def open_interest(self, request: Request) -> Reply:
        """Answer the present OI."""
        swap = self._swap(request)
        amount = self.truth.latest_open_interest(swap.base, request.now)
        price = self.truth.price(swap.base, request.now)
        row = {
            "instId": request.query["instId"],
            "instType": "SWAP",
            "oi": plain(swap.contracts(amount, amount * price)),
            "oiCcy": plain(amount),
            "oiUsd": plain(amount * price),
            "ts": str(request.now),
        }
        return _reply([row], figures=("oi", "oiCcy", "oiUsd"))

    def funding(self, request: Request) -> Reply:
        """Answer the funding rate."""
        swap = self._swap(request)
        upcoming = self.truth.next_funding(request.now)
        row = {
            "instId": f"{swap.family}-SWAP",
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
        price = plain(self.truth.price(self._swap(request).base, request.now))
        row = {"instType": "SWAP", "instId": request.query["instId"], "markPx": price, "ts": str(request.now)}
        return _reply([row], figures=("markPx",))

    def books(self, request: Request, kind: str) -> Reply:
        """Answer the order book in contracts: 1 level unless asked, at most 400, or 5000 of the full book."""
        swap = self._swap(request)
        most = 5000 if kind == "books-full" else 400
        book = self.truth.book(swap.base, request.now, min(max(request.number("sz", 1) or 1, 1), most))
        counts = ["1"] if kind == "books-full" else ["0", "1"]
        sides = [
            [[plain(p), plain(swap.contracts(a, a * p)), *counts] for p, a in side] for side in (book.asks, book.bids)
        ]
        data = {"asks": sides[0], "bids": sides[1], "ts": str(request.now), "seqId": 1}
        body = {"code": "0", "msg": "", "data": [data]}
        return Reply(body, sides[1], figures=(0, 1))

    def tiers(self, request: Request) -> Reply:
        """Answer position tiers, whose sizes are contracts at the present price."""
        family = request.query.get("instFamily") or request.query.get("uly") or ""
        if request.query.get("tdMode") not in ("cross", "isolated"):
            raise _refusal("51000", "Parameter tdMode error")
        if (swap := self._swaps().get(f"{family}-SWAP")) is None:
            raise _refusal("51015", "Instrument family doesn't match instType")
        base, price = swap.base, self.truth.price(swap.base, request.now)
        rows, smallest = [], 0.0
        for number, tier in enumerate(TIERS[base], 1):
            largest = round(swap.contracts(tier.cap / price, tier.cap))
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

    def _swaps(self) -> dict[str, Swap]:
        linear = [Swap(base, CONTRACT[base], inverse=False) for base in self.truth.bases]
        inverse = [Swap(base, INVERSE_USD, inverse=True) for base in INVERSE_BASES]
        return {f"{swap.family}-SWAP": swap for swap in linear + inverse}

    def _swap(self, request: Request) -> Swap:
        if (swap := self._swaps().get(request.query.get("instId", ""))) is None:
            raise _refusal("51001", "Instrument ID, Instrument ID code, or Spread ID doesn't exist.")
        return swap


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


def _candle(swap: Swap, candles: Candles, i: int, closed: bool, *, mark: bool) -> list[str]:
    prices = [plain(column[i]) for column in (candles.open, candles.high, candles.low, candles.close)]
    coins, usd = candles.volume[i], candles.turnover[i]
    volume = [swap.contracts(coins, usd), coins, usd]
    return [str(candles.time[i]), *prices, *([] if mark else map(plain, volume)), str(int(closed))]


def _interest(swap: Swap, time: int, amount: float, price: float) -> list[str]:
    return [str(time), plain(swap.contracts(amount, amount * price)), plain(amount), plain(amount * price, 4)]


def _instrument(swap: Swap, listed: int) -> dict[str, Any]:
    return {
        "alias": "",
        "auctionEndTime": "",
        "baseCcy": "",
        "category": "1",
        "contTdSwTime": str(listed),
        "ctMult": "1",
        "ctType": "inverse" if swap.inverse else "linear",
        "ctVal": plain(swap.size),
        "ctValCcy": "USD" if swap.inverse else swap.base,
        "expTime": "",
        "instFamily": swap.family,
        "instId": f"{swap.family}-SWAP",
        "instType": "SWAP",
        "lever": plain(TIERS[swap.base][0].max_leverage),
        "listTime": str(listed),
        "lotSz": "0.01",
        "maxLmtSz": "100000000",
        "maxMktSz": "35000",
        "minSz": "0.01",
        "optType": "",
        "quoteCcy": "",
        "ruleType": "normal",
        "settleCcy": swap.base if swap.inverse else "USDT",
        "state": "live",
        "stk": "",
        "tickSz": plain(10.0 ** -COINS[swap.base].price_digits),
        "uly": swap.family,
    }
