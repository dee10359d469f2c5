"""GET /v1/scan: many symbols, ranked by how near and heavy their next hot zones are."""

from contextlib import suppress
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate
from webargs.fields import DelimitedList

from service.analysis.group import Group, exchanges_of, grouped, loads
from service.analysis.parallel import Failure, Key, side_by_side
from service.analysis.services import Services
from service.api.edge.answers import Answers, etag_of
from service.api.query.axis_query import AxisQuery, args_key, fitting_bins, freshness, zone_axis
from service.api.query.parameters import exchanges_field
from service.api.resources.zones import read_zones
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.figures import told
from service.heatmap import MODEL_VERSION, BadInput, Side, Zone
from service.heatmap.stats import LEAST_CHANCE
from service.market.contract import TIMEFRAMES, Market, MarketError, UnknownSymbol, resolve

MOST_SYMBOLS = 50
MOST_LOADS = 100
# Where an exchange lists more than can be scanned at once and none are named.
USUAL = ("BTC", "ETH", "SOL", "BNB", "XRP", "DOGE", "ADA", "AVAX", "LINK", "LTC", "SUI", "TON")


class ScanQuery(AxisQuery):
    """Parameters of /v1/scan."""

    exchange = exchanges_field()

    class Meta:
        """Many symbols take the place of one; their price scales differ, so a bin size cannot be shared."""

        exclude = ("symbol", "bin_size")

    symbols = DelimitedList(
        fields.String(validate=validate.Length(1, 40)),
        load_default=lambda: None,
        validate=validate.Length(1, MOST_SYMBOLS),
        metadata={
            "description": f"Up to {MOST_SYMBOLS}, and {MOST_LOADS} symbols times exchanges; if left out all that the "
            "first exchange lists, or a dozen large ones where these are more",
            "example": "BTC,ETH",
        },
    )
    split = fields.Boolean(load_default=False, metadata={"description": "Include each exchange's own next zones"})
    top = fields.Integer(
        load_default=MOST_SYMBOLS,
        validate=validate.Range(1, MOST_SYMBOLS),
        metadata={"description": "At most this many rows, the first by rank"},
    )


class NextZoneSchema(Schema):
    """The nearest hot zone of a side; the same as on /v1/zones."""

    id = fields.String(required=True, metadata=told("Its id on /v1/zones"))
    low = fields.Float(required=True, metadata=told("Lower bin edge, quote currency"))
    high = fields.Float(required=True, metadata=told("Upper bin edge, quote currency"))
    notional = fields.Float(required=True, metadata=told("What stands in it, quote currency, from 0"))
    distance_pct = fields.Float(required=True, metadata=told("From the price to the near edge, in % of it, 0 inside"))
    touch_probability_24h = fields.Float(
        required=True, metadata=told(f"Chance that its near edge trades within 24 hours, {LEAST_CHANCE}..1")
    )
    score = fields.Float(required=True, metadata=told("As on /v1/zones, from 0"))


class OwnScanSchema(Schema):
    """The next hot zones on one exchange's own map."""

    price = fields.Float(required=True, metadata=told("Quote currency"))
    long = fields.Nested(NextZoneSchema, required=True, allow_none=True, metadata=told("Below it; null if none"))
    short = fields.Nested(NextZoneSchema, required=True, allow_none=True, metadata=told("Above it; null if none"))


class ScanRowSchema(EnvelopeSchema):
    """One symbol: what its own answers say of their inputs, and its next zones."""

    rank = fields.Integer(required=True, metadata=told("By attention; 1 is first"))
    attention = fields.Float(
        required=True,
        metadata=told("Largest touch probability over 24 h x score among its hot zones, from 0: near and heavy"),
    )
    long = fields.Nested(
        NextZoneSchema, required=True, allow_none=True, metadata=told("Nearest below the price; null if none is hot")
    )
    short = fields.Nested(
        NextZoneSchema, required=True, allow_none=True, metadata=told("Nearest above the price; null if none is hot")
    )
    split = fields.Dict(keys=fields.String(), values=fields.Nested(OwnScanSchema), metadata=told("By exchange"))


