"""Gate USDT futures: whole contracts, seconds, oldest first, statistics with realised liquidations.

Paging as the venue does it: `from` and `to` are both inclusive and exclude `limit`; at most 2000 candles a request
and none older than 10,000 bars. Statistics take `from` only (`to` is ignored then), default to 30 rows, at most 2000,
and run a row past the limit. A row is stamped at the start of its period, gives OI at the end and what was liquidated
within; the newest row is partial (measured by others against the live venue in September 2026).
"""

from typing import Any, ClassVar

from tests.emulator.hours import COINS
from tests.emulator.truth import FUNDING_HOURS, FUNDING_RATE, TIERS
from tests.emulator.venue import Refusal, Reply, Request, Span, Venue, plain

MINUTE = 60_000
INTERVALS = {"5m": 5, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240, "8h": 480, "12h": 720, "1d": 1440}
CONTRACT = {"BTC": 0.0001, "ETH": 0.01, "SOL": 1.0}
MOST_CANDLES, OLDEST_CANDLES, MOST_STATISTICS, DEEPEST_BOOK = 2000, 10_000, 2000, 300


class Gate(Venue):
    """The USDT-settled perpetuals of Gate."""

    name: ClassVar[str] = "gate"
    # how many sides `open_interest` of the statistics counts; `position_size` counts one; reports contradict
    statistics_sides = 1
    routes: ClassVar[dict[str, str]] = {
        "GET /api/v4/spot/currencies": "currencies",
        "GET /api/v4/futures/usdt/contracts": "contracts",
        "GET /api/v4/futures/btc/contracts": "inverse_contracts",
        "GET /api/v4/futures/usdt/contracts/(.+)": "contract",
        "GET /api/v4/futures/usdt/candlesticks": "candlesticks",
        "GET /api/v4/futures/usdt/contract_stats": "statistics",
        "GET /api/v4/futures/usdt/order_book": "order_book",
        "GET /api/v4/futures/usdt/risk_limit_tiers": "tiers",
    }

    def currencies(self, _: Request) -> Reply:
        """Answer the currencies, which ccxt asks for together with the markets."""
        rows = [_currency(name) for name in (*self.truth.bases, "USDT")]
        return Reply(rows, rows)

    def contracts(self, request: Request) -> Reply:
        """Answer every contract."""
        rows = [self._contract(base, request.now) for base in self.truth.bases]
        return Reply(rows, rows)

    def inverse_contracts(self, request: Request) -> Reply:
        """Answer the one coin-margined contract, which ccxt asks for unasked; nothing else of it is served."""
        inverse = {"name": "BTC_USD", "type": "inverse", "quanto_multiplier": "0"}
        rows = [{**self._contract("BTC", request.now), **inverse}]
        return Reply(rows, rows)

    def contract(self, request: Request, name: str) -> Reply:
        """Answer one contract, which carries the funding rate."""
        body = self._contract(self._base(name), request.now)
        return Reply(body, [body], figures=("funding_rate", "mark_price"))

    def candlesticks(self, request: Request) -> Reply:
        """Answer candles; a contract with mark_ in front gives the mark price, which has no volume."""
        name = request.query.get("contract", "")
        base, mark = self._base(name.removeprefix("mark_")), name.startswith("mark_")
        step = _interval(request, "5m")
        candles = self.truth.candles(base, step, request.now, mark=mark)
        rows = []
        for i in _candle_span(request, step).of(candles.time):
            prices = {"o": candles.open, "h": candles.high, "l": candles.low, "c": candles.close}
            row = {"t": int(candles.time[i]) // 1000, **{key: plain(column[i]) for key, column in prices.items()}}
            traded = {"v": round(candles.volume[i] / CONTRACT[base]), "sum": plain(candles.turnover[i], 5)}
            rows.append(row if mark else row | traded)
        return Reply(rows, rows, figures=("o", "h", "l", "c"), extremes=("h", "l"))

    def statistics(self, request: Request) -> Reply:
        """Answer statistics: open interest and liquidations in contracts, coin and USD."""
        base, step = self._base(request.query.get("contract", "")), _interval(request, "5m")
        limit, since = request.number("limit", 30) or 0, request.number("from")
        if not 1 <= limit <= MOST_STATISTICS:
            raise _refusal(f"Invalid request parameter `limit` value: {limit}")
        candles = self.truth.candles(base, step, request.now)
        span = Span(limit) if since is None else Span(limit + 1, since * 1000, oldest=True)
        rows = []
        for i in span.of(candles.time):
            price, amount = float(candles.close[i]), self.statistics_sides * float(candles.open_interest[i])
            long, short = float(candles.liquidated_long[i]), float(candles.liquidated_short[i])
            size = CONTRACT[base]
            buys = float(candles.taker_buy[i])
            row = {
                "time": int(candles.time[i]) // 1000,
                "lsr_taker": buys / max(float(candles.volume[i]) - buys, 1 / COINS[base].per_coin),
                "lsr_account": float(candles.ratio[i]),
                "long_liq_size": round(long / size),
                "long_liq_amount": long,
                "long_liq_usd": long * price,
                "short_liq_size": round(short / size),
                "short_liq_amount": short,
                "short_liq_usd": short * price,
                "open_interest": round(amount / size),
                "open_interest_usd": amount * price,
                "top_lsr_account": float(candles.ratio[i]),
                "top_lsr_size": float(candles.ratio[i]),
                "mark_price": price,
            }
            rows.append(row)
        return Reply(rows, rows, figures=("open_interest", "open_interest_usd"))

    def order_book(self, request: Request) -> Reply:
        """Answer the order book: 10 levels unless asked, at most 300, whole contracts."""
        base, limit = self._base(request.query.get("contract", "")), request.number("limit", 10) or 10
        if limit > DEEPEST_BOOK:
            raise Refusal(400, {"label": "TOO_BIG", "message": f"limit {DEEPEST_BOOK}"})
        book = self.truth.book(base, request.now, limit)
        sides = [[{"p": plain(p), "s": round(a / CONTRACT[base])} for p, a in side] for side in (book.asks, book.bids)]
        body = {"current": request.now / 1000, "update": request.now / 1000, "asks": sides[0], "bids": sides[1]}
        if request.query.get("with_id", "").lower() == "true":
            body["id"] = 1
        return Reply(body, sides[1], figures=("p", "s"))

    def tiers(self, request: Request) -> Reply:
        """Answer the risk tiers of one contract, or of a page of contracts."""
        name = request.query.get("contract")
        first, many = request.number("offset", 0) or 0, request.number("limit", 100) or 100
        bases = [self._base(name)] if name else list(self.truth.bases)[first : first + many]
        rows = []
        for base in bases:
            for number, tier in enumerate(TIERS[base], 1):
                row = {
                    "tier": number,
                    "risk_limit": plain(tier.cap),
                    "initial_rate": plain(1 / tier.max_leverage),
                    "maintenance_rate": plain(tier.maintenance_rate),
                    "leverage_max": plain(tier.max_leverage),
                    "deduction": plain(tier.maintenance_amount),
                }
                rows.append(row if name else {**row, "contract": f"{base}_USDT"})
        return Reply(rows, rows, figures=("risk_limit", "maintenance_rate", "leverage_max"))

    def _base(self, name: str) -> str:
        base = name.removesuffix("_USDT")
        if base not in self.truth.bases or base == name:
            raise Refusal(400, {"label": "CONTRACT_NOT_FOUND", "message": "CONTRACT_NOT_FOUND"})
        return base

    def _contract(self, base: str, now: int) -> dict[str, Any]:
        coin, price, tiers = COINS[base], plain(self.truth.price(base, now)), TIERS[base]
        tick = plain(10.0**-coin.price_digits)
        return {
            "name": f"{base}_USDT",
            "type": "direct",
            "contract_type": "",
            "quanto_multiplier": plain(CONTRACT[base]),
            "ref_discount_rate": "0",
            "ref_rebate_rate": "0.2",
            "order_price_deviate": "0.2",
            "order_price_round": tick,
            "order_size_min": 1,
            "order_size_max": 1_000_000,
            "enable_decimal": False,
            "mark_type": "index",
            "mark_price": price,
            "mark_price_round": tick,
            "index_price": price,
            "last_price": price,
            "maintenance_rate": plain(tiers[0].maintenance_rate),
            "leverage_min": "1",
            "leverage_max": plain(tiers[0].max_leverage),
            "risk_limit_base": plain(tiers[0].cap),
            "risk_limit_step": plain(tiers[0].cap),
            "risk_limit_max": plain(tiers[-1].cap),
            "funding_rate": plain(FUNDING_RATE),
            "funding_rate_indicative": plain(FUNDING_RATE),
            "funding_interval": FUNDING_HOURS * 3600,
            "funding_next_apply": self.truth.next_funding(now) // 1000,
            "funding_offset": 0,
            "interest_rate": "0.0003",
            "maker_fee_rate": "-0.0001",
            "taker_fee_rate": "0.00075",
            "position_size": round(self.truth.latest_open_interest(base, now) / CONTRACT[base]),
            "trade_size": 1_000_000_000,
            "in_delisting": False,
            "status": "trading",
            "create_time": self.truth.first_time(base) // 1000,
            "launch_time": self.truth.first_time(base) // 1000,
            "orders_limit": 100,
            "is_pre_market": False,
        }


def _refusal(message: str) -> Refusal:
    return Refusal(400, {"label": "INVALID_PARAM_VALUE", "message": message})


def _interval(request: Request, default: str) -> int:
    if (minutes := INTERVALS.get(request.query.get("interval", default))) is None:
        raise _refusal("Invalid request parameter `interval`")
    return minutes * MINUTE


def _candle_span(request: Request, step: int) -> Span:
    """Return what the request asks for, or refuse a range that the venue does not serve."""
    since, until, limit = (request.number(name) for name in ("from", "to", "limit"))
    if since is None and until is None:
        return Span(min(limit or 100, MOST_CANDLES))
    if limit is not None and since is not None:
        raise _refusal(f"Invalid request parameter `limit` value: {limit}")
    last = request.now if until is None else min(until * 1000, request.now)
    first = last - ((limit or 100) - 1) * step if since is None else since * 1000
    if request.now - first > OLDEST_CANDLES * step:
        raise _refusal(f"Candlestick too long ago. Maximum {OLDEST_CANDLES} points recently are allowed")
    if (last - first) // step + 1 > MOST_CANDLES:
        message = f"Candlestick range too broad. Maximum {MOST_CANDLES} data points are allowed per request"
        raise _refusal(message)
    return Span(MOST_CANDLES, first, last)


def _currency(name: str) -> dict[str, Any]:
    flags = ("delisted", "withdraw_disabled", "withdraw_delayed", "deposit_disabled", "trade_disabled")
    return {"currency": name, "name": name, "chain": name, "chains": [], **dict.fromkeys(flags, False)}
