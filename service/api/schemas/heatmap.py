"""What /v1/heatmap answers."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import orjson
from marshmallow import Schema, fields

from service.analysis.maps.encoding import coarse_resolution, heat_segments, percentiles_of, segments
from service.analysis.results.heatmap import Candles, HeatmapResult
from service.api.formats.grid_text import deltas_text, dense_text, heat_deltas_text, heat_text
from service.api.schemas.described import described
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.envelope_body import envelope_body
from service.api.schemas.uncertainty import UncertaintySchema, uncertainty_body
from service.heatmap import Heatmap, Side
from service.heatmap.base import Floats

CHANGES = "Against the column before it, in multiples of resolution; the first column is whole. deltas only"


class SegmentsSchema(Schema):
    """Runs of columns in which a bin keeps its class; the four lists go together."""

    bin = fields.List(fields.Integer(), required=True)
    first = fields.List(fields.Integer(), required=True, data_key="from")
    last = fields.List(fields.Integer(), required=True, data_key="to", metadata=described("Inclusive"))
    kind = fields.List(fields.Integer(), required=True, data_key="class")
    levels = fields.List(fields.Float(), required=True, metadata=described("Notional that each class stands for"))


class CellsSchema(Schema):
    """The cells of a map, in the encoding asked for."""

    long = fields.List(fields.List(fields.Float()), metadata=described("long[t][b], USD notional; dense only"))
    short = fields.List(fields.List(fields.Float()), metadata=described("short[t][b], USD notional; dense only"))
    long_deltas = fields.List(fields.List(fields.Integer()), metadata=described(f"long[t][b]. {CHANGES}"))
    short_deltas = fields.List(fields.List(fields.Integer()), metadata=described(f"short[t][b]. {CHANGES}"))
    long_segments = fields.Nested(SegmentsSchema, metadata=described("segments only"))
    short_segments = fields.Nested(SegmentsSchema, metadata=described("segments only"))


class PercentilesSchema(Schema):
    """Of a side's cells in which anything stands: the amounts that half, 90 and 99 % of them do not exceed, USD."""

    p50 = fields.Float(required=True)
    p90 = fields.Float(required=True)
    p99 = fields.Float(required=True)


class SidePercentilesSchema(Schema):
    """The percentiles of both sides, for those who scale colours themselves."""

    long = fields.Nested(PercentilesSchema, required=True)
    short = fields.Nested(PercentilesSchema, required=True)


class GridSchema(CellsSchema):
    """The map: column t is what stood when bar t closed, at close_time[t]; bin b is edges[b] to edges[b + 1]."""

    time = fields.List(fields.Integer(), required=True, metadata=described("Open times of the bars, epoch ms"))
    close_time = fields.List(
        fields.Integer(),
        required=True,
        metadata=described(
            "When each column was known, epoch ms: join on it, for the open time would look a bar ahead"
        ),
    )
    bin_size = fields.Float(required=True, metadata=described("Quote currency"))
    edges = fields.List(
        fields.Float(),
        required=True,
        metadata=described("Whole multiples of bin_size, one more than bins"),
    )
    resolution = fields.Float(
        required=True,
        metadata=described(
            "A power of ten: cells are rounded to multiples of it, which is three digits of the "
            "largest. It is the unit of long_deltas and short_deltas; classes of segments are of amounts before that"
        ),
    )
    largest = fields.Float(required=True, metadata=described("The largest cell"))
    percentiles = fields.Nested(SidePercentilesSchema, required=True)
    heat = fields.List(
        fields.List(fields.Integer()),
        metadata=described(
            "heat[t][b], 0..255 for 0..1: how full a bin is against its surroundings. About 128 is as "
            "dense as these, 217 is 12 % denser, 0 has just been swept. Dense only"
        ),
    )
    heat_deltas = fields.List(
        fields.List(fields.Integer()),
        metadata=described(
            "heat[t][b] in steps of 5 of its 255, against the column before it; the first column is whole. deltas only"
        ),
    )
    heat_segments = fields.Nested(
        SegmentsSchema, metadata=described("segments only; levels are of heat, 0..1, and the lowest is left out")
    )


