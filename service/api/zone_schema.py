"""How a zone and the market's context are written in answers."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields

from service.api.parameters import rfc3339
from service.heatmap.level import Level
from service.heatmap.zone import Zone


class TouchProbabilitySchema(Schema):
    """Chance, 0..1, that price trades at the near edge within 1, 4 and 24 hours, from realised volatility."""

    h1 = fields.Float(required=True)
    h4 = fields.Float(required=True)
    h24 = fields.Float(required=True)


class ScorePartsSchema(Schema):
    """The factors of the score; distance is not among them, so that hot is not merely near."""

    weight = fields.Float(
        required=True, metadata={"description": "hot: log1p(notional / depth to reach); cold: log1p(width in ATR)"}
    )
    contrast = fields.Float(required=True, metadata={"description": "Density against that of the surroundings"})
    confidence = fields.Float(required=True)
    depth = fields.Float(required=True, allow_none=True)
    depth_source = fields.String(required=True, allow_none=True)


class LevelSchema(Schema):
    """A price that traders watch."""

    kind = fields.String(required=True, metadata={"example": "swing_high"})
    price = fields.Float(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)
    time = fields.DateTime(required=True, allow_none=True, metadata={"description": "Of the bar or period behind it"})
    size = fields.Float(required=True, allow_none=True)


class ApproachSchema(Schema):
    """How price has been moving towards the zone over the last five bars."""

    state = fields.String(required=True, metadata={"enum": ["far", "approaching", "fast", "inside", "left"]})
    velocity = fields.Float(required=True, metadata={"description": "ATR per bar, negative when moving away"})
    acceleration = fields.Float(required=True)
    efficiency = fields.Float(required=True, metadata={"description": "Net move / path, 0..1"})


class AgeSchema(Schema):
    """Since when the zone stands; at_least: it stood in the first column already."""

    since = fields.DateTime(required=True)
    at_least = fields.Boolean(required=True)


class StopSchema(Schema):
    """Where a stop would be out of the zone's reach."""

    price = fields.Float(required=True)
    atr_multiple = fields.Float(required=True)


class ZoneSchema(Schema):
    """A run of bins that is dense (hot) or sparse (cold)."""

    id = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": ["hot", "cold"]})
    side = fields.String(required=True, metadata={"enum": ["long", "short"]})
    rank = fields.Integer(required=True, metadata={"description": "1 is first, among its kind"})
    timeframe = fields.String(required=True, metadata={"description": "The finest on which it stands"})
    timeframes = fields.List(
        fields.String(), required=True, metadata={"description": "All asked for on which it stands"}
    )
    low = fields.Float(required=True)
    high = fields.Float(required=True)
    peak = fields.Float(required=True)
    notional = fields.Float(required=True, metadata={"description": "USD"})
    share = fields.Float(required=True, metadata={"description": "Of the map, 0..1"})
    intensity = fields.Float(required=True, metadata={"description": "Of the map's own scale, 0..1"})
    colour = fields.String(required=True, metadata={"enum": ["cold", "cool", "warm", "hot", "extreme"]})
    average_leverage = fields.Float(required=True, allow_none=True)
    distance_pct = fields.Float(required=True, metadata={"description": "To the near edge, 0 inside"})
    distance_atr = fields.Float(required=True)
    touch_probability = fields.Nested(TouchProbabilitySchema, required=True)
    depth_to_reach = fields.Float(required=True, allow_none=True, metadata={"description": "USD in the book before it"})
    depth_note = fields.String(required=True)
    support = fields.Float(
        metadata={"description": "Hot zones, with uncertainty: share of the ensemble's members in which it stands"}
    )
    score = fields.Float(required=True)
    score_parts = fields.Nested(ScorePartsSchema, required=True)
    confluence = fields.List(fields.Nested(LevelSchema), required=True)
    approach = fields.Nested(ApproachSchema, required=True)
    age = fields.Nested(AgeSchema, required=True, allow_none=True)
    stop = fields.Nested(StopSchema, required=True, allow_none=True)
    vacuum = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "Cold zones: the book is thin there too; null if not seen"},
    )


def zone_body(zone: Zone, timeframe: str, timeframes: list[str]) -> dict[str, Any]:
    """Return a zone as JSON."""
    body = asdict(zone)
    del body["bins"]
    body["timeframe"], body["timeframes"] = timeframe, timeframes
    body["confluence"] = [level_body(level) for level in zone.confluence]
    body["notional"] = round(zone.notional, 2)
    if zone.age is not None:
        body["age"] = {"since": rfc3339(zone.age.since), "at_least": zone.age.at_least}
    return body


def level_body(level: Level) -> dict[str, Any]:
    """Return a level as JSON."""
    return asdict(level) | {"time": None if level.time is None else rfc3339(level.time)}
