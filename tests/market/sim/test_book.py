import numpy as np
import pytest

from service.market.contract import OrderBook
from service.market.sim.book import draw_book
from service.market.sim.streams import stream
from service.market.sim.venues import COINS, SIM, Coin

NOW = 1_790_000_000_000


def book_of(coin: Coin, activity: float = 1.0) -> OrderBook:
    """Draw one book at the coin's level."""
    return draw_book(stream(1, "book"), SIM, coin, NOW, round(coin.level * coin.ticks), activity)


def within(side: np.ndarray, price: float, low: float, high: float) -> float:
    """Return the amount between two distances from the price, fractions of it."""
    away = np.abs(side[:, 0] / price - 1)
    return float(side[(away > low) & (away <= high), 1].sum())


@pytest.mark.parametrize("coin", COINS, ids=lambda coin: coin.base)
def test_a_book_is_well_formed(coin: Coin) -> None:
    """Bids fall below the price, asks rise above it, amounts are whole lots, and it reaches beyond 7 %."""
    book = book_of(coin)
    assert book.time == NOW
    for side, sign in ((book.bids, -1), (book.asks, 1)):
        assert (sign * np.diff(side[:, 0]) > 0).all()
        assert (sign * (side[:, 0] - coin.level) > 0).all()
        lots = side[:, 1] * coin.lots
        assert np.allclose(lots, np.rint(lots), rtol=0, atol=1e-6)
        assert lots.min() > 0.5
        assert np.abs(side[-1, 0] / coin.level - 1) > 0.07


@pytest.mark.parametrize("coin", COINS, ids=lambda coin: coin.base)
def test_depth_thins_away_from_the_price(coin: Coin) -> None:
    """The first 1 % holds about the stated depth, and several times what the band from 4 % to 5 % holds."""
    book = book_of(coin)
    for side in (book.bids, book.asks):
        near = within(side, coin.level, 0, 0.01)
        assert near == pytest.approx(coin.depth * coin.open_interest, rel=0.5)
        assert near > 3 * within(side, coin.level, 0.04, 0.05)


def test_round_prices_have_walls() -> None:
    """In BTC's book the level holding 75,000 and that holding 80,000 stand out from their neighbours."""
    btc = COINS[0]
    book = book_of(btc)
    for side, price in ((book.bids, 75_000), (book.asks, 80_000)):
        at = int(
            np.argmax(np.abs(side[:, 0]) * np.sign(side[1, 0] - side[0, 0]) >= price * np.sign(side[1, 0] - side[0, 0]))
        )
        around = np.concatenate((side[at - 10 : at, 1], side[at + 1 : at + 11, 1]))
        assert side[at, 1] > 3 * np.median(around)


def test_hectic_trade_thins_the_book() -> None:
    """Nine times the pace, a third of the depth."""
    btc = COINS[0]
    assert book_of(btc, 9.0).bids[:, 1].sum() == pytest.approx(book_of(btc).bids[:, 1].sum() / 3, rel=1e-3)
