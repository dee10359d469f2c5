"""Terms of the simulated venues: tiers whose amounts join, and listings that say the same as the tiers."""

import numpy as np
import pytest

from service.market.sim.venues import COINS, SIM, SIM2, Coin, Venue

VENUES = pytest.mark.parametrize("venue", [SIM, SIM2], ids=lambda venue: venue.id)
EVERY_COIN = pytest.mark.parametrize("coin", COINS, ids=lambda coin: coin.base)


@VENUES
@EVERY_COIN
def test_tiers_rise_and_maintenance_has_no_jump(venue: Venue, coin: Coin) -> None:
    """At each floor both tiers ask for the same money, which is what the maintenance amount is for."""
    tiers = venue.tiers(coin)
    assert tiers.floor[0] == tiers.maintenance_amount[0] == 0.0
    assert (np.diff(tiers.floor) > 0).all()
    assert (np.diff(tiers.max_leverage) < 0).all() or tiers.max_leverage[-1] == 1.0
    edge = tiers.floor[1:]
    below = edge * tiers.maintenance_rate[:-1] - tiers.maintenance_amount[:-1]
    above = edge * tiers.maintenance_rate[1:] - tiers.maintenance_amount[1:]
    np.testing.assert_allclose(above, below, rtol=1e-12)


@VENUES
@EVERY_COIN
def test_the_listing_says_what_the_tiers_say(venue: Venue, coin: Coin) -> None:
    """Most leverage, and steps that are whole parts of one."""
    market, tiers = venue.market(coin), venue.tiers(coin)
    assert (market.symbol, market.base, market.settle) == (f"{coin.base}/USDT:USDT", coin.base, "USDT")
    assert market.max_leverage == tiers.max_leverage[0]
    assert venue.maintenance(coin) == tiers.maintenance_rate[0]
    assert market.price_tick * coin.ticks == pytest.approx(1.0)
    assert market.contract_size * coin.lots == pytest.approx(1.0)


@VENUES
def test_nobody_uses_more_leverage_than_some_market_allows(venue: Venue) -> None:
    """The range that is drawn from ends within the largest maximum."""
    assert venue.leverage_range[1] <= max(venue.max_leverage.values())
    assert set(venue.max_leverage) == {coin.base for coin in COINS}
