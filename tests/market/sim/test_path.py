import numpy as np
import pytest

from service.market.sim.path import MINUTES, FairPath
from service.market.sim.venues import COINS, Coin

DAYS = range(20_300, 20_665)
BTC = COINS[0]


@pytest.fixture(scope="module", params=COINS, ids=lambda coin: coin.base)
def coin(request: pytest.FixtureRequest) -> Coin:
    """Each coin in turn."""
    chosen: Coin = request.param
    return chosen


@pytest.fixture(scope="module")
def year(coin: Coin) -> np.ndarray:
    """Return log prices [day, minute 0..1440] of a year."""
    path = FairPath(1, coin)
    return np.array([path.day(day).log for day in DAYS])


def test_days_meet(year: np.ndarray) -> None:
    """A day ends where the next begins, also where blocks of days meet."""
    assert np.abs(year[1:, 0] - year[:-1, -1]).max() < 1e-12


def test_a_day_is_the_same_whatever_was_asked_before(coin: Coin, year: np.ndarray) -> None:
    """Forwards, backwards and cold give the same bits."""
    back = FairPath(1, coin)
    for day in (DAYS[-1], DAYS[200], DAYS[0]):
        assert np.array_equal(back.day(day).log, year[day - DAYS[0]])
        assert np.array_equal(FairPath(1, coin).day(day).log, year[day - DAYS[0]])


def test_the_year_stays_near_its_level(coin: Coin, year: np.ndarray) -> None:
    """No drift to absurd levels: within four stationary deviations, and not stuck either."""
    away = year - np.log(coin.level)
    assert np.abs(away).max() < 4 * coin.daily_vol * np.sqrt(45 / 2)
    assert np.ptp(year) > 4 * coin.daily_vol


def test_returns_have_fat_tails_and_clustered_volatility(coin: Coin, year: np.ndarray) -> None:
    """Hourly returns: excess kurtosis, absolute returns that remember, and about the stated daily deviation."""
    returns = np.diff(year[:, ::60], axis=1).ravel()
    size = np.abs(returns)
    assert np.mean((returns - returns.mean()) ** 4) / returns.var() ** 2 > 5
    assert np.corrcoef(size[1:], size[:-1])[0, 1] > 0.1
    daily = np.diff(year[:, 0]).std()
    assert 0.6 * coin.daily_vol < daily < 1.6 * coin.daily_vol


def test_coins_move_together() -> None:
    """The market's share of each shock shows: ETH follows BTC, THIN less so."""
    daily = [np.diff([FairPath(1, coin).day(day).log[0] for day in DAYS[:120]]) for coin in (*COINS[:2], COINS[3])]
    correlation = np.corrcoef(daily)
    assert correlation[0, 1] > 0.7
    assert 0.1 < correlation[0, 2] < 0.75


def test_another_seed_is_another_path() -> None:
    """The seed matters."""
    assert not np.array_equal(FairPath(1, BTC).day(20_500).log, FairPath(2, BTC).day(20_500).log)


def test_activity_is_positive_and_hectic_when_volatile(year: np.ndarray, coin: Coin) -> None:
    """Activity is above zero and rises with the size of moves."""
    days = [FairPath(1, coin).day(day) for day in DAYS[:40]]
    activity = np.concatenate([day.activity for day in days])
    moves = np.concatenate([np.abs(np.diff(day.log)) for day in days])
    assert activity.shape == (40 * MINUTES,)
    assert activity.min() > 0
    assert np.corrcoef(activity, moves)[0, 1] > 0.3
    assert np.isfinite(year).all()
