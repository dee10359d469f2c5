"""The parameters of /v1/touches."""

from service.analysis.results.touches import TouchesRequest
from service.api.query.axis_query import RangeQuery
from service.api.query.lookback import lookback_field
from service.api.query.parameters import SideName, exchanges_field


class TouchesQuery(RangeQuery):
    """Parameters of /v1/touches."""

    request = TouchesRequest

    exchange = exchanges_field()
    lookback = lookback_field("30d")
    side = SideName(load_default=None)
