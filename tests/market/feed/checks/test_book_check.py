"""A book is held against its market before it is kept."""

from dataclasses import replace

import numpy as np
import pytest

from service.market.contract import BadData, OrderBook
from service.market.feed import BOOK_SECONDS, FeedQuery, MarketFeed
from service.market.feed.checks.book_check import require_book_of_market
from service.market.feed.exchange_health.back_off import FIRST_WAIT
from tests.support.fake_exchange import NOW, Clock, FakeExchange

LIVE = FeedQuery("fake", "BTC", "1h", 24)


class Scaled(FakeExchange):
    """An exchange whose books, or whose newest bars, can be off by a factor."""

    price_factor = amount_factor = newest_factor = 1.0

    def order_book(self, symbol: str) -> OrderBook:
        """Return the book, scaled."""
        book = super().order_book(symbol)
        factors = np.array([self.price_factor, self.amount_factor])
        return replace(book, bids=book.bids * factors, asks=book.asks * factors)

    def ohlcv(self, symbol, timeframe, since, until):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - as in FakeExchange
        """Return the bars, of 5 minutes scaled."""
        bars = super().ohlcv(symbol, timeframe, since, until)
        return replace(bars, close=bars.close * self.newest_factor) if timeframe == "5m" else bars


@pytest.fixture
def fake() -> Scaled:
    """Return the exchange."""
    return Scaled()


@pytest.mark.parametrize(
    ("factor", "words"),
    [({"price_factor": 1.2}, "far from the price"), ({"price_factor": 0.8}, "far"), ({"amount_factor": 1e6}, "worth")],
)
def test_a_book_that_does_not_fit_is_neither_kept_nor_shown(fake: Scaled, factor: dict[str, float], words: str) -> None:
    """The map stands without it and says why, the price is the last close, and a second later it is asked for again."""
    clock = Clock()
    feed = MarketFeed({"fake": fake}, clock)
    fake.__dict__.update(factor)
    data = feed.load(LIVE)
    assert data.book is None
    assert words in data.missing["order_book"]
    assert data.price == data.bars.close[-1]
    fake.__dict__.update(dict.fromkeys(factor, 1.0))
    clock.now += FIRST_WAIT
    assert feed.load(LIVE).book is not None
    assert len(fake.asked("order_book")) == 2


def test_a_book_in_hand_outlives_a_bad_one(fake: Scaled) -> None:
    """While it is fresh, and no longer."""
    clock = Clock()
    feed = MarketFeed({"fake": fake}, clock)
    before = feed.load(LIVE).book
    fake.amount_factor = 1e6
    assert feed.load(LIVE).book is before
    clock.now = NOW + BOOK_SECONDS + 1
    assert feed.load(LIVE).book is None


def test_in_a_crash_the_newest_trade_decides(fake: Scaled) -> None:
    """Where the last closed bar is far from the book, the bar that is forming tells whether the book is right."""
    feed = MarketFeed({"fake": fake}, Clock())
    fake.price_factor = fake.newest_factor = 0.8
    data = feed.load(LIVE)
    assert data.book is not None
    assert data.price < 0.9 * data.bars.close[-1]
    assert [call[1] for call in fake.asked("ohlcv")] == ["1h", "5m"]


def test_a_book_that_is_near_costs_no_other_call(fake: Scaled) -> None:
    """The last close is enough."""
    MarketFeed({"fake": fake}, Clock()).load(LIVE)
    assert [call[1] for call in fake.asked("ohlcv")] == ["1h"]


def book(price: float = 100.0, amount: float = 5.0) -> OrderBook:
    """Return ten levels a side."""
    away = np.arange(1, 11) * 1e-4
    return OrderBook(
        0,
        np.column_stack((price * (1 - away), np.full(10, amount))),
        np.column_stack((price * (1 + away), np.full(10, amount))),
    )


@pytest.mark.parametrize(("price", "amount"), [(95.3, 1.0), (104.9, 1.0), (100, 0.6)])
def test_a_book_that_fits_its_market_passes(price: float, amount: float) -> None:
    """Proves that 5 % and a multiple of the market are within what is believed."""
    require_book_of_market("x", book(), price, amount)


@pytest.mark.parametrize(("price", "amount"), [(90.0, 1e3), (110.0, 1e3), (10, 1e3), (100, 0.4)])
def test_a_book_of_another_market_is_refused(price: float, amount: float) -> None:
    """Proves that a middle far from the price, and amounts a hundred times the market, are refused."""
    with pytest.raises(BadData, match=r"^x: order book: "):
        require_book_of_market("x", book(), price, amount)


def test_penny_orders_are_no_other_market(fake: Scaled) -> None:
    """Hundreds of millions of coins at the lowest tick, and asks at hundreds of times the price, are worth nothing."""
    book = fake.order_book("BTC")
    stray = replace(
        book,
        bids=np.vstack((book.bids, [1e-5, 4e8])),
        asks=np.vstack((book.asks, [57_000.0, 1e6])),
    )
    fake.order_book = lambda symbol: stray  # type: ignore[method-assign]  # noqa: ARG005 - as in FakeExchange
    data = MarketFeed({"fake": fake}, Clock()).load(LIVE)
    assert data.book is stray
