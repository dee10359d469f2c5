"""The probe of a market: its next hot zone on each side, for an alert on how near the price has come."""

from dataclasses import dataclass

from service.analysis.concurrency.cost import passes_of
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.group import Group
from service.analysis.markets.loading import admitted_group, load_group
from service.analysis.prepared import Prepared, freshness
from service.analysis.requests import MarketRequest, RangeRequest
from service.analysis.services import Services
from service.analysis.zones.zone_reading import read_zones, zone_rules
from service.heatmap import Side, Zone


@dataclass(frozen=True, kw_only=True)
class ZoneProbeRequest:
    """One market, and how far from its price to look."""

    market: MarketRequest
    axis: RangeRequest


@dataclass(frozen=True, eq=False)
class ZoneProbeResult:
    """The nearest hot zone by side; a side without one is left out."""

    envelope: Envelope
    next: dict[Side, Zone]


def prepare_zone_probe(services: Services, request: ZoneProbeRequest) -> Prepared[ZoneProbeResult]:
    """Load the market; raises MarketError or BadInput."""
    admitted = admitted_group(services, request.market, passes=1 + passes_of(request.market, ensemble=False))
    group = load_group(services, request.market)
    return Prepared(
        group.fingerprint,
        freshness(request.market.as_of, group),
        admitted.computing(lambda: _result(group, request, services.clock())),
    )


def _result(group: Group, request: ZoneProbeRequest, now: float) -> ZoneProbeResult:
    hot = read_zones(group, described=False, rules=zone_rules(request.axis)).zones.hot
    # From the farthest to the nearest, which stays.
    by_distance = sorted(hot, key=lambda zone: -zone.distance_pct)
    return ZoneProbeResult(group.envelope(now), {zone.side: zone for zone in by_distance})
