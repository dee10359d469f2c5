"""GET /v1/scan: many symbols, ranked by how near and heavy their next hot zones are."""

from contextlib import suppress
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate
from webargs.fields import DelimitedList

from service.api.answers import etag_of
from service.api.axis_query import AxisQuery, args_key, fitting_bins, freshness, zone_axis
from service.api.group import Group, exchanges_of, grouped, loads
from service.api.services import Services
from service.api.side_by_side import Failure, side_by_side
from service.api.zones import read_zones
from service.heatmap.bad_input import BadInput
from service.heatmap.version import MODEL_VERSION
from service.heatmap.zone import Zone
from service.market.exchange import Market, MarketError, UnknownSymbol
from service.market.symbols import resolve

MOST_SYMBOLS = 50
MOST_LOADS = 100
# Where an exchange lists more than can be scanned at once and none are named.
USUAL = ("BTC", "ETH", "SOL", "BNB", "XRP", "DOGE", "ADA", "AVAX", "LINK", "LTC", "SUI", "TON")


class ScanQuery(AxisQuery):
    """Parameters of /v1/scan."""

    class Meta:
        """Many symbols take the place of one; their price scales differ, so a bin size cannot be shared."""

        exclude = ("symbol", "bin_size")

    symbols = DelimitedList(
        fields.String(validate=validate.Length(1, 40)),
        load_default=lambda: None,
        validate=validate.Length(1, MOST_SYMBOLS),
        metadata={
            "description": f"Up to {MOST_SYMBOLS}; all of the exchange if it lists no more, else a dozen large ones",
            "example": "BTC,ETH",
        },
    )
    split = fields.Boolean(load_default=False, metadata={"description": "Include each exchange's own next zones"})
    top = fields.Integer(load_default=MOST_SYMBOLS, validate=validate.Range(1, MOST_SYMBOLS))


class NextZoneSchema(Schema):
    """The nearest hot zone of a side."""

    id = fields.String(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)
    notional = fields.Float(required=True, metadata={"description": "USD"})
    distance_pct = fields.Float(required=True)
    touch_probability_24h = fields.Float(required=True)
    score = fields.Float(required=True)


class OwnScanSchema(Schema):
    """The next hot zones on one exchange's own map."""

    price = fields.Float(required=True)
    long = fields.Nested(NextZoneSchema, required=True, allow_none=True)
    short = fields.Nested(NextZoneSchema, required=True, allow_none=True)


class ScanRowSchema(Schema):
    """One symbol."""

    rank = fields.Integer(required=True)
    symbol = fields.String(required=True)
    price = fields.Float(required=True)
    as_of = fields.DateTime(required=True)
    simulated = fields.Boolean(required=True)
    attention = fields.Float(
        required=True, metadata={"description": "Largest of touch probability over 24 h x score among its hot zones"}
    )
    long = fields.Nested(NextZoneSchema, required=True, allow_none=True)
    short = fields.Nested(NextZoneSchema, required=True, allow_none=True)
    split = fields.Dict(
        keys=fields.String(), values=fields.Nested(OwnScanSchema), metadata={"description": "By exchange"}
    )
    confidence = fields.Float(required=True)
    warnings = fields.List(fields.String(), required=True)


class FailedSchema(Schema):
    """A symbol that could not be scanned."""

    symbol = fields.String(required=True)
    reason = fields.String(required=True)


class ScanSchema(Schema):
    """Answer of /v1/scan."""

    exchange = fields.String(required=True)
    timeframe = fields.String(required=True)
    simulated = fields.Boolean(required=True)
    complete = fields.Boolean(required=True, metadata={"description": "Nothing failed"})
    symbols = fields.List(fields.Nested(ScanRowSchema), required=True)
    failed = fields.List(fields.Nested(FailedSchema), required=True)
    model_version = fields.String(required=True)


def blueprint(services: Services) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("scan", __name__, description="Many symbols at once")

    @routes.get("/v1/scan")
    @routes.arguments(ScanQuery, location="query", unknown=RAISE)
    @routes.response(200, ScanSchema)
    def get_scan(args: dict[str, Any]) -> Response:
        """Rank many symbols by nearness and weight of their next hot zones."""
        args["bin_size"] = None
        fitting_bins(args)
        names = exchanges_of(services, args["exchange"])
        wanted = _symbols(services, args, names)
        loaded = side_by_side(services.pool, loads(services, args, wanted, names), services.seconds)
        if not loaded.results:
            raise loaded.first_error()
        groups = grouped(loaded)
        failed = {symbol: loaded.errors[symbol, names[0]] for symbol in wanted if symbol not in groups}
        prints = [(symbol, found.fingerprint) for symbol, found in groups.items()]
        etag = etag_of("scan", args_key(args), prints, sorted(failed))
        return services.answers.reply(etag, freshness(args), lambda: _body(services, args, groups, failed))

    return routes


