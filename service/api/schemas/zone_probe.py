"""The shape of /probe: Prometheus' text format, of few series whose names say their units."""

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from service.analysis.markets.calibrated import calibration_of
from service.analysis.results.zone_probe import ZoneProbeResult
from service.heatmap import Zone
from service.heatmap.skill import MeasuredShare

PLAIN = "text/plain"
SUCCESS = "probe_success", "1 where the market could be read, 0 where its exchange gave no usable answer"
PER_CENT = 100.0


def zone_probe_text(result: ZoneProbeResult) -> bytes:
    """Return the metrics of a market; a side without a hot zone has no series."""
    envelope = result.envelope
    of_market = {
        SUCCESS: 1.0,
        ("heatmap_price", "Price that distances are from, in quote currency"): envelope.price,
        ("heatmap_data_quality", "How well the data carry the map, 0 to 1"): envelope.data_quality.value,
        ("heatmap_age_seconds", "Seconds since the newest bar closed"): envelope.age_seconds,
        ("heatmap_stale", "1 where older data stand in for newer ones"): float(envelope.stale),
    }
    families = [GaugeMetricFamily(name, what, value=value) for (name, what), value in of_market.items()]
    zones = {side.name.lower(): zone for side, zone in result.next.items()}
    return _text([*families, *_of_zones(zones), *_expected(zones, calibration_of(envelope))])


def failed_probe_text(cause: str) -> bytes:
    """Return the metrics of a market that could not be read; `cause` is that of a MarketError."""
    why = GaugeMetricFamily("probe_failure", "Why there is nothing else; always 1", labels=["cause"])
    why.add_metric([cause], 1.0)
    return _text([GaugeMetricFamily(*SUCCESS, value=0.0), why])


def _of_zones(zones: dict[str, Zone]) -> list[GaugeMetricFamily]:
    of_zone = {
        "distance_ratio": ("Way from the price to the near edge, as a share of the price; 0 inside", "distance"),
        "heat": ("How full its densest part is for its distance, 0 to 1", "heat"),
        "notional": ("What stands in it, in quote currency", "notional"),
        "rank": ("1 is first among the hot zones of the market", "rank"),
        "low": ("Its lower edge, in quote currency", "low"),
        "high": ("Its upper edge, in quote currency", "high"),
    }
    families = []
    for name, (what, field) in of_zone.items():
        text = f"{what}; of the next hot zone, of long positions below the price or short ones above it"
        family = GaugeMetricFamily(f"heatmap_next_zone_{name}", text, labels=["side"])
        for side, zone in sorted(zones.items()):
            value = zone.distance_pct / PER_CENT if field == "distance" else getattr(zone, field)
            # To as many digits as mean something: the same text whatever processor it was computed on.
            family.add_metric([side], float(f"{value:.7g}"))
        families.append(family)
    return families


def _expected(zones: dict[str, Zone], share: MeasuredShare | None) -> list[GaugeMetricFamily]:
    """Return what would be reported as liquidated in each zone, where that was measured."""
    if share is None:
        return []
    family = GaugeMetricFamily(
        "heatmap_next_zone_expected_liquidation",
        "What exchanges would report if price went through it, in quote currency, tenths of hours",
        labels=["side", "tenth"],
    )
    for side, zone in sorted(zones.items()):
        for tenth, value in zip(("1", "5", "9"), share.times(zone.notional), strict=True):
            family.add_metric([side, tenth], float(f"{value:.7g}"))
    return [family]


def _text(families: list[GaugeMetricFamily]) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Given(families))
    return generate_latest(registry)


class _Given(Collector):
    def __init__(self, families: list[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> list[GaugeMetricFamily]:
        return self._families