class FailedSchema(Schema):
    """A symbol that could not be scanned, or not on one of the exchanges."""

    symbol = fields.String(required=True, metadata=told("As it was asked for"))
    exchange = fields.String(
        required=True,
        allow_none=True,
        metadata=told("Where; null if its map cannot be drawn at all. It has a row if another exchange gave it"),
    )
    reason = fields.String(required=True, metadata=told("Why, in words"))


class ScanSchema(Schema):
    """Answer of /v1/scan."""

    exchange = fields.String(required=True, metadata=told("The ids that were asked, with commas in between"))
    timeframe = fields.String(
        required=True, validate=validate.OneOf(list(TIMEFRAMES)), metadata=told("Length of a bar")
    )
    simulated = fields.Boolean(required=True, metadata=told("A row is of a simulated market"))
    complete = fields.Boolean(required=True, metadata=told("Nothing failed"))
    symbols = fields.List(fields.Nested(ScanRowSchema), required=True, metadata=told("By rank, at most `top`"))
    failed = fields.List(fields.Nested(FailedSchema), required=True, metadata=told("What could not be had, and why"))
    model_version = fields.String(required=True, metadata=told("Of the model that made the maps"))


def blueprint(services: Services, answers: Answers) -> Blueprint:
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
        loaded = side_by_side(services.threads, loads(services, args, wanted, names), services.seconds)
        if not loaded.results:
            raise loaded.first_error()
        groups = grouped(loaded)
        prints = [(symbol, found.fingerprint) for symbol, found in groups.items()]
        etag = etag_of("scan", args_key(args), prints, sorted(loaded.errors))
        asked = args | {"exchange": ",".join(names)}
        return answers.reply(etag, freshness(args), lambda: _body(services, asked, groups, loaded.errors))

    return routes


def _symbols(services: Services, args: dict[str, Any], names: list[str]) -> list[str]:
    """Return the symbols to scan, each once; raises BadInput if that is too many loads."""
    if args["symbols"]:
        wanted = _each_once(services, args["symbols"], names)
    else:
        markets = _listing(services, names)
        listed = {market.base for market in markets.values()}
        most = min(MOST_SYMBOLS, MOST_LOADS // len(names))
        wanted = sorted(markets) if len(markets) <= most else [base for base in USUAL if base in listed][:most]
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
    services: Services, args: dict[str, Any], groups: dict[str, Group], errors: dict[Key, Failure]
) -> dict[str, Any]:
    now, found_rows = services.clock(), {}
    reasons: dict[tuple[str, str | None], Failure] = {(symbol, name): error for (symbol, name), error in errors.items()}
    for symbol, found in groups.items():
        try:
            # Two ways to write one symbol are one row.
            found_rows[found.reference.data.symbol] = _row(found, args, now)
        except BadInput as error:
            reasons[symbol, None] = error
    if not found_rows:
        raise next(error for (_, name), error in reasons.items() if name is None)
    rows = sorted(found_rows.values(), key=lambda row: (-row["attention"], row["symbol"]))
    return {
        "exchange": args["exchange"],
        "timeframe": args["timeframe"],
        "simulated": any(row["simulated"] for row in rows),
        "complete": not reasons,
        "symbols": [{"rank": rank} | row for rank, row in enumerate(rows[: args["top"]], start=1)],
        "failed": [
            {"symbol": symbol, "exchange": name, "reason": str(reason)} for (symbol, name), reason in reasons.items()
        ],
        "model_version": MODEL_VERSION,
    }


def _row(found: Group, args: dict[str, Any], now: float) -> dict[str, Any]:
    hot = read_zones(found, zone_axis(found, args), aged=False).zones.hot
    return found.envelope(now) | {
        "attention": round(max((zone.touch_probability.h24 * zone.score for zone in hot), default=0.0), 6),
        "long": _next(hot, Side.LONG),
        "short": _next(hot, Side.SHORT),
        **({"split": {name: _own(found.alone(name), args) for name in found.members}} if args["split"] else {}),
    }


def _own(alone: Group, args: dict[str, Any]) -> dict[str, Any]:
    hot = read_zones(alone, zone_axis(alone, args), aged=False).zones.hot
    return {"price": alone.price, "long": _next(hot, Side.LONG), "short": _next(hot, Side.SHORT)}


def _next(hot: tuple[Zone, ...], side: Side) -> dict[str, Any] | None:
    zones = [zone for zone in hot if zone.side is side]
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
