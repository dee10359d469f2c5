"""A market's fragility and its zones' cascade ratios agree with its map, its book and its calibration."""

from dataclasses import replace

import numpy as np
import pytest

from service.analysis.markets.calibrated import executed_of
from service.analysis.markets.group import Group
from service.analysis.zones.fragility import market_fragility, zone_ratios
from service.analysis.zones.zone_reading import read_zones
from service.heatmap import Side
from service.heatmap.cascade import cascade_ratios
from service.heatmap.cascade.book_depth import depth_curve
from tests.support.fake_estimate import estimate_of

FAKE = estimate_of()
GROUP = Group({"fake": FAKE}, {})
READING = read_zones(GROUP, described=False)
EXECUTED = executed_of(GROUP.envelope(0.0)).share


def test_of_the_market() -> None:
    """Twice the open interest is seen half as much; what is forced is the measured share of what stands near."""
    found = market_fragility(READING, EXECUTED)
    assert found is not None
    for side, standing in zip(Side, READING.notional, strict=True):
        one = found[side]
        assert one is not None
        assert one.seen_share == pytest.approx(min(1.0, standing.sum() / FAKE.open_interest_usd))
        centre = READING.axis.centres
        near = (np.abs(centre / READING.price - 1) <= 0.03) & ((centre < READING.price) == (side is Side.LONG))
        assert one.forced_usd == pytest.approx(EXECUTED.q50 * standing[near].sum(), rel=0.1)


def test_of_each_hot_zone() -> None:
    """The ratio of its own span, through the side of the book that price would take."""
    ratios = zone_ratios(READING, EXECUTED)
    assert set(ratios) == {zone.id for zone in READING.zones.hot}
    assert GROUP.book is not None
    for zone in READING.zones.hot:
        levels = GROUP.book[0] if zone.side is Side.LONG else GROUP.book[1]
        span = (zone.low, zone.high, zone.notional)
        curve = depth_curve(levels, READING.price, "down" if zone.side is Side.LONG else "up")
        own = cascade_ratios(curve, [span], EXECUTED.q50)
        assert ratios[zone.id] == own[0]


def test_without_a_book_nothing_is_said() -> None:
    """Neither of the market nor of its zones."""
    blind = replace(FAKE, data=replace(FAKE.data, book=None))
    reading = read_zones(Group({"fake": blind}, {}), described=False)
    assert market_fragility(reading, EXECUTED) is None
    assert zone_ratios(reading, EXECUTED) == {}
