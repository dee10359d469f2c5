"""Touches are written as their schema says."""

from service.analysis.requests import RangeRequest
from service.analysis.results.touches import TouchesRequest, prepare_touches
from service.api.schemas.touches import TouchesSchema, touches_body
from service.times import DAY_MS, rfc3339
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered
from tests.support.requests import market_request


def test_a_row_for_each_touch() -> None:
    """With its time in RFC 3339, and without the bar's number, which says nothing outside."""
    request = TouchesRequest(market=market_request(lookback=10 * DAY_MS), axis=RangeRequest(range_pct=15.0), side=None)
    result = prepare_touches(services_of(FakeExchange()), request).compute()
    body = rendered(touches_body(result), TouchesSchema())
    assert [row["time"] for row in body["touches"]] == [rfc3339(touch.time) for touch in result.touches]
    assert not any("bar" in row for row in body["touches"])
    assert body["summary"]["touches"] == result.summary.touches
