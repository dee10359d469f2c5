"""The parameters of /v1/exchanges."""

from service.analysis.results.exchanges import ExchangesRequest
from service.api.query.strict import StrictQuery


class ExchangesQuery(StrictQuery):
    """No parameters."""

    request = ExchangesRequest
