import numpy as np
import pytest

from service.market.sim.day import _push
from service.market.sim.history import MarketHistory
from service.market.sim.path import FairPath
from service.market.sim.venues import COINS, SIM, SIM2, Coin, Venue

DAY = 20_700
BTC = COINS[0]
CLOSES = [774365, 789364, 818961]  # tenths of a dollar
INTEREST = [93824656, 95919257]  # thousandths of a coin
LIQUIDATED = (388242, 17676106)  # long, short


@pytest.mark.parametrize("venue", [SIM, SIM2], ids=lambda venue: venue.id)
@pytest.mark.parametrize("coin", [BTC, COINS[3]], ids=lambda coin: coin.base)
def test_a_cold_start_forgets_its_beginning(venue: Venue, coin: Coin) -> None:
    """A day reached by 45 days of simulation and one started cold have the same bits: positions, marks and trades."""
    long = MarketHistory(venue, coin, 1)
    long.tape(DAY - 45, DAY - 1)
    warm, cold = long.day(DAY), MarketHistory(venue, coin, 1).day(DAY)
    for name in ("mark", "trade", "activity"):
        assert np.array_equal(getattr(warm, name), getattr(cold, name))
    for name in ("side", "size", "entry", "lower", "upper", "entered", "leaves"):
        assert np.array_equal(getattr(warm.result.positions, name), getattr(cold.result.positions, name))
    assert np.array_equal(warm.result.ended, cold.result.ended)


def test_what_is_kept_is_bounded() -> None:
    """Asking for more days than are kept still answers them all."""
    history = MarketHistory(SIM, COINS[3], 1)
    assert len(history.tape(DAY - 410, DAY).close) == 411 * 288
    assert len(history._tapes) == 400
    assert len(history._states) <= 3


def test_the_market_is_pinned() -> None:
    """Figures of one day as first published: whoever changes them changes every past day of the simulated market."""
    tape = MarketHistory(SIM, BTC, 1).tape(DAY, DAY)
    assert tape.close[[0, 143, 287]].tolist() == CLOSES
    assert tape.open_interest[[0, 287]].tolist() == INTEREST
    assert (int(tape.liquidated_long.sum()), int(tape.liquidated_short.sum())) == LIQUIDATED


def test_liquidations_push_price_with_the_flow() -> None:
    """One percent of usual open interest bought by force lifts price by under 0.25 %, half of it 20 minutes later."""
    pressure = np.zeros(360)
    pressure[72] = 0.01
    push = _push(pressure)
    assert push[0] == 0
    assert push[5] == pytest.approx(0.0025 / (1 + 0.0025 / 0.015))
    small = np.where(pressure > 0, 1e-6, 0.0)
    assert _push(small)[25] == pytest.approx(_push(small)[5] / 2, rel=1e-3)
    assert np.array_equal(_push(-pressure), -push)


def test_the_push_is_limited() -> None:
    """Liquidating everything at once moves price by less than 1.5 %."""
    assert 0.014 < _push(np.full(360, 1.0)).max() < 0.015


def test_the_published_price_overshoots_where_many_are_liquidated() -> None:
    """The mark leaves the fair path in the direction of net forced flow."""
    history, fair = MarketHistory(SIM, BTC, 1), FairPath(1, BTC)
    tape = history.tape(DAY - 30, DAY)
    forced = (tape.liquidated_short.astype(float) - tape.liquidated_long).reshape(-1, 288)
    path = np.array([fair.day(day).log[5::5] for day in range(DAY - 30, DAY + 1)])
    away = np.log(tape.mark_close.reshape(-1, 288) / BTC.ticks) - path
    assert np.corrcoef(forced.ravel(), away.ravel())[0, 1] > 0.3
    assert np.abs(away).max() < 0.0151