class AccountSchema(Schema):
    """One side at the last column, in the answer's `unit`: in_grid + outside_grid + unlevered = open_interest."""

    open_interest = fields.Float(required=True, metadata=described("One side: what is open at the last column"))
    in_grid = fields.Float(required=True, metadata=described("Standing with leverage, on the axis"))
    outside_grid = fields.Float(required=True, metadata=described("Standing with leverage, beyond the axis"))
    unlevered = fields.Float(required=True, metadata=described("Standing without leverage: never liquidated"))
    opened = fields.Float(required=True, metadata=described("Over all columns"))
    closed = fields.Float(required=True, metadata=described("Over all columns, liquidations apart"))
    liquidated = fields.Float(required=True, metadata=described("Over all columns"))


class AccountingSchema(Schema):
    """Where the open interest is, by side."""

    long = fields.Nested(AccountSchema, required=True)
    short = fields.Nested(AccountSchema, required=True)


class CandlesSchema(Schema):
    """The columns' traded bars; of several exchanges the largest one's, null where that has no bar."""

    open = fields.List(fields.Float(allow_none=True), required=True, metadata=described("Quote currency"))
    high = fields.List(fields.Float(allow_none=True), required=True, metadata=described("Quote currency"))
    low = fields.List(fields.Float(allow_none=True), required=True, metadata=described("Quote currency"))
    close = fields.List(fields.Float(allow_none=True), required=True, metadata=described("Quote currency"))
    volume = fields.List(fields.Float(allow_none=True), required=True, metadata=described("In `unit`"))
    open_interest = fields.List(
        fields.Float(allow_none=True), required=True, metadata=described("In `unit`, one side; null if not known")
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
    split = fields.Dict(keys=fields.String(), values=fields.Nested(PartSchema), metadata=described("By exchange"))


def heatmap_body(result: HeatmapResult, layers: Sequence[str], encoding: str) -> dict[str, Any]:
    """Return a map over time as JSON, with the cells of those layers in one of ENCODINGS."""
    total, largest = result.total, result.largest
    percentiles = {name: percentiles_of(getattr(result.whole, name)) for name in ("long", "short")}
    cells = partial(_cells, largest=largest, layers=layers, encoding=encoding)
    body = envelope_body(result.envelope)
    if result.spread is not None:
        body["uncertainty"] = uncertainty_body(result.spread, coarse_resolution(largest))
    body["grid"] = _axes(total, largest, result.step) | {"percentiles": percentiles} | cells(total)
    if result.heat is not None:
        body["grid"] |= _heat(result.heat, encoding)
    body["accounting"] = _accounting(total)
    if result.candles is not None:
        body["candles"] = _candles(result.candles)
    if result.split is not None:
        body["split"] = {name: cells(part) | {"accounting": _accounting(part)} for name, part in result.split.items()}
    return body


def _candles(candles: Candles) -> dict[str, Any]:
    return dict(vars(candles))


def _accounting(heatmap: Heatmap) -> dict[str, Any]:
    return {"long": asdict(heatmap.accounts[Side.LONG]), "short": asdict(heatmap.accounts[Side.SHORT])}


def _axes(heatmap: Heatmap, largest: float, step: int) -> dict[str, Any]:
    return {
        "time": heatmap.time,
        "close_time": heatmap.time + step,
        "bin_size": heatmap.axis.bin_size,
        "edges": heatmap.axis.edges,
        "resolution": coarse_resolution(largest),
        "largest": largest,
    }


def _heat(heat: Floats, encoding: str) -> dict[str, Any]:
    if encoding == "segments":
        return {"heat_segments": heat_segments(heat)}
    if encoding == "deltas":
        return {"heat_deltas": orjson.Fragment(heat_deltas_text(heat))}
    return {"heat": orjson.Fragment(heat_text(heat))}


def _cells(heatmap: Heatmap, largest: float, layers: Sequence[str], encoding: str) -> dict[str, Any]:
    sides = {name: getattr(heatmap, name) for name in ("long", "short") if name in layers}
    if encoding == "segments":
        return {f"{name}_segments": segments(grid, largest) for name, grid in sides.items()}
    unit = coarse_resolution(largest)
    if encoding == "deltas":
        return {f"{name}_deltas": orjson.Fragment(deltas_text(grid, unit)) for name, grid in sides.items()}
    return {name: orjson.Fragment(dense_text(grid, unit)) for name, grid in sides.items()}
