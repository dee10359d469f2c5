"""A profile is written as its schema says, with only what was asked for."""

import pytest

from service.analysis.requests import AxisRequest
from service.analysis.results.profile import ProfileRequest, prepare_profile
from service.api.schemas.profile import ProfileSchema, profile_body
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered
from tests.support.requests import market_request


@pytest.mark.parametrize("more", [True, False])
def test_it_is_what_the_schema_says(more: bool) -> None:
    """With the split and the ensemble where these are asked for; the last band of leverage has no upper end."""
    request = ProfileRequest(
        market=market_request(exchange="a,b"), axis=AxisRequest(bins=40, range_pct=20.0), uncertainty=more, split=more
    )
    result = prepare_profile(services_of(FakeExchange("a"), FakeExchange("b")), request).compute()
    body = rendered(profile_body(result), ProfileSchema())
    assert {"split", "uncertainty"} <= body.keys() if more else not {"split", "uncertainty"} & body.keys()
    assert [band["upto"] for band in body["long"]["by_leverage"]][-1] is None
    assert len(body["edges"]) == len(body["long"]["notional"]) + 1
