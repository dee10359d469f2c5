"""Contracts of a thousand coins, said of one coin: prices divided, amounts multiplied, money the same."""

from dataclasses import replace

import numpy as np

from service.market.contract import Candles, Liquidations, Market, OpenInterest, OrderBook
from service.market.feed.alignment.per_coin import book_per_coin, listing_notes, series_per_coin

TIME = np.array([0, 3_600_000])
PRICE = np.array([8.0, 16.0])
ROWS = Candles(TIME, PRICE, PRICE, PRICE, PRICE, np.array([2.0, 4.0]))
BOOK = OrderBook(0, np.array([[8.0, 2.0]]), np.array([[16.0, 4.0]]))
PEPE = Market("PEPE/USDT:USDT", "PEPE", "USDT", "USDT", contract_size=1.0, price_tick=0.0, taker_fee=0.0)


def test_what_was_traded_is_worth_the_same() -> None:
    """Price times amount, of bars and of a book's levels."""
    one = series_per_coin(ROWS, 1000.0)
    assert one.close.tolist() == [0.008, 0.016]
    np.testing.assert_allclose(one.close * one.volume, ROWS.close * ROWS.volume)
    book = book_per_coin(BOOK, 1000.0)
    assert book.bids.tolist() == [[0.008, 2000.0]]
    np.testing.assert_allclose(book.asks.prod(axis=1), BOOK.asks.prod(axis=1))


def test_open_interest_is_in_coins_and_liquidations_in_usd() -> None:
    """The first is multiplied, the second stays."""
    assert series_per_coin(OpenInterest(TIME, np.array([1.0, 2.0])), 1000.0).amount.tolist() == [1000, 2000]
    usd = Liquidations(TIME, np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    assert series_per_coin(usd, 1000.0) is usd


def test_single_coins_are_left_alone() -> None:
    """The very same rows."""
    assert series_per_coin(ROWS, 1.0) is ROWS
    assert book_per_coin(BOOK, 1.0) is BOOK


def test_it_is_said() -> None:
    """With the name of the listing, and only where it is so."""
    assert listing_notes(PEPE) == []
    assert listing_notes(replace(PEPE, unit=1000.0, listed_as="1000PEPE")) == [
        "Listed as 1000PEPE, 1,000 coins each: prices and amounts are brought to one PEPE."
    ]
