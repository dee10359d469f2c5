"""The maps and profiles of a group: every figure of the sum is the sum of its parts."""

from dataclasses import asdict

import numpy as np
import pytest

from service.analysis.maps.group_map import group_map, group_profile
from service.analysis.markets.estimate import Estimate, columns_in
from service.analysis.markets.group import Group, at_one_close
from service.heatmap import Assumptions, Side, VenueTerms, price_axis
from service.market.feed import FeedQuery, MarketFeed
from tests.support.fake_exchange import HOUR, T0, Clock, FakeExchange


def group_of(*exchanges: FakeExchange) -> Group:
    """Return the group that the exchanges give of a week of hours."""
    feed = MarketFeed({each.id: each for each in exchanges}, Clock())
    members = {}
    for each in exchanges:
        data = feed.load(FeedQuery(each.id, "BTC", "1h", 168))
        venue = VenueTerms(data.rule, data.tiers, data.taker_fee)
        members[each.id] = Estimate(data, Assumptions(), venue, columns_in(data, 168), 168)
    return at_one_close(members, {})


@pytest.mark.parametrize("late", [None, 0, 1])
@pytest.mark.parametrize("side", Side)
def test_the_sum_conserves_what_its_parts_hold(
    side: Side, late: int | None, pair: tuple[FakeExchange, FakeExchange]
) -> None:
    """Every cell, account and total is that of the parts to 1e-9, and the account's grid is the last column's coins."""
    pair[1].listed = T0 - 4 * 86_400_000
    if late is not None:
        pair[late].published = T0 - 2 * HOUR
    found = group_of(*pair)
    axis = price_axis(found.price, 90.0, bins=None, bin_size=0.1)
    made, profiles = group_map(found, axis), group_profile(found, axis)
    whole, parts = profiles.total, profiles.parts
    cells = np.sum([getattr(part, side) for part in made.parts.values()], axis=0)
    np.testing.assert_allclose(getattr(made.total, side), cells, rtol=1e-9)
    for name, value in asdict(made.total.accounts[side]).items():
        assert value == pytest.approx(sum(getattr(part.accounts[side], name) for part in made.parts.values()), rel=1e-9)
    for name in ("notional", "cumulative", "by_band", "total", "standing", "passed"):
        expected = sum(getattr(part.sides[side], name) for part in parts.values())
        np.testing.assert_allclose(getattr(whole.sides[side], name), expected, rtol=1e-9)
    for part in (*made.parts.values(), made.total):
        last = getattr(part, side)[-1]
        # To within what the middle of a bin stands for its coins.
        assert float((last / axis.centres).sum()) == pytest.approx(part.accounts[side].in_grid, rel=1e-4)
