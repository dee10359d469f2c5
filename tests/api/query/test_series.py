"""What is published by bar is asked for with a market alone."""

from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict

from service.analysis.results.open_interest import OpenInterestRequest
from service.api.query.open_interest import OpenInterestQuery
from service.times import DAY_MS


def test_nothing_is_assumed() -> None:
    """Parameters of the map are unknown here; the request holds the usual ones for its envelope."""
    schema = OpenInterestQuery()
    given = MultiDict([("exchange", "A"), ("exchange", "b"), ("lookback", "2d")])
    request = schema.load(MultiDictProxy(given, schema))
    assert isinstance(request, OpenInterestRequest)
    assert (request.market.exchange, request.market.lookback) == ("a,b", 2 * DAY_MS)
    assert request.market.assumptions.mix.name == "default"
    assert not {"mix", "churn", "position_notional"} & set(OpenInterestQuery().load_fields)
