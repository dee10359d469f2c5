"""The parameters of /v1/heatmap."""

from marshmallow import fields, validate

from service.analysis.results.heatmap import ENCODINGS, LAYERS, HeatmapRequest
from service.api.query.axis_query import AxisQuery, covering_field
from service.api.query.listed import Listed
from service.api.query.moment import Moment
from service.api.query.parameters import exchanges_field, uncertainty_field
from service.api.schemas.described import described


class HeatmapQuery(AxisQuery):
    """Parameters of /v1/heatmap."""

    request = HeatmapRequest

    exchange = exchanges_field()
    range_pct = covering_field()
    split = fields.Boolean(load_default=False, metadata=described("Include each exchange's own map"))
    uncertainty = uncertainty_field()
    candles = fields.Boolean(load_default=False, metadata=described("Include the columns' traded bars"))
    since = Moment(
        load_default=None,
        metadata={
            "description": "Leave out columns that closed before this moment, RFC 3339 or epoch ms: those one has. "
            "Amounts are rounded as in the whole map",
            "example": "2026-01-31T12:00:00Z",
        },
    )
    layers = Listed(
        fields.String(validate=validate.OneOf(LAYERS)),
        load_default=lambda: LAYERS,
        validate=validate.Length(1, len(LAYERS)),
        metadata=described("Which cells: long and short are amounts, heat is how full a bin is; all if left out"),
    )
    encoding = fields.String(
        load_default="dense",
        validate=validate.OneOf(ENCODINGS),
        metadata=described(
            "dense: every cell; deltas: each column against the one before it, little over half as long "
            "under compression, for large maps; segments: runs of columns in one class of intensity"
        ),
    )
