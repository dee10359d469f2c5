"""The parameters of /v1/exchanges and /v1/markets."""

from marshmallow import fields, validate

from service.analysis.results.listing import ExchangesRequest, MarketsRequest
from service.api.query.parameters import ParametersSchema


class ExchangesQuery(ParametersSchema):
    """No parameters."""

    request = ExchangesRequest


class MarketsQuery(ParametersSchema):
    """Parameters of /v1/markets."""

    request = MarketsRequest

    exchange = fields.String(
        load_default="sim",
        validate=validate.Length(1, 40),
        metadata={"description": "An id of /v1/exchanges", "example": "sim"},
    )
