"""The parameters of /v1/markets."""

from marshmallow import fields, validate

from service.analysis.results.markets import MarketsRequest
from service.api.query.strict import StrictQuery


class MarketsQuery(StrictQuery):
    """Parameters of /v1/markets."""

    request = MarketsRequest

    exchange = fields.String(
        load_default="sim",
        validate=validate.Length(1, 40),
        metadata={"description": "An id of /v1/exchanges", "example": "sim"},
    )
