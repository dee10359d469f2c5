"""GET /v1/heatmap: standing notional by liquidation price over time."""

from dataclasses import asdict
from typing import Any

import numpy as np
from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from service.analysis.encoding import dense, resolution, segments
from service.analysis.group import Group, group, group_map
from service.analysis.services import Services
from service.api.edge.answers import Answers, etag_of
from service.api.query.axis_query import (
    AxisQuery,
    args_key,
    check_cells,
    covering_axis,
    covering_field,
    fitting_bins,
    freshness,
)
from service.api.query.parameters import exchanges_field
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.uncertainty import UncertaintySchema, uncertainty_body, uncertainty_field
from service.heatmap import Bars, Heatmap, PriceAxis, Side
from service.heatmap.base import Times


class HeatmapQuery(AxisQuery):
    """Parameters of /v1/heatmap."""

    exchange = exchanges_field()
    range_pct = covering_field()
    split = fields.Boolean(load_default=False, metadata={"description": "Include each exchange's own map"})
    uncertainty = uncertainty_field()
    candles = fields.Boolean(load_default=False, metadata={"description": "Include the columns' traded bars"})
    encoding = fields.String(
        load_default="dense",
        validate=validate.OneOf(["dense", "segments"]),
        metadata={"description": "dense: every cell; segments: runs of columns in one class of intensity"},
    )


class SegmentsSchema(Schema):
    """Runs of columns in which a bin keeps its class; the four lists go together."""

    bin = fields.List(fields.Integer(), required=True)
    first = fields.List(fields.Integer(), required=True, data_key="from")
    last = fields.List(fields.Integer(), required=True, data_key="to", metadata={"description": "Inclusive"})
    kind = fields.List(fields.Integer(), required=True, data_key="class")
    levels = fields.List(fields.Float(), required=True, metadata={"description": "Notional that each class stands for"})


class CellsSchema(Schema):
    """The cells of a map, in the encoding asked for."""

    long = fields.List(fields.List(fields.Float()), metadata={"description": "long[t][b], USD notional; dense only"})
    short = fields.List(fields.List(fields.Float()), metadata={"description": "short[t][b], USD notional; dense only"})
    long_segments = fields.Nested(SegmentsSchema, metadata={"description": "segments only"})
    short_segments = fields.Nested(SegmentsSchema, metadata={"description": "segments only"})


class GridSchema(CellsSchema):
    """The map: column t is what stood when bar t closed; bin b is edges[b] to edges[b + 1]."""

    time = fields.List(fields.Integer(), required=True, metadata={"description": "Open times of the bars, epoch ms"})
    bin_size = fields.Float(required=True, metadata={"description": "Quote currency"})
    edges = fields.List(
        fields.Float(),
        required=True,
        metadata={"description": "Whole multiples of bin_size, one more than bins"},
    )
    resolution = fields.Float(required=True, metadata={"description": "Amounts are rounded to multiples of it"})
    largest = fields.Float(required=True, metadata={"description": "The largest cell, for a colour scale"})


class AccountSchema(Schema):
    """One side at the last column, in the answer's `unit`: in_grid + outside_grid + unlevered = open_interest."""

    open_interest = fields.Float(required=True, metadata={"description": "One side: what is open at the last column"})
    in_grid = fields.Float(required=True, metadata={"description": "Standing with leverage, on the axis"})
    outside_grid = fields.Float(required=True, metadata={"description": "Standing with leverage, beyond the axis"})
    unlevered = fields.Float(required=True, metadata={"description": "Standing without leverage: never liquidated"})
    opened = fields.Float(required=True, metadata={"description": "Over all columns"})
    closed = fields.Float(required=True, metadata={"description": "Over all columns, liquidations apart"})
    liquidated = fields.Float(required=True, metadata={"description": "Over all columns"})


class AccountingSchema(Schema):
    """Where the open interest is, by side."""

    long = fields.Nested(AccountSchema, required=True)
    short = fields.Nested(AccountSchema, required=True)


