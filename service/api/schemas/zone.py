"""How a zone is written in answers."""

from math import isfinite
from typing import Any, get_args

from marshmallow import Schema, fields, validate

from service.analysis.results.zones import RankedZone
from service.api.schemas.described import described
from service.api.schemas.expected import expected_body, expected_field
from service.heatmap import Side
from service.heatmap.inventory import MIXES
from service.heatmap.levels import Level, LevelKind
from service.heatmap.skill import MeasuredShare
from service.heatmap.stats import LEAST_CHANCE
from service.heatmap.zones import COLOURS, DEPTH_SOURCES, STATES, Support
from service.heatmap.zones import DEFAULT_ZONE_RULES as RULES
from service.market.contract import TIMEFRAMES
from service.times import rfc3339

KINDS = ("hot", "cold")
DEPTH_SOURCE = (
    "Source of the depth: the order book, its power law beyond what is visible of it, or, without a book, the "
    "square-root law of market impact with the traded volume"
)
USD = "quote currency"
# Significant ones: no share is known as well.
SHARE_DIGITS = 4


class TouchProbabilitySchema(Schema):
    """Chance that price trades at the near edge, from realised volatility and how it spreads; 1 inside the zone."""

    h1 = fields.Float(required=True, metadata=described(f"Within 1 hour, {LEAST_CHANCE}..1; less is not told apart"))
    h4 = fields.Float(required=True, metadata=described(f"Within 4 hours, {LEAST_CHANCE}..1"))
    h24 = fields.Float(required=True, metadata=described(f"Within 24 hours, {LEAST_CHANCE}..1"))


class ScorePartsSchema(Schema):
    """The factors of the score. A hot zone's depth grows with its distance, so of two alike the nearer ranks higher."""

    weight = fields.Float(
        required=True, metadata=described("From 0. hot: log1p(notional / depth); cold: log1p(width / ATR)")
    )
    heat = fields.Float(required=True, metadata=described("hot: its own; cold: 1 less its own, 0..1"))
    data_quality = fields.Float(required=True, metadata=described("Of the answer, 0..1"))
    depth = fields.Float(
        required=True,
        allow_none=True,
        metadata=described(
            f"Depth to reach the zone, or a point {RULES.nearest_depth_atr:g} ATR away if that is farther, in {USD}; "
            "null for cold zones"
        ),
    )
    depth_source = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(DEPTH_SOURCES),
        metadata=described(f"{DEPTH_SOURCE}; null for cold zones"),
    )


class LevelSchema(Schema):
    """A price that traders watch."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(get_args(LevelKind)),
        metadata=described("What made it") | {"example": "swing_high"},
    )
    price = fields.Float(required=True, metadata=described(f"In {USD}"))
    low = fields.Float(required=True, metadata=described(f"Lower end of the band that it takes up, in {USD}"))
    high = fields.Float(required=True, metadata=described(f"Upper end of it, in {USD}"))
    time = fields.DateTime(
        required=True,
        allow_none=True,
        metadata=described("Open of the bar or period behind it; null for the book and the volume profile"),
    )
    size = fields.Float(
        required=True,
        allow_none=True,
        metadata=described(
            f"What backs it: for a node the volume traded in its bin, in the answer's `unit`; for a wall what is bid "
            f"or asked, {USD}; else null"
        ),
    )


class ApproachSchema(Schema):
    """How price moves towards the zone, judged at the live price."""

    state = fields.String(
        required=True,
        validate=validate.OneOf(STATES),
        metadata=described(
            f"inside now; within {RULES.approach.within_atr:g} ATR and moving in at {RULES.approach.velocity:g} "
            f"(approaching) or {RULES.approach.fast_velocity:g} ATR a bar (fast), also on the way back; left: one of "
            f"the last {RULES.approach.bars} bars met it and price does not come back; else far"
        ),
    )
    velocity = fields.Float(
        required=True,
        metadata=described(
            f"ATR per bar towards it, negative when moving away: over the last {RULES.approach.bars} bars, or since "
            "price was farthest after these met it"
        ),
    )
    acceleration = fields.Float(required=True, metadata=described("Change of velocity, in ATR per bar per bar, signed"))
    efficiency = fields.Float(required=True, metadata=described("Net move / path walked in that time, 0..1"))


class AgeSchema(Schema):
    """Since when the zone stands."""

    since = fields.DateTime(
        required=True, metadata=described("Open of the first bar after which it stood without a break")
    )
    at_least = fields.Boolean(
        required=True, metadata=described("It stood in the first column already, so it may be older")
    )


class CoreSchema(Schema):
    """The part of a zone to trade on."""

    low = fields.Float(required=True, metadata=described(f"Lower edge, {USD}"))
    high = fields.Float(required=True, metadata=described(f"Upper edge, {USD}"))


class StopSchema(Schema):
    """Where a stop would be out of reach of the zone's core."""

    price = fields.Float(
        required=True, metadata=described(f"In {USD}, on the market's tick; of several exchanges that of the largest")
    )
    atr_multiple = fields.Float(required=True, metadata=described("How far beyond the core's far edge, in ATR"))


