"""Expected liquidations stand beside amounts with the calibration that they are told by, or are null together."""

from dataclasses import replace

from service.analysis.requests import RangeRequest
from service.analysis.results.zones import ZoneFilter, ZonesRequest, prepare_zones
from service.api.schemas.expected import calibration_body, expected_body
from service.api.schemas.zones import zones_body
from service.heatmap.skill import measured_share
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import ASSUMED, market_request

ASKED = ZonesRequest(
    market=market_request(),
    axis=RangeRequest(range_pct=15.0),
    filter=ZoneFilter(kind=None, side=None, top=20, within_pct=None, min_share=0.0, rank_by="score"),
    timeframes=("1h",),
    split=False,
    uncertainty=False,
    ended_bars=24,
)


def test_each_zone_has_its_own() -> None:
    """The calibration's tenths of its notional."""
    body = zones_body(prepare_zones(services_of(FakeExchange()), ASKED).compute())
    share = body["calibration"]
    assert share["of"].startswith("Binance BTC")
    assert body["hot"]
    for zone in body["hot"] + body["cold"]:
        told = zone["expected_liquidation"]
        for name in ("q10", "q50", "q90"):
            assert abs(told[name] - share[name] * zone["notional"]) < 0.02


def test_without_a_calibration_there_is_none() -> None:
    """With another churn both are null, and amounts stand as they did."""
    market = market_request(assumptions=replace(ASSUMED, churn=1.0))
    body = zones_body(prepare_zones(services_of(FakeExchange()), replace(ASKED, market=market)).compute())
    assert body["calibration"] is None
    assert all(zone["expected_liquidation"] is None and zone["notional"] > 0 for zone in body["hot"])
    assert expected_body(1e6, None) is None
    assert calibration_body(None) is None


def test_it_is_told_to_the_cent() -> None:
    """Rounded, and in order."""
    told = expected_body(123_456.789, measured_share("ETH"))
    assert told == {"q10": 1358.02, "q50": 3703.7, "q90": 11728.39}
