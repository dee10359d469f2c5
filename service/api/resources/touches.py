"""GET /v1/touches: how price reacted each time it entered a hot zone that stood before."""

from dataclasses import asdict
from typing import Any

import numpy as np
from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, fields, validate

from service.analysis.group import Group, group, group_map
from service.analysis.services import Services
from service.api.edge.answers import Answers, etag_of
from service.api.query.axis_query import (
    AxisQuery,
    args_key,
    check_zone_axis,
    fitting_bins,
    freshness,
)
from service.api.query.parameters import exchanges_field, lookback_field
from service.api.schemas.touch import TouchesSchema, touch_row
from service.heatmap import BadInput, PriceAxis, Side, find_touches, price_axis
from service.heatmap.density import DensityRules
from service.heatmap.inventory import FITTED
from service.heatmap.zones import zones_axis


class TouchesQuery(AxisQuery):
    """Parameters of /v1/touches."""

    exchange = exchanges_field()
    lookback = lookback_field("30d")
    side = fields.String(load_default=None, validate=validate.OneOf([side.value for side in Side]))


def blueprint(services: Services, answers: Answers) -> Blueprint:
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
        axis = _axis(found, args)
        etag = etag_of("touches", args_key(args), found.fingerprint)
        return answers.reply(etag, freshness(args, found), lambda: _body(found, axis, args, services.clock()))

    return routes


def _axis(found: Group, args: dict[str, Any]) -> PriceAxis:
    """Return the axis that the query asks for around the first column's price; raises BadInput.

    Around the present price, as elsewhere, the size of a bin and with it the touches of the past would change whenever
    the market has moved far enough.
    """
    first = float(found.reference.data.bars.open[-found.reference.columns])
    axis = price_axis(first, args["range_pct"], bins=args["bins"], bin_size=args["bin_size"])
    check_zone_axis(found, axis, args)
    return axis


def _body(found: Group, axis: PriceAxis, args: dict[str, Any], now: float) -> dict[str, Any]:
    density = DensityRules(window_pct=args["range_pct"])
    bars = found.reference.data.bars
    shown = bars.part(-found.reference.columns)
    wide = zones_axis(axis, float(shown.low.min()), float(shown.high.max()), density)
    grid = group_map(found, wide).total
    # Other exchanges may have columns that the bars lack.
    there = np.isin(grid.time, bars.time)
    made = find_touches(wide.edges, grid.long[there], grid.short[there], grid.time[there], bars, density=density)
    rows = [touch_row(touch) for touch in made.touches if args["side"] in {None, touch.side}]
    return found.envelope(now) | {"touches": rows, "summary": asdict(made.summary)}
