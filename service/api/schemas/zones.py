"""The answer of /v1/zones: ranked zones, the levels they were compared with, and the market's context."""

from typing import Any

from marshmallow import Schema, fields, validate

from service.analysis.markets.calibrated import calibration_of
from service.analysis.results.zones import RankedZones, ZonesResult
from service.api.schemas.context import ContextSchema, context_body
from service.api.schemas.described import described
from service.api.schemas.ended import EndedZoneSchema, ended_body
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.envelope_body import envelope_body
from service.api.schemas.expected import calibration_body, calibration_field
from service.api.schemas.fragility import fragility_body, fragility_field
from service.api.schemas.zone import LevelSchema, ZoneSchema, level_body, zone_body
from service.heatmap.density import DEFAULT_DENSITY_RULES as RULES
from service.heatmap.skill import MeasuredShare
from service.market.contract import TIMEFRAMES


class ScaleSchema(Schema):
    """The lengths, in quote currency, by which the map of the first timeframe was read."""

    atr = fields.Float(required=True, metadata=described("Average true range of its bars"))
    daily_atr = fields.Float(required=True, metadata=described("Average true range of whole UTC days"))
    reach = fields.Float(
        required=True,
        metadata=described(
            "How far from the price zones are sought: range_pct of it or "
            f"{RULES.window_daily_atr:g} daily ATR, whichever is less"
        ),
    )


class GapSchema(Schema):
    """The prices around the present one up to where the heat first passes that of a cold zone."""

    low = fields.Float(required=True, metadata=described("Lower edge, quote currency"))
    high = fields.Float(required=True, metadata=described("Upper edge, quote currency"))


class OwnZonesSchema(Schema):
    """The zones of one exchange's own map."""

    hot = fields.List(fields.Nested(ZoneSchema), required=True, metadata=described("Dense ones, by rank"))
    cold = fields.List(fields.Nested(ZoneSchema), required=True, metadata=described("Sparse ones, by rank"))


class ZonesSchema(EnvelopeSchema):
    """Answer of /v1/zones; the envelope is that of the first timeframe."""

    timeframes = fields.List(
        fields.String(validate=validate.OneOf(list(TIMEFRAMES))),
        required=True,
        metadata=described("Those read, finest first"),
    )
    hot = fields.List(fields.Nested(ZoneSchema), required=True, metadata=described("Dense ones, by rank"))
    cold = fields.List(fields.Nested(ZoneSchema), required=True, metadata=described("Sparse ones, by rank"))
    ended = fields.List(
        fields.Nested(EndedZoneSchema),
        required=True,
        metadata=described("Hot zones of the last bars of the first timeframe that are gone, the last to end first"),
    )
    levels = fields.List(
        fields.Nested(LevelSchema), required=True, metadata=described("All of the first timeframe, lowest price first")
    )
    scale = fields.Nested(ScaleSchema, required=True, metadata=described("By which lengths the map was read"))
    gap = fields.Nested(
        GapSchema,
        required=True,
        metadata=described(
            "What price itself has emptied; no cold zone lies in it, and a hot one where more is left than usual"
        ),
    )
    context = fields.Nested(ContextSchema, required=True, metadata=described("How crowded the market is"))
    calibration = calibration_field()
    fragility = fragility_field()
    notes = fields.List(fields.String(), required=True, metadata=described("What could not be known"))
    split = fields.Dict(keys=fields.String(), values=fields.Nested(OwnZonesSchema), metadata=described("By exchange"))


def zones_body(result: ZonesResult) -> dict[str, Any]:
    """Return the zones of a market as JSON."""
    scale, share = result.scale, calibration_of(result.envelope)
    body = envelope_body(result.envelope) | {
        "timeframes": result.timeframes,
        **_ranked(result.zones, share),
        "ended": [ended_body(zone) for zone in result.ended],
        "levels": [level_body(level) for level in result.levels],
        "scale": {
            "atr": scale.atr,
            "daily_atr": scale.daily_atr,
            "reach": scale.reach,
        },
        "gap": {"low": float(f"{result.gap.low:.9g}"), "high": float(f"{result.gap.high:.9g}")},
        "context": context_body(result.context, result.now),
        "calibration": calibration_body(share),
        "fragility": fragility_body(result.fragility),
        "notes": result.notes,
    }
    if result.split is not None:
        body["split"] = {name: _ranked(zones, share) for name, zones in result.split.items()}
    return body


def _ranked(zones: RankedZones, share: MeasuredShare | None) -> dict[str, Any]:
    return {
        "hot": [zone_body(zone, share) for zone in zones.hot],
        "cold": [zone_body(zone, share) for zone in zones.cold],
    }