def _symbols(services: Services, args: dict[str, Any], names: list[str]) -> list[str]:
    """Return the symbols to scan, each once; raises BadInput if that is too many loads."""
    if args["symbols"]:
        wanted = _each_once(services, args["symbols"], names)
    else:
        markets = _listing(services, names)
        listed = {market.base for market in markets.values()}
        wanted = sorted(markets) if len(markets) <= MOST_SYMBOLS else [base for base in USUAL if base in listed]
    if len(wanted) * len(names) > MOST_LOADS:
        message = f"{len(wanted)} symbols on {len(names)} exchanges"
        raise BadInput("symbols", message, f"at most {MOST_LOADS // len(names)} on so many exchanges")
    return wanted


def _each_once(services: Services, symbols: list[str], names: list[str]) -> list[str]:
    """Return the symbols without those that are another way to write one before them."""
    try:
        markets = _listing(services, names)
    except MarketError:
        return list(dict.fromkeys(symbols))
    seen: dict[str, str] = {}
    for symbol in symbols:
        try:
            seen.setdefault(resolve(names[0], symbol, markets), symbol)
        except UnknownSymbol:
            seen.setdefault(symbol, symbol)
    return list(seen.values())


def _listing(services: Services, names: list[str]) -> dict[str, Market]:
    """Return the markets of the first exchange that gives them; raises the last one's error if none does."""
    for name in names[:-1]:
        with suppress(MarketError):
            return services.feed.markets(name)
    return services.feed.markets(names[-1])


def _body(
    services: Services, args: dict[str, Any], groups: dict[str, Group], failed: dict[str, Failure]
) -> dict[str, Any]:
    now, found_rows = services.clock(), {}
    reasons: dict[str, Failure] = dict(failed)
    for symbol, found in groups.items():
        try:
            # Two ways to write one symbol are one row.
            found_rows[found.reference.data.symbol] = _row(found, args, now)
        except BadInput as error:
            reasons[symbol] = error
    if not found_rows:
        raise next(iter(reasons.values()))
    rows = sorted(found_rows.values(), key=lambda row: (-row["attention"], row["symbol"]))
    return {
        "exchange": args["exchange"],
        "timeframe": args["timeframe"],
        "simulated": any(row["simulated"] for row in rows),
        "complete": not reasons and not any(found.errors for found in groups.values()),
        "symbols": [{"rank": rank} | row for rank, row in enumerate(rows[: args["top"]], start=1)],
        "failed": [{"symbol": symbol, "reason": str(reason)} for symbol, reason in reasons.items()],
        "model_version": MODEL_VERSION,
    }


def _row(found: Group, args: dict[str, Any], now: float) -> dict[str, Any]:
    hot = read_zones(found, zone_axis(found, args), aged=False).zones.hot
    envelope = found.envelope(now)
    return {
        "symbol": found.reference.data.symbol,
        "price": found.price,
        "as_of": envelope["as_of"],
        "simulated": envelope["simulated"],
        "attention": round(max((zone.touch_probability.h24 * zone.score for zone in hot), default=0.0), 6),
        "long": _next(hot, "long"),
        "short": _next(hot, "short"),
        **({"split": {name: _own(found.alone(name), args) for name in found.members}} if args["split"] else {}),
        "confidence": envelope["confidence"]["value"],
        "warnings": envelope["warnings"],
    }


def _own(alone: Group, args: dict[str, Any]) -> dict[str, Any]:
    hot = read_zones(alone, zone_axis(alone, args), aged=False).zones.hot
    return {"price": alone.price, "long": _next(hot, "long"), "short": _next(hot, "short")}


def _next(hot: tuple[Zone, ...], side: str) -> dict[str, Any] | None:
    zones = [zone for zone in hot if zone.side == side]
    if not zones:
        return None
    zone = min(zones, key=lambda zone: zone.distance_pct)
    return {
        "id": zone.id,
        "low": zone.low,
        "high": zone.high,
        "notional": round(zone.notional, 2),
        "distance_pct": zone.distance_pct,
        "touch_probability_24h": zone.touch_probability.h24,
        "score": zone.score,
    }
