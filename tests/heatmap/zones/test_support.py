from dataclasses import replace

import numpy as np
import pytest

from service.heatmap.base.axis import PriceAxis, price_axis
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.ensemble import Ensemble, take_ensemble
from service.heatmap.margin.tiers import flat_tiers
from service.heatmap.zones.find import find_zones
from service.heatmap.zones.support import supports
from service.heatmap.zones.zone import Zone
from tests.support.hand_made import blocks, steady
from tests.support.skill_market import walk

VENUE = VenueTerms("binance", flat_tiers(0.004, max_leverage=125.0))


def support(made: Ensemble, axis: PriceAxis, price: float, bars: Bars, zones: list[Zone]) -> list[float]:
    """Return the shares alone."""
    return [found.share for found in supports(made, axis, price, bars, zones)]


class TestSupport:
    """Support on hand-made maps: bins of 0.5 around a price of 100 that never moves much."""

    axis = PriceAxis(0.5, 160, 80)
    bars = steady(48, half_range=2.0)

    def zones(self, long: list[tuple[float, float, float]], short: list[tuple[float, float, float]]) -> list[Zone]:
        """Return the hot zones of one map."""
        edges = self.axis.edges
        found = find_zones(edges, blocks(edges, *long), blocks(edges, *short), 100.0, self.bars)
        return list(found.hot)

    def made(self, *long: tuple[float, float, float]) -> Ensemble:
        """Return an ensemble with one long block a member, and the same short block in all."""
        edges = self.axis.edges
        shorts = np.stack([blocks(edges, (106.0, 108.0, 5.0)) for _ in long])
        return Ensemble(np.stack([blocks(edges, block) for block in long]), shorts)

    def test_share_of_members_on_paper(self) -> None:
        """Two of four members have the long block where the zone is, one elsewhere, one none; all have the short."""
        zones = self.zones([(92.0, 94.0, 5.0)], [(106.0, 108.0, 5.0)])
        assert [zone.side for zone in zones] == [Side.LONG, Side.SHORT]
        blockset = ((92.0, 94.0, 5.0), (92.0, 94.0, 50.0), (96.0, 98.0, 5.0), (92.0, 94.0, 0.0))
        assert support(self.made(*blockset), self.axis, 100.0, self.bars, zones) == [0.5, 1.0]

    def test_it_must_cover_half_of_the_zone(self) -> None:
        """A block that has moved by a little still counts, by most of the zone's width no longer."""
        zones = self.zones([(91.0, 95.0, 5.0)], [])
        near, far = self.made((91.5, 95.5, 5.0)), self.made((95.0, 99.0, 5.0))
        assert support(near, self.axis, 100.0, self.bars, zones) == [1.0]
        assert support(far, self.axis, 100.0, self.bars, zones) == [0.0]

    def test_the_other_side_does_not_count(self) -> None:
        """Shorts standing where the long zone is do not support it, and no zones have no support."""
        zones = self.zones([(92.0, 94.0, 5.0)], [])
        edges = self.axis.edges
        other = Ensemble(np.zeros((3, 80)), np.stack([blocks(edges, (92.0, 94.0, 5.0))] * 3))
        assert support(other, self.axis, 100.0, self.bars, zones) == [0.0] * len(zones)
        assert support(other, self.axis, 100.0, self.bars, []) == []

    def test_quantiles_on_paper(self) -> None:
        """Four members hold 4 bins of 5, 50, none and none: sorted 0, 0, 20, 200, so q10 0, q50 10, q90 146."""
        (zone,) = self.zones([(92.0, 94.0, 5.0)], [])
        blockset = ((92.0, 94.0, 5.0), (92.0, 94.0, 50.0), (96.0, 98.0, 5.0), (92.0, 94.0, 0.0))
        bins = zone.bins[1] - zone.bins[0]
        assert bins == 4
        (found,) = supports(self.made(*blockset), self.axis, 100.0, self.bars, [zone])
        assert (found.q10, found.q50, found.q90) == pytest.approx((0.0, 10.0, 146.0))

    def test_cold_zones_have_their_own(self) -> None:
        """A gap that two of three members leave empty stands as cold in these two, whatever is hot beside it."""
        edges = self.axis.edges
        gap, full = blocks(edges, (90.0, 96.0, 0.0), ground=5.0), blocks(edges, ground=5.0)
        cold = find_zones(edges, gap, full, 100.0, self.bars).cold
        zones = [zone for zone in cold if zone.side == Side.LONG]
        assert zones
        made = Ensemble(np.stack([gap, gap, full]), np.stack([full] * 3))
        assert support(made, self.axis, 100.0, self.bars, zones) == [pytest.approx(2 / 3)] * len(zones)

    def test_a_zone_is_supported_by_the_member_it_was_found_in(self) -> None:
        """On a walking market, every zone of the first member's map stands at least in that member."""
        bars = walk(3, 10)
        axis = price_axis(float(bars.close[-1]), 15.0, bins=400)
        made = take_ensemble(bars, Assumptions(), VENUE, axis)
        price = float(bars.close[-1])
        found = find_zones(axis.edges, made.long[0], made.short[0], price, bars)
        zones = [*found.hot, *found.cold]
        shares = support(made, axis, price, bars, zones)
        assert len(shares) == len(zones) > 0
        assert min(shares) >= 1 / len(made.long)
        assert max(shares) <= 1.0
        alone = replace(made, long=made.long[:1], short=made.short[:1])
        assert support(alone, axis, price, bars, zones) == [1.0] * len(zones)
