"""GET /v1/scan: many symbols of one exchange, ranked by how near and heavy their next hot zones are."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate
from webargs.fields import DelimitedList

from service.api.answers import etag_of
from service.api.estimate import Estimate, estimate
from service.api.heatmap import AxisQuery, args_key, freshness
from service.api.parameters import rfc3339
from service.api.problems import BadParameter
from service.api.services import Services
from service.api.side_by_side import SideBySide, side_by_side
from service.api.zones import read_zones
from service.heatmap.version import MODEL_VERSION
from service.heatmap.zone import Zone
from service.market.exchange import MarketError

MOST_SYMBOLS = 50
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


class ScanRowSchema(Schema):
    """One symbol."""

    rank = fields.Integer(required=True)
    symbol = fields.String(required=True)
    price = fields.Float(required=True)
    as_of = fields.DateTime(required=True)
    attention = fields.Float(
        required=True, metadata={"description": "Largest of touch probability over 24 h x score among its hot zones"}
    )
    long = fields.Nested(NextZoneSchema, required=True, allow_none=True)
    short = fields.Nested(NextZoneSchema, required=True, allow_none=True)
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


@dataclass(frozen=True, eq=False)
class _Scanned:
    """One symbol's estimate, and when its answer is made its row."""

    found: Estimate
    args: dict[str, Any]

    def row(self, now: float) -> dict[str, Any]:
        axis = self.found.axis(self.args["range_pct"], self.args["bins"], None)
        hot = read_zones(self.found, axis).zones.hot
        envelope = self.found.envelope(now)
        return {
            "symbol": self.found.data.symbol,
            "price": self.found.data.price,
            "as_of": rfc3339(self.found.data.as_of),
            "attention": round(max((zone.touch_probability.h24 * zone.score for zone in hot), default=0.0), 6),
            "long": _next(hot, "long"),
            "short": _next(hot, "short"),
            "confidence": envelope["confidence"]["value"],
            "warnings": envelope["warnings"],
        }


def blueprint(services: Services) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("scan", __name__, description="Many symbols at once")

    @routes.get("/v1/scan")
    @routes.arguments(ScanQuery, location="query", unknown=RAISE)
    @routes.response(200, ScanSchema)
    def get_scan(args: dict[str, Any]) -> Response:
        """Rank the symbols of one exchange by nearness and weight of their next hot zones."""
        wanted = _symbols(services, args)
        loaded = side_by_side(services.pool, _loads(services, args, wanted), services.seconds)
        if not loaded.results:
            raise loaded.first_error()
        prints = [(symbol, item.found.fingerprint) for symbol, item in loaded.results.items()]
        etag = etag_of("scan", args_key(args), prints, sorted(loaded.errors))
        return services.answers.reply(etag, freshness(args), lambda: _body(services, args, loaded))

    return routes


def _symbols(services: Services, args: dict[str, Any]) -> list[str]:
    """Return the symbols to scan, each once."""
    if args["symbols"]:
        return list(dict.fromkeys(args["symbols"]))
    markets = services.feed.markets(args["exchange"])
    if len(markets) <= MOST_SYMBOLS:
        return sorted(markets)
    listed = {market.base for market in markets.values()}
    return [base for base in USUAL if base in listed]


def _loads(services: Services, args: dict[str, Any], symbols: list[str]) -> dict[str, Any]:
    return {symbol: partial(_load, services, args | {"symbol": symbol, "bin_size": None}) for symbol in symbols}


def _load(services: Services, args: dict[str, Any]) -> _Scanned:
    return _Scanned(estimate(services, args), args)


def _body(services: Services, args: dict[str, Any], loaded: SideBySide[_Scanned]) -> dict[str, Any]:
    now, failed = services.clock(), dict(loaded.errors)
    rows = []
    for symbol, item in loaded.results.items():
        try:
            rows.append(item.row(now))
        except (MarketError, BadParameter) as error:
            failed[symbol] = MarketError(str(error))
    rows.sort(key=lambda row: (-row["attention"], row["symbol"]))
    return {
        "exchange": args["exchange"],
        "timeframe": args["timeframe"],
        "simulated": services.feed.exchange(args["exchange"]).simulated,
        "complete": not failed,
        "symbols": [{"rank": rank} | row for rank, row in enumerate(rows[: args["top"]], start=1)],
        "failed": [{"symbol": symbol, "reason": str(error)} for symbol, error in failed.items()],
        "model_version": MODEL_VERSION,
    }


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
