"""The heat of the newest column: of the sum on the bins asked for, and where it peaks on either side."""

import numpy as np

from service.analysis.maps.axes import axis_around
from service.analysis.maps.newest_heat import newest_heat
from service.analysis.markets.group import Group
from service.analysis.requests import AxisRequest
from service.analysis.zones.zone_reading import read_zones
from tests.support.fake_estimate import estimate_of
from tests.support.fake_exchange import FakeExchange


def test_max_pain_is_the_peak_of_a_hot_zone() -> None:
    """The hottest one's of each side; each exchange has its own."""
    group = Group({name: estimate_of(fake=FakeExchange(name)) for name in ("a", "b")}, {})
    found = newest_heat(group, axis_around(group, AxisRequest(bins=100, range_pct=15.0)))
    assert set(found.own) == {"a", "b"}
    hot = read_zones(group, described=False).zones.hot
    for side, price in zip(("long", "short"), found.max_pain, strict=True):
        peaks = {zone.heat: zone.peak for zone in hot if zone.side == side}
        if peaks and price is not None and min(peaks.values()) <= price <= max(peaks.values()):
            np.testing.assert_allclose(price, peaks[max(peaks)], rtol=1e-8)
    assert any(price is not None for price in found.max_pain)
    assert found.heat.shape == (len(found.heat),)
    assert ((found.heat >= 0) & (found.heat <= 1)).all()
