"""The parameters of /probe."""

from service.analysis.results.zone_probe import ZoneProbeRequest
from service.api.query.axis_query import RangeQuery
from service.api.query.parameters import exchanges_field


class ZoneProbeQuery(RangeQuery):
    """Parameters of /probe."""

    request = ZoneProbeRequest

    exchange = exchanges_field()
