"""Hyperliquid: one POST /info for everything, base coin, OI of both sides summed and only of the present.

Paging as the venue does it: candles between startTime and endTime, both inclusive, oldest first, of the latest 5000
bars only. The book has 20 levels. Funding is hourly. Tiers do not exist beyond `maxLeverage`.
"""

from typing import Any, ClassVar

from tests.emulator.truth import FUNDING_HOURS, FUNDING_RATE, TIERS
from tests.emulator.venue import Refusal, Reply, Request, Span, Venue, plain

MINUTE = 60_000
INTERVALS = {"5m": 5, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240, "8h": 480, "12h": 720, "1d": 1440}
SIZE_DECIMALS = {"BTC": 5, "ETH": 4, "SOL": 2}
MOST_CANDLES, BOOK_LEVELS = 5000, 20


class Hyperliquid(Venue):
    """The perpetuals of Hyperliquid, margined in USDC."""

    name: ClassVar[str] = "hyperliquid"
    routes: ClassVar[dict[str, str]] = {"POST /info": "info"}

    def info(self, request: Request) -> Reply:
        """Answer the kind of question that the body's `type` names."""
        kinds = {
            "meta": self._meta,
            "metaAndAssetCtxs": self._contexts,
            "spotMeta": _spot,
            "perpDexs": _dexes,
            "candleSnapshot": self._candles,
            "l2Book": self._book,
        }
        if (answer := kinds.get(str(request.body.get("type")))) is None:
            raise Refusal(422, "Failed to deserialize the JSON body into the target type")
        return answer(request)

    def _meta(self, _: Request) -> Reply:
        rows = self._universe()
        return Reply({"universe": rows}, rows)

    def _contexts(self, request: Request) -> Reply:
        if request.body.get("dex"):
            return Reply([{"universe": []}, []], [])
        rows = [self._context(base, request.now) for base in self.truth.bases]
        universe = self._universe()
        return Reply([{"universe": universe}, rows], universe)

    def _universe(self) -> list[dict[str, Any]]:
        return [
            {"name": base, "szDecimals": SIZE_DECIMALS[base], "maxLeverage": int(TIERS[base][0].max_leverage)}
            for base in self.truth.bases
        ]

    def _context(self, base: str, now: int) -> dict[str, Any]:
        price = plain(self.truth.price(base, now))
        return {
            "funding": plain(FUNDING_RATE / FUNDING_HOURS, 10),
            "openInterest": plain(2 * self.truth.latest_open_interest(base, now)),
            "prevDayPx": price,
            "dayNtlVlm": "1000000000.0",
            "premium": "0.0",
            "oraclePx": price,
            "markPx": price,
            "midPx": price,
            "impactPxs": [price, price],
            "dayBaseVlm": "1000.0",
        }

    def _candles(self, request: Request) -> Reply:
        asked = request.body.get("req") or {}
        base, minutes = self._base(asked.get("coin")), INTERVALS.get(str(asked.get("interval")))
        if minutes is None or not isinstance(asked.get("startTime"), int):
            raise Refusal(422, "Failed to deserialize the JSON body into the target type")
        step = minutes * MINUTE
        candles = self.truth.candles(base, step, request.now)
        first = max(0, len(candles.time) - MOST_CANDLES)
        rows = []
        for i in Span(MOST_CANDLES, asked["startTime"], asked.get("endTime")).of(candles.time[first:]) + first:
            time = int(candles.time[i])
            named = {"o": candles.open, "c": candles.close, "h": candles.high, "l": candles.low, "v": candles.volume}
            figures = {name: plain(column[i]) for name, column in named.items()}
            row = {"t": time, "T": time + step - 1, "s": base, "i": asked["interval"], **figures}
            rows.append({**row, "n": int(candles.trades[i])})
        return Reply(rows, rows, figures=("o", "c", "h", "l", "v"), extremes=("h", "l"))

    def _book(self, request: Request) -> Reply:
        base = self._base(request.body.get("coin"))
        book = self.truth.book(base, request.now, BOOK_LEVELS)
        sides = [[{"px": plain(p), "sz": plain(a), "n": 1} for p, a in side] for side in (book.bids, book.asks)]
        return Reply({"coin": base, "time": request.now, "levels": sides}, sides[0], figures=("px", "sz"))

    def _base(self, coin: object) -> str:
        if coin not in self.truth.bases:
            raise Refusal(500, None)
        return str(coin)


def _spot(_: Request) -> Reply:
    usdc = {"name": "USDC", "szDecimals": 8, "weiDecimals": 8, "index": 0, "isCanonical": True, "fullName": None}
    rows = [{**usdc, "tokenId": "0x0", "evmContract": None}]
    return Reply({"tokens": rows, "universe": []}, rows)


def _dexes(_: Request) -> Reply:
    rows = [None]
    return Reply(rows, [])
