"""The probe of a market: on each side the hot zone that price comes to first."""

from service.analysis.requests import RangeRequest
from service.analysis.results.zone_probe import ZoneProbeRequest, prepare_zone_probe
from service.analysis.zones.zone_reading import read_zones, zone_rules
from service.heatmap import Side
from tests.analysis.maps.test_group_map import group_of
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request

AXIS = RangeRequest(range_pct=15.0)


def test_the_nearest_of_each_side(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """Of all hot zones of the same map none is nearer, and each stands on its side."""
    request = ZoneProbeRequest(market=market_request(exchange="a,b"), axis=AXIS)
    found = prepare_zone_probe(services_of(*pair), request).compute()
    hot = read_zones(group_of(*pair), described=False, rules=zone_rules(AXIS)).zones.hot
    assert found.next.keys() == {zone.side for zone in hot}
    assert found.next
    for side, zone in found.next.items():
        assert zone.side == side
        assert zone.distance_pct == min(each.distance_pct for each in hot if each.side == side)
        assert (zone.high < found.envelope.price) == (side == Side.LONG)


def test_the_same_market_has_the_same_fingerprint(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """It is known before anything is computed."""
    request = ZoneProbeRequest(market=market_request(exchange="a"), axis=AXIS)
    one, other = (prepare_zone_probe(services_of(*pair), request) for _ in range(2))
    assert one.fingerprint == other.fingerprint
