"""A scan is written as its schema says, with what failed by name."""

from service.analysis.requests import BarsRequest, RangeRequest
from service.analysis.results.scan import ScanRequest, prepare_scan
from service.api.schemas.scan import ScanSchema, scan_body
from service.times import DAY_MS
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered
from tests.support.requests import ASSUMED


def test_rows_and_failures() -> None:
    """Ranks from 1, the split of each row, and why a symbol has none."""
    request = ScanRequest(
        bars=BarsRequest(exchange="a,b", lookback=2 * DAY_MS, assumptions=ASSUMED),
        axis=RangeRequest(range_pct=15.0),
        symbols=("BTC", "XYZ"),
        split=True,
        top=5,
        rank_by="attention",
    )
    result = prepare_scan(services_of(FakeExchange("a"), FakeExchange("b")), request).compute()
    body = rendered(scan_body(result), ScanSchema())
    assert [(row["rank"], set(row["split"])) for row in body["symbols"]] == [(1, {"a", "b"})]
    assert (body["complete"], body["exchange"]) == (False, "a,b")
    assert {failure["symbol"] for failure in body["failed"]} == {"XYZ"}
