"""A cascade is written as its schema says, its own assumptions after those of the map."""

from service.analysis.requests import AxisRequest
from service.analysis.results.cascade import CascadeRequest, ShockRequest, prepare_cascade
from service.api.schemas.cascade import CascadeSchema, cascade_body
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered
from tests.support.requests import market_request


def test_it_is_what_the_schema_says() -> None:
    """The path of R in one place, the odds with their seed, and a chance for each zone."""
    request = CascadeRequest(
        market=market_request(),
        axis=AxisRequest(bins=100, range_pct=30.0),
        shock=ShockRequest(move_pct=-3.0, sell_usd=None, buy_usd=None),
        executed=0.2,
        refill=0.1,
        refill_minutes=5.0,
        insurance=0.05,
        state="calm",
        samples=10,
        seed=7,
    )
    result = prepare_cascade(services_of(FakeExchange()), request).compute()
    body = rendered(cascade_body(result), CascadeSchema())
    assert body["assumptions"]["churn"] == result.envelope.assumptions.churn
    assert (body["assumptions"]["executed"], body["odds"]["seed"]) == (0.2, 7)
    assert len(body["reproduction"]["r"]) == len(body["reproduction"]["near"])
    assert [zone["id"] for zone in body["zones"]] == [reached.zone.id for reached in result.zones]
