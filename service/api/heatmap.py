"""GET /v1/heatmap: standing notional by liquidation price over time."""

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from service.api.answers import etag_of
from service.api.encoding import dense, resolution, segments
from service.api.envelope import EnvelopeSchema
from service.api.estimate import Estimate, estimate
from service.api.parameters import MOST_CELLS, MarketQuery
from service.api.problems import BadParameter
from service.api.services import Services
from service.heatmap.axis import MOST_BINS, PriceAxis
from service.heatmap.inventory import Heatmap, heatmap
from service.heatmap.path import LONG, SHORT
from service.market.feed import BOOK_SECONDS

# A map of the past never changes; a day is as long as anyone need keep it.
PAST_SECONDS = 86_400.0


class AxisQuery(MarketQuery):
    """How the price axis is cut."""

    bins = fields.Integer(
        load_default=None,
        validate=validate.Range(1, MOST_BINS),
        metadata={
            "description": "At most this many bins (400 if neither is given); the size is rounded up to a nice one"
        },
    )
    bin_size = fields.Float(
        load_default=None,
        validate=validate.Range(0, min_inclusive=False, max=1e9),
        metadata={"description": "Bin size in quote currency; bin edges are whole multiples of it"},
    )
    range_pct = fields.Float(
        load_default=15.0,
        validate=validate.Range(0.1, 90),
        metadata={"description": "How far the axis reaches on either side of the price, in %"},
    )


class HeatmapQuery(AxisQuery):
    """Parameters of /v1/heatmap."""

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


class GridSchema(Schema):
    """The map: column t is what stood when bar t closed; bin b is edges[b] to edges[b + 1]."""

    time = fields.List(fields.Integer(), required=True, metadata={"description": "Open times of the bars, epoch ms"})
    bin_size = fields.Float(required=True)
    edges = fields.List(fields.Float(), required=True)
    resolution = fields.Float(required=True, metadata={"description": "Amounts are rounded to multiples of it"})
    largest = fields.Float(required=True, metadata={"description": "The largest cell, for a colour scale"})
    long = fields.List(fields.List(fields.Float()), metadata={"description": "long[t][b], USD notional; dense only"})
    short = fields.List(fields.List(fields.Float()), metadata={"description": "short[t][b], USD notional; dense only"})
    long_segments = fields.Nested(SegmentsSchema, metadata={"description": "segments only"})
    short_segments = fields.Nested(SegmentsSchema, metadata={"description": "segments only"})


class AccountSchema(Schema):
    """One side in base coin at the last column: in_grid + outside_grid + unlevered = open_interest."""

    open_interest = fields.Float(required=True)
    in_grid = fields.Float(required=True)
    outside_grid = fields.Float(required=True)
    unlevered = fields.Float(required=True)
    opened = fields.Float(required=True, metadata={"description": "Over all columns"})
    closed = fields.Float(required=True, metadata={"description": "Over all columns, liquidations apart"})
    liquidated = fields.Float(required=True, metadata={"description": "Over all columns"})


class AccountingSchema(Schema):
    """Where the open interest is, by side."""

    long = fields.Nested(AccountSchema, required=True)
    short = fields.Nested(AccountSchema, required=True)


class CandlesSchema(Schema):
    """The columns' traded bars."""

    open = fields.List(fields.Float(), required=True)
    high = fields.List(fields.Float(), required=True)
    low = fields.List(fields.Float(), required=True)
    close = fields.List(fields.Float(), required=True)
    volume = fields.List(fields.Float(), required=True, metadata={"description": "Base coin"})
    open_interest = fields.List(
        fields.Float(allow_none=True), required=True, metadata={"description": "Base coin, one side; null if not known"}
    )


class HeatmapSchema(EnvelopeSchema):
    """Answer of /v1/heatmap."""

    grid = fields.Nested(GridSchema, required=True)
    accounting = fields.Nested(AccountingSchema, required=True)
    candles = fields.Nested(CandlesSchema)


def blueprint(services: Services) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("heatmap", __name__, description="Where positions would be liquidated, over time")

    @routes.get("/v1/heatmap")
    @routes.arguments(HeatmapQuery, location="query", unknown=RAISE)
    @routes.response(200, HeatmapSchema)
    def get_heatmap(args: dict[str, Any]) -> Response:
        """Return the price x time grid of one market."""
        found = estimate(services, args)
        axis = found.axis(args["range_pct"], args["bins"], args["bin_size"])
        check_cells(found.columns, axis)
        etag = etag_of("heatmap", args_key(args), found.fingerprint)
        return services.answers.reply(etag, freshness(args), lambda: _body(found, axis, args, services.clock()))

    return routes


def freshness(args: dict[str, Any]) -> float:
    """Return for how many seconds an answer stands without a look at its inputs."""
    return PAST_SECONDS if args["as_of"] is not None else BOOK_SECONDS


def args_key(args: dict[str, Any]) -> list[tuple[str, object]]:
    """Return parsed arguments in a fixed order, as an ETag needs them."""
    return sorted((name, value.name if name == "mix" else value) for name, value in args.items())


def check_cells(columns: int, axis: PriceAxis) -> None:
    """Raise BadParameter where the grid would be too large."""
    if columns * axis.count > MOST_CELLS:
        most = MOST_CELLS // columns
        raise BadParameter("bins", f"{columns} columns x {axis.count} bins.", f"at most {most} bins at this lookback")


def _body(found: Estimate, axis: PriceAxis, args: dict[str, Any], now: float) -> dict[str, Any]:
    made = heatmap(found.inventory(axis), axis)
    body = found.envelope(now)
    body["grid"] = _grid(made, args["encoding"])
    body["accounting"] = {"long": asdict(made.accounts[LONG]), "short": asdict(made.accounts[SHORT])}
    if args["candles"]:
        bars = found.data.bars.part(-found.columns)
        names = ("open", "high", "low", "close", "volume", "open_interest")
        body["candles"] = {name: getattr(bars, name) for name in names}
    return body


def _grid(made: Heatmap, encoding: str) -> dict[str, Any]:
    largest = float(max(made.long.max(), made.short.max()))
    unit = resolution(largest)
    grid: dict[str, Any] = {
        "time": made.time,
        "bin_size": made.axis.bin_size,
        "edges": made.axis.edges,
        "resolution": unit,
        "largest": largest,
    }
    if encoding == "segments":
        return grid | {"long_segments": segments(made.long, largest), "short_segments": segments(made.short, largest)}
    return grid | {"long": dense(made.long, unit), "short": dense(made.short, unit)}
