"""The parameters of /v1/scan."""

from typing import get_args

from marshmallow import fields, validate

from service.analysis.markets.many_symbols import MOST_LOADS, MOST_SYMBOLS
from service.analysis.results.scan import ScanRank, ScanRequest
from service.api.query.axis_query import RangeQuery
from service.api.query.listed import Listed
from service.api.query.parameters import exchanges_field
from service.api.schemas.described import described


class ScanQuery(RangeQuery):
    """Parameters of /v1/scan."""

    request = ScanRequest

    exchange = exchanges_field()

    class Meta:
        """Many symbols take the place of one."""

        exclude = ("symbol",)

    symbols = Listed(
        fields.String(validate=validate.Length(1, 40)),
        load_default=lambda: None,
        validate=validate.Length(1, MOST_SYMBOLS),
        metadata={
            "description": f"Up to {MOST_SYMBOLS}, and {MOST_LOADS} symbols times exchanges; if left out all that the "
            "first exchange lists, or a dozen large ones where these are more. "
            "Spellings of one market are one row",
            "example": "BTC,ETH",
        },
    )
    split = fields.Boolean(load_default=False, metadata=described("Include each exchange's own next zones"))
    rank_by = fields.String(
        load_default="attention",
        validate=validate.OneOf(get_args(ScanRank)),
        metadata=described(
            "attention: how near and heavy the next zones are; fragility: what is forced within 3 % of "
            "the price over what the book of an event takes there, of the more fragile side"
        ),
    )
    top = fields.Integer(
        load_default=MOST_SYMBOLS,
        validate=validate.Range(1, MOST_SYMBOLS),
        metadata=described("At most this many rows, the first by rank"),
    )