class ZoneQuantilesSchema(Schema):
    """What stands in the zone's bins over the members of the ensemble, in quote currency."""

    q10 = fields.Float(required=True, metadata=described(f"A tenth of the members have no more, {USD}"))
    q50 = fields.Float(required=True, metadata=described(f"The median of the members, {USD}"))
    q90 = fields.Float(required=True, metadata=described(f"A tenth of the members have no less, {USD}"))


class ZoneSchema(Schema):
    """A run of bins that is dense (hot) or sparse (cold)."""

    id = fields.String(
        required=True,
        metadata=described(
            "Kind, side and a price inside its run of heat: the same in every answer, whatever bins and range"
        ),
    )
    kind = fields.String(
        required=True, validate=validate.OneOf(KINDS), metadata=described("Denser or sparser than its surroundings")
    )
    side = fields.String(
        required=True,
        validate=validate.OneOf([side.value for side in Side]),
        metadata=described("Of its positions: long lie below the price, short above"),
    )
    rank = fields.Integer(
        required=True, metadata=described("By score among all of its kind, also those filtered out; from 1")
    )
    timeframe = fields.String(
        required=True,
        validate=validate.OneOf(list(TIMEFRAMES)),
        metadata=described("The finest on which it stands, by whose ATR it is measured"),
    )
    timeframes = fields.List(
        fields.String(validate=validate.OneOf(list(TIMEFRAMES))),
        required=True,
        metadata=described("All asked for on which it stands"),
    )
    low = fields.Float(required=True, metadata=described(f"Lower edge, {USD}"))
    high = fields.Float(required=True, metadata=described(f"Upper edge, {USD}"))
    core = fields.Nested(
        CoreSchema,
        required=True,
        metadata=described(
            f"Around the peak, {RULES.density.core_atr:g} ATR wide at most: where it is hottest, or coldest"
        ),
    )
    peak = fields.Float(required=True, metadata=described(f"Where its heat is highest (hot) or lowest (cold), {USD}"))
    notional = fields.Float(required=True, metadata=described(f"What stands in it, {USD}, from 0"))
    expected_liquidation = expected_field()
    share = fields.Float(
        required=True, metadata=described("Notional / all that stands with leverage, on the axis or beyond it, 0..1")
    )
    heat = fields.Float(
        required=True, metadata=described("Of its peak (hot) or its mean (cold), on the scale of the map's own, 0..1")
    )
    heat_for_distance = fields.Float(
        required=True,
        metadata=described(
            "How full it is for its distance from the price, 0..1: its fullest place (hot), which decides that it is "
            "hot, or its mean (cold); with heat it differs within 5 % of the price, where most maps are empty"
        ),
    )
    colour = fields.String(
        required=True,
        validate=validate.OneOf(COLOURS),
        metadata=described(f"Class of the heat, from {', '.join(f'{mark:g}' for mark in RULES.colours)} up"),
    )
    average_leverage = fields.Float(
        required=True, allow_none=True, metadata=described("Weighted by notional, above 1; null where nothing stands")
    )
    distance_pct = fields.Float(
        required=True, metadata=described("From the price to the near edge, in % of it, 0 inside")
    )
    distance_atr = fields.Float(required=True, metadata=described("The same in ATR of its timeframe, 0 inside"))
    touch_probability = fields.Nested(
        TouchProbabilitySchema, required=True, metadata=described("Of the near edge within 1, 4 and 24 hours")
    )
    depth_to_reach = fields.Float(
        required=True, metadata=described(f"What must be traded to bring price to the near edge, {USD}, 0 inside")
    )
    depth_source = fields.String(
        required=True, validate=validate.OneOf(DEPTH_SOURCES), metadata=described(DEPTH_SOURCE)
    )
    support = fields.Float(
        metadata=described(
            "With uncertainty: share of the ensemble's members in which it stands, 0..1, by half its width"
        )
    )
    notional_quantiles = fields.Nested(
        ZoneQuantilesSchema, metadata=described("With uncertainty: its notional over the members of the ensemble")
    )
    agreement = fields.Float(
        required=True,
        metadata=described(
            f"Share of the maps under other mixes that traders may have ({', '.join(MIXES)}), its own among them, "
            "in which a zone of its kind and side meets its core, above 0 up to 1"
        ),
    )
    confidence = fields.Float(
        required=True, metadata=described("Data quality times agreement, 0..1: how far to trust that it is there")
    )
    score = fields.Float(required=True, metadata=described("Product of weight, heat and data quality, from 0"))
    cascade_ratio = fields.Float(
        required=True,
        allow_none=True,
        metadata=described(
            "Hot zones: what going through it forces over what the book of an event takes there, from 0; from 1 on the "
            "move feeds itself. Null without a book, or where nothing at all rests there"
        ),
    )
    score_parts = fields.Nested(ScorePartsSchema, required=True, metadata=described("The factors of the score"))
    confluence = fields.List(
        fields.Nested(LevelSchema), required=True, metadata=described("The levels whose band meets it, edges counted")
    )
    approach = fields.Nested(ApproachSchema, required=True, metadata=described("How price moves towards it"))
    age = fields.Nested(
        AgeSchema,
        required=True,
        allow_none=True,
        metadata=described("Since when it has held half of its notional (hot) or been as cold (cold)"),
    )
    stop = fields.Nested(
        StopSchema, required=True, allow_none=True, metadata=described("For a trade on a reversal; null for cold zones")
    )
    vacuum = fields.Boolean(
        required=True,
        allow_none=True,
        metadata=described("Cold zones: the book is thin there too; null where it is not seen, and for hot zones"),
    )


