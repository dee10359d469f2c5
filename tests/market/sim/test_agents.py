import numpy as np
import pytest

from service.market.sim.agents import MAX_DAYS, Arrivals, draw_arrivals
from service.market.sim.path import MINUTES
from service.market.sim.streams import stream
from service.market.sim.venues import COINS, SIM, SIM2, Coin, Venue

BTC, THIN = COINS[0], COINS[3]


def drawn(venue: Venue, coin: Coin, activity: np.ndarray | None = None) -> Arrivals:
    """Draw one day."""
    return draw_arrivals(stream(1, "test"), venue, coin, np.ones(MINUTES) if activity is None else activity)


@pytest.mark.parametrize("coin", COINS, ids=lambda coin: coin.base)
@pytest.mark.parametrize("venue", [SIM, SIM2], ids=lambda venue: venue.id)
def test_arrivals_are_within_their_bounds(venue: Venue, coin: Coin) -> None:
    """Minutes, leverages, lifetimes and sizes keep to what is documented, in matched pairs."""
    day = drawn(venue, coin)
    assert day.minute.min() >= 1
    assert day.minute.max() <= MINUTES
    assert (np.diff(day.minute) >= 0).all()
    assert day.leverage.min() >= venue.leverage_range[0] - 0.01
    assert day.leverage.max() <= venue.max_leverage[coin.base]
    assert day.lifetime.min() >= 1
    assert day.lifetime.max() <= MAX_DAYS * MINUTES
    assert (day.target >= 0).all()
    assert (day.size == np.rint(day.size)).all()
    assert day.size.min() >= 1
    assert np.array_equal(day.size[day.side > 0], day.size[day.side < 0])
    assert np.array_equal(day.minute[day.side > 0], day.minute[day.side < 0])


def test_leverage_falls_as_its_inverse_but_for_round_figures() -> None:
    """Off the round figures, as many positions from 2x to 6x as from 6x to 18x: log-uniform."""
    leverage = np.concatenate(
        [draw_arrivals(stream(1, "test", day), SIM, BTC, np.ones(MINUTES)).leverage for day in range(10)]
    )
    free = leverage[~np.isin(leverage, SIM.round_figures)]
    low, high = ((free >= 2) & (free < 6)).sum(), ((free >= 6) & (free < 18)).sum()
    assert low == pytest.approx(high, rel=0.05)
    assert np.isin(leverage, SIM.round_figures).mean() == pytest.approx(SIM.round_share, abs=0.02)


def test_high_leverage_is_short_lived() -> None:
    """The median lifetime above 20x is under that below 5x."""
    day = drawn(SIM, BTC)
    high, low = day.lifetime[day.leverage > 20], day.lifetime[day.leverage < 5]
    assert np.median(high) < np.median(low)


def test_arrivals_follow_activity() -> None:
    """An hour ten times as busy gets about ten times the openings, and a busy day larger ones."""
    activity = np.ones(MINUTES)
    activity[600:660] = 10.0
    busy = drawn(SIM, BTC, activity)
    inside = ((busy.minute > 600) & (busy.minute <= 660)).mean()
    assert inside == pytest.approx(600 / (600 + MINUTES - 60), rel=0.15)
    assert drawn(SIM, BTC, np.full(MINUTES, 4.0)).size.sum() == pytest.approx(2 * drawn(SIM, BTC).size.sum(), rel=0.01)


def test_the_second_venue_likes_more_leverage_and_is_smaller() -> None:
    """Means of either venue's draws."""
    one, two = drawn(SIM, BTC), drawn(SIM2, BTC)
    assert two.leverage.mean() > 1.5 * one.leverage.mean()
    assert two.size.sum() < one.size.sum()
