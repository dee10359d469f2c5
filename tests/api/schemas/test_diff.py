"""A diff is written as its schema says."""

from service.analysis.requests import AxisRequest
from service.analysis.results.diff import prepare_diff
from service.analysis.results.diff_request import DiffRequest
from service.api.schemas.diff import DiffSchema, diff_body
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered
from tests.support.requests import market_request


def test_it_is_what_the_schema_says() -> None:
    """Both envelopes, the difference by bin, and the zones of both."""
    given = dict.fromkeys(("as_of_a", "as_of_b", "mix_a", "mix_b", "churn_a", "churn_b"))
    request = DiffRequest(
        market=market_request(exchange=None),
        axis=AxisRequest(bins=40, range_pct=10.0),
        alignment="absolute",
        a="x",
        b="y",
        **given,
    )
    result = prepare_diff(services_of(FakeExchange("x"), FakeExchange("y", price=101.0)), request).compute()
    body = rendered(diff_body(result), DiffSchema())
    assert (body["a"]["exchange"], body["b"]["exchange"]) == ("x", "y")
    assert len(body["edges"]) == len(body["usd_long"]) + 1
    assert all(abs(value / body["resolution"] - round(value / body["resolution"])) < 1e-6 for value in body["usd_long"])
