"""Zones are written as their schema says, with support and split only where asked for."""

from dataclasses import replace

from service.analysis.requests import RangeRequest
from service.analysis.results.zones import ZoneFilter, ZonesRequest, prepare_zones
from service.api.schemas.zones import ZonesSchema, zones_body
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered
from tests.support.requests import market_request

ASKED = ZonesRequest(
    market=market_request(exchange="a,b"),
    axis=RangeRequest(range_pct=15.0),
    filter=ZoneFilter(kind=None, side=None, top=20, within_pct=None, min_share=0.0, rank_by="score"),
    timeframes=("1h",),
    split=False,
    uncertainty=False,
    ended_bars=24,
)


def test_plain() -> None:
    """Neither a split nor what the ensemble says."""
    body = rendered(
        zones_body(prepare_zones(services_of(FakeExchange("a"), FakeExchange("b")), ASKED).compute()), ZonesSchema()
    )
    assert "split" not in body
    assert not any("support" in zone for zone in body["hot"])
    assert body["timeframes"] == ["1h"]


def test_everything() -> None:
    """Support for every zone of the sum, and each exchange's own zones."""
    asked = replace(ASKED, split=True, uncertainty=True, timeframes=("1h", "4h"))
    result = prepare_zones(services_of(FakeExchange("a"), FakeExchange("b")), asked).compute()
    body = rendered(zones_body(result), ZonesSchema())
    assert set(body["split"]) == {"a", "b"}
    assert body["hot"]
    assert all("support" in zone for kind in ("hot", "cold") for zone in body[kind])
