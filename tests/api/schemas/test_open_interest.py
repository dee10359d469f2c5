"""Open interest is written as its schema says."""

from service.analysis.results.open_interest import OpenInterestRequest, prepare_open_interest
from service.api.schemas.open_interest import OpenInterestSchema, open_interest_body
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered
from tests.support.requests import market_request


def test_each_list_has_a_place_for_each_column() -> None:
    """Of the total and of every exchange."""
    services = services_of(FakeExchange("a"), FakeExchange("b"))
    request = OpenInterestRequest(market=market_request(exchange="a,b", timeframe="4h"))
    body = rendered(open_interest_body(prepare_open_interest(services, request).compute()), OpenInterestSchema())
    assert set(body["exchanges"]) == {"a", "b"}
    for series in (body["total"], *body["exchanges"].values()):
        assert {len(values) for values in series.values()} == {len(body["time"])} == {42}
    assert body["close_time"][0] - body["time"][0] == 4 * 3_600_000
