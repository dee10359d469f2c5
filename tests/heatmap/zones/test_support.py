from dataclasses import replace

import numpy as np
import pytest

from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.ensemble import Ensemble, take_ensemble
from service.heatmap.margin.tiers import flat_tiers
from service.heatmap.zones.find import find_zones
from service.heatmap.zones.scale import zones_axis
from service.heatmap.zones.support import supports
from service.heatmap.zones.zone import Zone
from tests.support.log_bins import AXIS, BARS, PRICE, level
from tests.support.skill_market import walk

SHORT = np.where(AXIS.centres > PRICE, 100.0, 0.0)
CLUMP = (920.0, 924.0, 400.0)
VENUE = VenueTerms("binance", flat_tiers(0.004, max_leverage=125.0))


def support(made: Ensemble, axis: LogAxis, price: float, bars: Bars, zones: list[Zone]) -> list[float]:
    """Return the shares alone."""
    return [found.share for found in supports(made, axis, price, bars, zones)]


class TestSupport:
    """Support on hand-made maps: a level with a clump in it."""

    def zones(self, *clumps: tuple[float, float, float]) -> list[Zone]:
        """Return the hot zones of the map with these clumps below 970."""
        return [zone for zone in find_zones(AXIS, level(*clumps), SHORT, PRICE, BARS).hot if zone.high < 970]

    def made(self, *clumps: tuple[float, float, float]) -> Ensemble:
        """Return an ensemble with one long clump a member, and the same shorts in all."""
        return Ensemble(np.stack([level(clump) for clump in clumps]), np.stack([SHORT] * len(clumps)))

    def test_share_of_members_on_paper(self) -> None:
        """Two of four members have the clump where the zone is, one elsewhere, one none."""
        zones = self.zones((920.0, 924.0, 400.0))
        assert [zone.side for zone in zones] == [Side.LONG]
        four = self.made(CLUMP, (920.0, 924.0, 900.0), (940.0, 944.0, 400.0), (920.0, 924.0, 100.0))
        assert support(four, AXIS, PRICE, BARS, zones) == [0.5]

    def test_it_must_cover_half_of_the_zone(self) -> None:
        """A clump that has moved by a little still counts, by most of the zone's width no longer."""
        zones = self.zones(CLUMP)
        assert support(self.made((921.0, 925.0, 400.0)), AXIS, PRICE, BARS, zones) == [1.0]
        assert support(self.made((926.0, 930.0, 400.0)), AXIS, PRICE, BARS, zones) == [0.0]

    def test_no_zones_have_no_support(self) -> None:
        """There is nothing to be supported."""
        assert support(self.made(CLUMP), AXIS, PRICE, BARS, []) == []

    def test_quantiles_on_paper(self) -> None:
        """What the members hold in the zone's bins, of which a tenth have no more, half, and a tenth no less."""
        (zone,) = self.zones(CLUMP)
        made = self.made(CLUMP, (920.0, 924.0, 900.0), (940.0, 944.0, 400.0), (920.0, 924.0, 100.0))
        held = made.long[:, slice(*zone.bins)].sum(axis=1)
        (found,) = supports(made, AXIS, PRICE, BARS, [zone])
        assert (found.q10, found.q50, found.q90) == pytest.approx(tuple(np.quantile(held, (0.1, 0.5, 0.9))))

    def test_cold_zones_have_their_own(self) -> None:
        """A trough that two of three members have stands as cold in these two, whatever is hot beside it."""
        trough = (900.0, 920.0, 10.0)
        cold = find_zones(AXIS, level(trough), SHORT, PRICE, BARS).cold
        zones = [zone for zone in cold if zone.side == Side.LONG and zone.peak < 930]
        assert zones
        made = self.made(trough, trough, (900.0, 920.0, 100.0))
        assert support(made, AXIS, PRICE, BARS, zones) == [pytest.approx(2 / 3)] * len(zones)

    def test_a_zone_is_supported_by_the_member_it_was_found_in(self) -> None:
        """On a walking market, every zone of the first member's map stands at least in that member."""
        bars = walk(3, 10)
        axis = zones_axis(float(bars.close[-1]), float(bars.close[-1]), DEFAULT_DENSITY_RULES)
        made = take_ensemble(bars, Assumptions(), VENUE, axis)
        price = float(bars.close[-1])
        found = find_zones(axis, made.long[0], made.short[0], price, bars)
        zones = [*found.hot, *found.cold]
        shares = support(made, axis, price, bars, zones)
        assert len(shares) == len(zones) > 0
        assert min(shares) >= 1 / len(made.long)
        assert max(shares) <= 1.0
        alone = replace(made, long=made.long[:1], short=made.short[:1])
        assert support(alone, axis, price, bars, zones) == [1.0] * len(zones)
