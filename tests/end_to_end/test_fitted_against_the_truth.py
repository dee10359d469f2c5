"""A mix fitted to liquidations against what really stands: what ranks hours better must not spoil the map."""

from collections.abc import Callable

import pytest

from bench.truth import NEAR_PCT, WHOLE_PCT, Closeness, mean_closeness, scene
from service.analysis.markets.realised import by_bar
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.ensemble import tilted
from service.heatmap.inventory.leverage import Mix
from service.heatmap.skill.fit_mix import TILTS, Fit, fit_leverage_mix
from service.market.feed import SETTLE_MS, FeedQuery, MarketFeed
from service.market.sim import SimulatedExchange, sim

DAY = 86_400_000
NOW = 1_795_305_600_000  # 2026-11-22
AT = [NOW - number * 5 * DAY for number in range(4)]
LOOKBACK_HOURS, BURN = 30 * 24, 24
USUAL = Assumptions()


@pytest.fixture(scope="module")
def venue() -> SimulatedExchange:
    """Return the simulated exchange that publishes all that it liquidates."""
    return sim(clock=lambda: (NOW + SETTLE_MS) / 1000, seed=7)


def fitted_at(venue: SimulatedExchange, symbol: str, at: int) -> Fit:
    """Return what mix=fitted comes to at a moment, from what was public until then."""
    feed = MarketFeed({venue.id: venue}, lambda: (NOW + SETTLE_MS) / 1000)
    query = FeedQuery(venue.id, symbol, "1h", LOOKBACK_HOURS, at)
    data = feed.load(query)
    terms = VenueTerms(data.rule, data.tiers, data.taker_fee)
    return fit_leverage_mix(data.bars, by_bar(data.bars, feed.liquidations(query)), USUAL, terms, burn=BURN)


def closeness(venue: SimulatedExchange, symbol: str, range_pct: float, mix_at: Callable[[int], Mix]) -> Closeness:
    """Return how close the map comes to the true positions over several moments, with the mix for each."""
    rows = []
    for at in AT:
        shown = scene(venue, lambda: (NOW + SETTLE_MS) / 1000, symbol, at, range_pct, USUAL.with_fast_mix(mix_at(at)))
        rows.append(shown.closeness(shown.model, shown.truth()))
    return mean_closeness(rows)


@pytest.mark.slow
@pytest.mark.parametrize("symbol", ["BTC/USDT:USDT", "ETH/USDT:USDT", "SOL/USDT:USDT"])
@pytest.mark.parametrize(("range_pct", "farther", "rank_lost", "top_lost"),
                         [(NEAR_PCT, 1.07, 0.07, 0.09), (WHOLE_PCT, 0.99, 0.03, 0.04)])  # fmt: skip
def test_a_fitted_map_is_no_further_from_the_truth(
    venue: SimulatedExchange, symbol: str, range_pct: float, farther: float, rank_lost: float, top_lost: float
) -> None:
    """Liquidations know nothing of what is far away: fitted to them, the map is nearer over all that stands.

    Around the price it is as near within a fifteenth, and tells a little worse which bins are the fullest.
    """
    found = {at: fitted_at(venue, symbol, at) for at in AT}
    assert any(fit.gains for fit in found.values())
    usual = closeness(venue, symbol, range_pct, lambda _: USUAL.fast_mix)
    fitted = closeness(venue, symbol, range_pct, lambda at: found[at].mix)
    assert fitted.wasserstein_pct < farther * usual.wasserstein_pct
    assert fitted.rank_correlation > usual.rank_correlation - rank_lost
    assert fitted.top_decile > usual.top_decile - top_lost


@pytest.mark.slow
def test_tilting_the_whole_mix_would_spoil_the_map(venue: SimulatedExchange) -> None:
    """Why only high leverage is fitted: as steep a tilt of all of it is far from what stands around the price."""
    usual = closeness(venue, "BTC/USDT:USDT", NEAR_PCT, lambda _: USUAL.fast_mix)
    steep = closeness(venue, "BTC/USDT:USDT", NEAR_PCT, lambda _: tilted(USUAL.fast_mix, TILTS[0]))
    assert steep.wasserstein_pct > 3.0 * usual.wasserstein_pct
    assert steep.rank_correlation < 0.2 * usual.rank_correlation
