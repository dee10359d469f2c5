"""The text of a probe: Prometheus reads it, units are in the names, and a failure says why."""

from dataclasses import replace

import numpy as np
from prometheus_client.parser import text_string_to_metric_families

from service.analysis.markets.calibrated import calibration_of
from service.analysis.requests import RangeRequest
from service.analysis.results.zone_probe import ZoneProbeRequest, ZoneProbeResult, prepare_zone_probe
from service.api.schemas.zone_probe import failed_probe_text, zone_probe_text
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request


def read(text: bytes) -> dict[tuple[str, str], float]:
    """Return each value by its name and its label."""
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def result() -> ZoneProbeResult:
    """Return the probe of a fake market."""
    request = ZoneProbeRequest(market=market_request(), axis=RangeRequest(range_pct=15.0))
    return prepare_zone_probe(services_of(FakeExchange()), request).compute()


def test_figures_are_those_of_the_zones() -> None:
    """To seven digits; a distance is a share of the price, not a per cent."""
    found = result()
    told = read(zone_probe_text(found))
    assert told["probe_success", ""] == 1
    assert told["heatmap_price", ""] == found.envelope.price
    assert found.next
    for side, zone in found.next.items():
        label = side.name.lower()
        distance = told["heatmap_next_zone_distance_ratio", label]
        assert abs(distance - zone.distance_pct / 100) <= 1e-6 * max(distance, 1e-6)
        assert told["heatmap_next_zone_low", label] < told["heatmap_next_zone_high", label]
        assert told["heatmap_next_zone_rank", label] == zone.rank


def test_what_would_be_reported() -> None:
    """Its tenths rise, and are those of the calibration; on a simulated market there are none."""
    found = result()
    share = calibration_of(found.envelope)
    assert share is not None
    texts = text_string_to_metric_families(zone_probe_text(found).decode())
    told = {tuple(each.labels.values()): each.value for of in texts for each in of.samples if "expected" in each.name}
    for side, zone in found.next.items():
        tenths = [told[side.name.lower(), tenth] for tenth in ("1", "5", "9")]
        np.testing.assert_allclose(tenths, share.times(zone.notional), rtol=1e-6)
        assert tenths == sorted(tenths)
    simulated = ZoneProbeResult(replace(found.envelope, simulated=True), found.next)
    assert b"expected" not in zone_probe_text(simulated)


def test_a_side_without_a_zone_has_no_series() -> None:
    """An alert must not see a zone at no distance."""
    found = result()
    told = read(zone_probe_text(ZoneProbeResult(found.envelope, {})))
    assert not [name for name, _ in told if "next_zone" in name]
    assert told["heatmap_price", ""] == found.envelope.price


def test_a_failure_says_why_and_nothing_else() -> None:
    """No success, and the cause as a label."""
    assert read(failed_probe_text("timeout")) == {("probe_success", ""): 0.0, ("probe_failure", "timeout"): 1.0}
