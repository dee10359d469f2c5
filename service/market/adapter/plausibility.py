"""Plausibility: values that are well formed and cannot be true, told from markets that crash.

The hardest hours of 2024 moved BTC by 8 % and ETH by 17 % from high to low (5 August), and thin coins fall by half:
factors of 10 leave them all room.
"""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base import Floats
from service.market.adapter.validation import when
from service.market.contract import BadData, OrderBook

# In quote currency: from a millionth of the cheapest coin's price to ten thousand times that of bitcoin.
LOWEST_PRICE, HIGHEST_PRICE = 1e-14, 1e9
# Coins in one bar, in open interest or at one level: the cheapest coins trade some 1e15 a day.
MOST_AMOUNT = 1e18
# Quote currency in one bar: a hundred times what all markets together trade in a day.
MOST_NOTIONAL = 1e14
# A price that leaps by so much and back was never paid by anybody; nor was a high so far over its bar.
PRICE_LEAP = 10.0
# Lows reach further: where a book empties, single trades at a thousandth of the price have happened.
LOW_REACH = 10_000.0
# Open interest that leaps by so much and back. The most that it moved by in an hour of summer 2024 is 11 % (SOL); one
# way it may grow by far more in a market that has just been listed, so the newest readings are given more room.
INTEREST_LEAP, NEWEST_INTEREST_LEAP = 20.0, 1000.0
# A new level is believed when it has held for so many rows: contracts are redenominated, by a thousand at times.
ROWS_TO_BELIEVE = 3
# A book that is older, or so far in the future, is not the present one; quiet markets do not change for a while.
BOOK_AGE_MS = 300_000


def require_plausible_candles(exchange: str, what: str, table: Floats) -> None:
    """Raise BadData unless rows of (time, open, high, low, close, volume in base coin), oldest first, can be true."""
    opened, high, low, close, volume = table.T[1:]
    top, bottom = np.maximum(opened, close), np.minimum(opened, close)
    # trading may open with a wild bar
    later = np.arange(len(table)) > 0
    for wrong, words in (
        ((low < LOWEST_PRICE) | (high > HIGHEST_PRICE), "price beyond all prices"),
        ((volume > MOST_AMOUNT) | (volume > MOST_NOTIONAL / close), "volume beyond all volumes"),
        (later & (high > PRICE_LEAP * top), "high far above open and close"),
        (later & (low < bottom / LOW_REACH), "low far below open and close"),
    ):
        _refuse(exchange, what, table, wrong, words)
    leap = _leap(np.column_stack((opened, close)).ravel(), PRICE_LEAP, PRICE_LEAP, 2 * ROWS_TO_BELIEVE)
    if leap is not None:
        raise BadData(exchange, f"{what}: the price leaps and does not hold at {when(table[leap // 2])}")


def require_plausible_interest(exchange: str, table: Floats) -> None:
    """Raise BadData unless rows of (time, open interest in base coin), oldest first, can be true."""
    amount = table[:, 1]
    _refuse(exchange, "open interest", table, amount > MOST_AMOUNT, "more coins than there are")
    leap = _leap(amount, INTEREST_LEAP, NEWEST_INTEREST_LEAP, ROWS_TO_BELIEVE)
    if leap is not None:
        raise BadData(exchange, f"open interest: {amount[leap]:g} leaps and does not hold at {when(table[leap])}")


def require_plausible_book(exchange: str, book: OrderBook, now: int) -> None:
    """Raise BadData unless the book's time is about `now` (epoch ms) and its prices and amounts can be true."""
    if abs(now - book.time) > BOOK_AGE_MS:
        raise BadData(exchange, f"order book: its time is {abs(now - book.time) / 1000:.0f} s from now")
    for side in (book.bids, book.asks):
        if side[:, 0].min() < LOWEST_PRICE or side[:, 0].max() > HIGHEST_PRICE or side[:, 1].max() > MOST_AMOUNT:
            raise BadData(exchange, "order book: a price or an amount beyond all others")


def _leap(values: Floats, factor: float, newest_factor: float, believed: int) -> int | None:
    """Return the index of the first value that leapt by `factor` and back, or by `newest_factor` a moment ago."""
    moves = np.diff(np.log(values))
    leaps = np.flatnonzero(np.abs(moves) >= np.log(factor))
    back = np.flatnonzero(np.diff(np.sign(moves[leaps])))
    if len(back):
        return int(leaps[back[0]]) + 1
    new = leaps[(leaps >= len(moves) - believed + 1) & (np.abs(moves[leaps]) >= np.log(newest_factor))]
    return int(new[0]) + 1 if len(new) else None


def _refuse(exchange: str, what: str, table: Floats, wrong: NDArray[np.bool_], words: str) -> None:
    if wrong.any():
        raise BadData(exchange, f"{what}: {words} at {when(table[wrong][0])}")
