"""The parameters of /v1/open-interest."""

from service.analysis.results.open_interest import OpenInterestRequest
from service.api.query.series import SeriesQuery


class OpenInterestQuery(SeriesQuery):
    """Parameters of /v1/open-interest."""

    request = OpenInterestRequest
