"""GET /v1/touches: how price reacted each time it entered a hot zone that stood before."""

from dataclasses import asdict, replace
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from service.api.answers import etag_of
from service.api.axis_query import (
    AxisQuery,
    args_key,
    fitting_bins,
    freshness,
    zone_axis,
)
from service.api.envelope_schema import EnvelopeSchema
from service.api.group import Group, group, group_map
from service.api.parameters import lookback_field, rfc3339
from service.api.services import Services
from service.heatmap.axis import PriceAxis
from service.heatmap.bad_input import BadInput
from service.heatmap.leverage import FITTED
from service.heatmap.touches import Touch, find_touches
from service.heatmap.zone_rules import DEFAULT_RULES
from service.heatmap.zone_scale import zones_axis


class TouchesQuery(AxisQuery):
    """Parameters of /v1/touches."""

    lookback = lookback_field("30d")
    side = fields.String(load_default=None, validate=validate.OneOf(["long", "short"]))
    seed = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 2**31 - 1),
        metadata={"description": "Chooses the placebos and resamples the days"},
    )


class TouchSchema(Schema):
    """One entry of price into a zone found on the column before it."""

    time = fields.DateTime(required=True, metadata={"description": "Open of the entering bar"})
    side = fields.String(required=True, metadata={"enum": ["long", "short"]})
    zone_id = fields.String(required=True)
    zone_low = fields.Float(required=True)
    zone_high = fields.Float(required=True)
    zone_notional = fields.Float(required=True, metadata={"description": "USD"})
    distance_atr = fields.Float(required=True, metadata={"description": "From the close before to the near edge"})
    volume_z = fields.Float(required=True, allow_none=True, metadata={"description": "Against the 20 bars before"})
    wick_share = fields.Float(required=True, metadata={"description": "Of the bar's range, on the zone's side"})
    reclaim = fields.Boolean(required=True, metadata={"description": "The bar closed back on the near side"})
    follow_through_1 = fields.Float(required=True, allow_none=True, metadata={"description": "ATR towards reversal"})
    follow_through_4 = fields.Float(required=True, allow_none=True)
    follow_through_24 = fields.Float(required=True, allow_none=True)
    outcome = fields.String(
        required=True,
        allow_none=True,
        metadata={"enum": ["swept_and_reversed", "broke_through", "grind", None]},
    )
    confirmation = fields.String(required=True, metadata={"enum": ["confirmed", "volume_only", "wick_only", "none"]})


class ComparisonSchema(Schema):
    """One figure at hot zones and at matched placebo zones; the interval is 95 %, by resampling days."""

    metric = fields.String(required=True)
    hot = fields.Float(required=True, allow_none=True)
    placebo = fields.Float(required=True, allow_none=True)
    difference = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)
    reading = fields.String(required=True, metadata={"enum": ["higher", "lower", "indistinguishable", "unknown"]})
    touches = fields.Integer(required=True)
    days = fields.Integer(required=True)


class TouchSummarySchema(Schema):
    """All touches together."""

    touches = fields.Integer(required=True)
    matched = fields.Integer(required=True)
    days = fields.Integer(required=True)
    swept_and_reversed = fields.Integer(required=True)
    broke_through = fields.Integer(required=True)
    grind = fields.Integer(required=True)
    too_recent = fields.Integer(required=True)
    confirmed = fields.Integer(required=True)
    confirmed_reversal = fields.Float(required=True, allow_none=True)
    other_reversal = fields.Float(required=True, allow_none=True)
    comparisons = fields.List(fields.Nested(ComparisonSchema), required=True)
    better_than_placebo = fields.Boolean(required=True, allow_none=True)
    verdict = fields.String(required=True)


class TouchesSchema(EnvelopeSchema):
    """Answer of /v1/touches; the summary is of both sides whatever the filter."""

    touches = fields.List(fields.Nested(TouchSchema), required=True)
    summary = fields.Nested(TouchSummarySchema, required=True)


def blueprint(services: Services) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("touches", __name__, description="What happened at past zones")

    @routes.get("/v1/touches")
    @routes.arguments(TouchesQuery, location="query", unknown=RAISE)
    @routes.response(200, TouchesSchema)
    def get_touches(args: dict[str, Any]) -> Response:
        """List past entries into hot zones, with a comparison against placebo zones."""
        if args["mix"].name == FITTED:
            message = "Would look at past touches with a mix chosen from what came after them"
            raise BadInput("mix", message, "a preset or leverage:weight,...")
        args["bins"] = fitting_bins(args)
        found = group(services, args)
        axis = zone_axis(found, args)
        etag = etag_of("touches", args_key(args), found.fingerprint)
        return services.answers.reply(etag, freshness(args, found), lambda: _body(found, axis, args, services.clock()))

    return routes


def _body(found: Group, axis: PriceAxis, args: dict[str, Any], now: float) -> dict[str, Any]:
    rules = replace(DEFAULT_RULES, window_pct=args["range_pct"])
    bars = found.reference.data.bars
    shown = bars.part(-found.reference.columns)
    wide = zones_axis(axis, float(shown.low.min()), float(shown.high.max()), rules)
    grid = group_map(found, wide).total
    made = find_touches(wide.edges, grid.long, grid.short, grid.time, bars, seed=args["seed"], rules=rules)
    rows = [_row(touch) for touch in made.touches if args["side"] in {None, touch.side}]
    return found.envelope(now) | {"touches": rows, "summary": asdict(made.summary)}


def _row(touch: Touch) -> dict[str, Any]:
    row = asdict(touch) | {"time": rfc3339(touch.time), "zone_notional": round(touch.zone_notional, 2)}
    del row["bar"]
    return row
