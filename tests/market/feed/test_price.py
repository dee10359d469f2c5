"""The price of a market: the middle of its book, else its last close, and said which."""

import numpy as np

from service.heatmap import Bars
from service.market.contract import OrderBook
from service.market.feed.price import price_of

HOUR = 3_600_000
FLAT, ONES = np.array([99.0, 101.0]), np.ones(2)
BARS = Bars(np.array([0, HOUR]), FLAT, FLAT, FLAT, FLAT, ONES, ONES, FLAT, FLAT, HOUR)


def test_the_middle_of_the_book_and_when_it_was() -> None:
    """Of the best levels alone, to twelve digits."""
    book = OrderBook(7_000_000, np.array([[100.1, 1.0], [90.0, 5.0]]), np.array([[100.3, 1.0], [110.0, 5.0]]))
    price = price_of(book, BARS)
    assert (price.value, price.source, price.time) == (100.2, "book_middle", 7_000_000)


def test_without_a_book_the_last_close_and_its_time() -> None:
    """Which is the end of the newest bar."""
    price = price_of(None, BARS)
    assert (price.value, price.source, price.time) == (101.0, "last_close", 2 * HOUR)
