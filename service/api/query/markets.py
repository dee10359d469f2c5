"""The parameters of /v1/markets."""

from service.analysis.results.markets import MarketsRequest
from service.api.query.parameters import exchange_field
from service.api.query.strict import StrictQuery


class MarketsQuery(StrictQuery):
    """Parameters of /v1/markets."""

    request = MarketsRequest

    exchange = exchange_field()