def zone_body(ranked: RankedZone, share: MeasuredShare | None) -> dict[str, Any]:
    """Return a zone as JSON, with what the ensemble says of it where that is known."""
    zone = ranked.row.zone
    body = dict(vars(zone))
    del body["bins"]
    body["agreement"], body["confidence"] = round(ranked.agreement, SHARE_DIGITS), ranked.confidence
    ratio = ranked.cascade_ratio
    body["cascade_ratio"] = round(ratio, 6) if ratio is not None and isfinite(ratio) else None
    body["timeframe"], body["timeframes"] = ranked.row.timeframe, ranked.row.timeframes
    body["confluence"] = [level_body(level) for level in zone.confluence]
    body["expected_liquidation"] = expected_body(zone.notional, share)
    body["notional"], body["depth_to_reach"] = round(zone.notional, 2), round(zone.depth_to_reach, 2)
    body["share"] = float(f"{zone.share:.{SHARE_DIGITS}g}")
    if zone.age is not None:
        body["age"] = {"since": rfc3339(zone.age.since), "at_least": zone.age.at_least}
    return body if ranked.support is None else body | _support(ranked.support)


def _support(support: Support) -> dict[str, Any]:
    amounts = {name: round(getattr(support, name), 2) for name in ("q10", "q50", "q90")}
    return {"support": round(support.share, 4), "notional_quantiles": amounts}


def level_body(level: Level) -> dict[str, Any]:
    """Return a level as JSON."""
    return vars(level) | {"time": None if level.time is None else rfc3339(level.time)}
