"""What /v1/scan answers."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from service.analysis.markets.calibrated import calibration_of
from service.analysis.results.scan import NextZones, ScanResult, ScanRow
from service.api.schemas.described import described
from service.api.schemas.envelope import AssumptionsSchema, EnvelopeSchema
from service.api.schemas.envelope_body import envelope_body
from service.api.schemas.expected import calibration_body, calibration_field, expected_body, expected_field
from service.api.schemas.fragility import fragility_body, fragility_field
from service.heatmap import MODEL_VERSION, Zone
from service.heatmap.skill import MeasuredShare
from service.heatmap.stats import LEAST_CHANCE
from service.market.contract import TIMEFRAMES


class NextZoneSchema(Schema):
    """The nearest hot zone of a side; the same as on /v1/zones."""

    id = fields.String(required=True, metadata=described("Its id on /v1/zones"))
    low = fields.Float(required=True, metadata=described("Lower edge, quote currency"))
    high = fields.Float(required=True, metadata=described("Upper edge, quote currency"))
    notional = fields.Float(required=True, metadata=described("What stands in it, quote currency, from 0"))
    expected_liquidation = expected_field()
    distance_pct = fields.Float(
        required=True, metadata=described("From the price to the near edge, in % of it, 0 inside")
    )
    touch_probability_24h = fields.Float(
        required=True, metadata=described(f"Chance that its near edge trades within 24 hours, {LEAST_CHANCE}..1")
    )
    score = fields.Float(required=True, metadata=described("As on /v1/zones, from 0"))


class OwnScanSchema(Schema):
    """The next hot zones on one exchange's own map."""

    price = fields.Float(required=True, metadata=described("Quote currency"))
    long = fields.Nested(NextZoneSchema, required=True, allow_none=True, metadata=described("Below it; null if none"))
    short = fields.Nested(NextZoneSchema, required=True, allow_none=True, metadata=described("Above it; null if none"))


class ScanRowSchema(EnvelopeSchema):
    """One symbol: what its own answers say of their inputs, and its next zones."""

    assumptions = fields.Nested(
        AssumptionsSchema, metadata=described("Where they differ from those of the whole; left out where they do not")
    )
    calibration = calibration_field()
    fragility = fragility_field()
    rank = fields.Integer(required=True, metadata=described("By `rank_by`; 1 is first"))
    attention = fields.Float(
        required=True,
        metadata=described("Largest touch probability over 24 h x score among its hot zones, from 0: near and heavy"),
    )
    long = fields.Nested(
        NextZoneSchema,
        required=True,
        allow_none=True,
        metadata=described("Nearest below the price; null if none is hot"),
    )
    short = fields.Nested(
        NextZoneSchema,
        required=True,
        allow_none=True,
        metadata=described("Nearest above the price; null if none is hot"),
    )
    split = fields.Dict(keys=fields.String(), values=fields.Nested(OwnScanSchema), metadata=described("By exchange"))


class FailedSchema(Schema):
    """A symbol that could not be scanned, or not on one of the exchanges."""

    symbol = fields.String(required=True, metadata=described("As it was asked for"))
    exchange = fields.String(
        required=True,
        allow_none=True,
        metadata=described("Where; null if its map cannot be drawn at all. It has a row if another exchange gave it"),
    )
    reason = fields.String(required=True, metadata=described("Why, in words"))


class ScanSchema(Schema):
    """Answer of /v1/scan."""

    exchange = fields.String(required=True, metadata=described("The ids that were asked, with commas in between"))
    timeframe = fields.String(
        required=True, validate=validate.OneOf(list(TIMEFRAMES)), metadata=described("Length of a bar")
    )
    simulated = fields.Boolean(required=True, metadata=described("A row is of a simulated market"))
    complete = fields.Boolean(required=True, metadata=described("Nothing failed"))
    assumptions = fields.Nested(
        AssumptionsSchema, required=True, metadata=described("Of the first row, and of each that has none of its own")
    )
    symbols = fields.List(fields.Nested(ScanRowSchema), required=True, metadata=described("By rank, at most `top`"))
    failed = fields.List(
        fields.Nested(FailedSchema), required=True, metadata=described("What could not be had, and why")
    )
    model_version = fields.String(required=True, metadata=described("Of the model that made the maps"))


def scan_body(result: ScanResult) -> dict[str, Any]:
    """Return a scan as JSON."""
    return {
        "exchange": ",".join(result.exchanges),
        "timeframe": result.timeframe,
        "simulated": result.simulated,
        "complete": not result.failed,
        **_rows(result.rows),
        "failed": [
            {"symbol": failure.symbol, "exchange": failure.exchange, "reason": failure.reason}
            for failure in result.failed
        ],
        "model_version": MODEL_VERSION,
    }


def _rows(rows: Sequence[ScanRow]) -> dict[str, Any]:
    """Return the rows by rank, and once what all of them take for granted."""
    bodies = [{"rank": rank} | _row(row) for rank, row in enumerate(rows, start=1)]
    assumptions = bodies[0]["assumptions"]
    for body in bodies:
        if body["assumptions"] == assumptions:
            del body["assumptions"]
    return {"assumptions": assumptions, "symbols": bodies}


def _row(row: ScanRow) -> dict[str, Any]:
    share = calibration_of(row.envelope)
    told = {
        "calibration": calibration_body(share),
        "fragility": fragility_body(row.fragility),
        "attention": row.attention,
    }
    body = envelope_body(row.envelope) | told | _next(row.next, share)
    if row.split is not None:
        body["split"] = {name: {"price": zones.price} | _next(zones, share) for name, zones in row.split.items()}
    return body


def _next(zones: NextZones, share: MeasuredShare | None) -> dict[str, Any]:
    return {"long": _zone(zones.long, share), "short": _zone(zones.short, share)}


def _zone(zone: Zone | None, share: MeasuredShare | None) -> dict[str, Any] | None:
    if zone is None:
        return None
    return {
        "id": zone.id,
        "low": zone.low,
        "high": zone.high,
        "notional": round(zone.notional, 2),
        "expected_liquidation": expected_body(zone.notional, share),
        "distance_pct": zone.distance_pct,
        "touch_probability_24h": zone.touch_probability.h24,
        "score": zone.score,
    }
