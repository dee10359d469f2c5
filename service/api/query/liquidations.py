"""The parameters of /v1/liquidations."""

from service.analysis.results.liquidations import LiquidationsRequest
from service.api.query.series import SeriesQuery


class LiquidationsQuery(SeriesQuery):
    """Parameters of /v1/liquidations."""

    request = LiquidationsRequest
