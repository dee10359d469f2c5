"""The answer of /v1/zones: ranked zones, the levels they were compared with, and the market's context."""

from marshmallow import Schema, fields, validate

from service.api.schemas.context import ContextSchema
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.figures import told
from service.api.schemas.zone import LevelSchema, ZoneSchema
from service.heatmap.density import DEFAULT_DENSITY_RULES as RULES
from service.market.contract import TIMEFRAMES


class ScaleSchema(Schema):
    """The lengths, in quote currency, by which the map of the first timeframe was read."""

    atr = fields.Float(required=True, metadata=told("Average true range of its bars"))
    daily_atr = fields.Float(required=True, metadata=told("Average true range of whole UTC days"))
    smoothing = fields.Float(
        required=True,
        metadata=told(
            f"Standard deviation of the Gaussian: {RULES.smoothing_pct:g} % of the price or {RULES.smoothing_atr:g} ATR"
        ),
    )
    reach = fields.Float(
        required=True,
        metadata=told(
            "How far from the price zones are sought: range_pct of it or "
            f"{RULES.window_daily_atr:g} daily ATR, whichever is less"
        ),
    )


class OwnZonesSchema(Schema):
    """The zones of one exchange's own map."""

    hot = fields.List(fields.Nested(ZoneSchema), required=True, metadata=told("Dense ones, by rank"))
    cold = fields.List(fields.Nested(ZoneSchema), required=True, metadata=told("Sparse ones, by rank"))


class ZonesSchema(EnvelopeSchema):
    """Answer of /v1/zones; the envelope is that of the first timeframe."""

    timeframes = fields.List(
        fields.String(validate=validate.OneOf(list(TIMEFRAMES))),
        required=True,
        metadata=told("Those read, finest first"),
    )
    hot = fields.List(fields.Nested(ZoneSchema), required=True, metadata=told("Dense ones, by rank"))
    cold = fields.List(fields.Nested(ZoneSchema), required=True, metadata=told("Sparse ones, by rank"))
    levels = fields.List(
        fields.Nested(LevelSchema), required=True, metadata=told("All of the first timeframe, lowest price first")
    )
    scale = fields.Nested(ScaleSchema, required=True, metadata=told("By which lengths the map was read"))
    context = fields.Nested(ContextSchema, required=True, metadata=told("How crowded the market is"))
    notes = fields.List(fields.String(), required=True, metadata={"description": "What could not be known"})
    split = fields.Dict(
        keys=fields.String(), values=fields.Nested(OwnZonesSchema), metadata={"description": "By exchange"}
    )