class CandlesSchema(Schema):
    """The columns' traded bars; of several exchanges the largest one's, null where that has no bar."""

    open = fields.List(fields.Float(allow_none=True), required=True, metadata={"description": "Quote currency"})
    high = fields.List(fields.Float(allow_none=True), required=True, metadata={"description": "Quote currency"})
    low = fields.List(fields.Float(allow_none=True), required=True, metadata={"description": "Quote currency"})
    close = fields.List(fields.Float(allow_none=True), required=True, metadata={"description": "Quote currency"})
    volume = fields.List(fields.Float(allow_none=True), required=True, metadata={"description": "In `unit`"})
    open_interest = fields.List(
        fields.Float(allow_none=True), required=True, metadata={"description": "In `unit`, one side; null if not known"}
    )


class PartSchema(CellsSchema):
    """One exchange's part of the map, on the same columns and bins."""

    accounting = fields.Nested(AccountingSchema, required=True)


class HeatmapSchema(EnvelopeSchema):
    """Answer of /v1/heatmap; with several exchanges the grid is their sum and the candles the largest one's."""

    grid = fields.Nested(GridSchema, required=True)
    accounting = fields.Nested(AccountingSchema, required=True)
    candles = fields.Nested(CandlesSchema)
    uncertainty = fields.Nested(UncertaintySchema)
    split = fields.Dict(keys=fields.String(), values=fields.Nested(PartSchema), metadata={"description": "By exchange"})


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("heatmap", __name__, description="Where positions would be liquidated, over time")

    @routes.get("/v1/heatmap")
    @routes.arguments(HeatmapQuery, location="query", unknown=RAISE)
    @routes.response(200, HeatmapSchema)
    def get_heatmap(args: dict[str, Any]) -> Response:
        """Return the price x time grid of one market."""
        args["bins"] = fitting_bins(args)
        found = group(services, args)
        axis = covering_axis(found, args)
        check_cells(found, axis, grids=1 + len(found.members) * args["split"])
        etag = etag_of("heatmap", args_key(args), found.fingerprint)
        return answers.reply(etag, freshness(args, found), lambda: _body(found, axis, args, services.clock()))

    return routes


def _body(found: Group, axis: PriceAxis, args: dict[str, Any], now: float) -> dict[str, Any]:
    made = group_map(found, axis)
    largest = float(max(made.total.long.max(), made.total.short.max()))
    spread = found.ensemble(axis) if args["uncertainty"] else None
    body = found.envelope(now, spread)
    if spread is not None:
        body["uncertainty"] = uncertainty_body(spread, resolution(largest))
    body["grid"] = _times(made.total, largest) | _cells(made.total, largest, args["encoding"])
    body["accounting"] = _accounting(made.total)
    if args["candles"]:
        body["candles"] = _candles(found.reference.data.bars, made.total.time)
    if args["split"]:
        body["split"] = {
            name: _cells(part, largest, args["encoding"]) | {"accounting": _accounting(part)}
            for name, part in made.parts.items()
        }
    return body


def _candles(bars: Bars, time: Times) -> dict[str, Any]:
    at = np.searchsorted(bars.time, time)
    there = bars.time[at] == time
    names = ("open", "high", "low", "close", "volume", "open_interest")
    return {name: np.where(there, getattr(bars, name)[at], np.nan) for name in names}


def _accounting(made: Heatmap) -> dict[str, Any]:
    return {"long": asdict(made.accounts[Side.LONG]), "short": asdict(made.accounts[Side.SHORT])}


def _times(made: Heatmap, largest: float) -> dict[str, Any]:
    return {
        "time": made.time,
        "bin_size": made.axis.bin_size,
        "edges": made.axis.edges,
        "resolution": resolution(largest),
        "largest": largest,
    }


def _cells(made: Heatmap, largest: float, encoding: str) -> dict[str, Any]:
    if encoding == "segments":
        return {"long_segments": segments(made.long, largest), "short_segments": segments(made.short, largest)}
    unit = resolution(largest)
    return {"long": dense(made.long, unit), "short": dense(made.short, unit)}
