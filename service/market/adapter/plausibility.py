"""Plausibility: values that are well formed and cannot be true, told from markets that crash.

The hardest hours of 2024 moved BTC by 8 % and ETH by 17 % from high to low (5 August), and thin coins fall by half:
factors of 10 leave them all room.
"""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base import Floats
from service.market.contract import BadData, OrderBook

Mask = NDArray[np.bool_]

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


def absurd_candles(table: Floats) -> tuple[Mask, str]:
    """Return which rows of (time, open, high, low, close, volume in base coin), oldest first, cannot be true, and why.

    Rows with NaN are passed over.
    """
    whole = _whole(table)
    opened, high, low, close, volume = table[whole].T[1:]
    top, bottom = np.maximum(opened, close), np.minimum(opened, close)
    # trading may open with a wild bar
    later = np.arange(len(top)) > 0
    reasons = [
        ((low < LOWEST_PRICE) | (high > HIGHEST_PRICE), "have a price beyond all prices"),
        ((volume > MOST_AMOUNT) | (volume > MOST_NOTIONAL / close), "have a volume beyond all volumes"),
        (later & (high > PRICE_LEAP * top), "have a high far above open and close"),
        (later & (low < bottom / LOW_REACH), "have a low far below open and close"),
    ]
    ends = np.column_stack((opened, close)).ravel()
    leaping = _displaced(ends, PRICE_LEAP, PRICE_LEAP, 2 * ROWS_TO_BELIEVE)
    leaping = leaping[::2] | leaping[1::2]
    return _of_all(whole, [*reasons, (leaping, "have a price that leaps and does not hold")])


def absurd_interest(table: Floats) -> tuple[Mask, str]:
    """Return which rows of (time, open interest in base coin), oldest first, cannot be true, and why; NaN is passed."""
    whole = _whole(table)
    amount = table[whole, 1]
    too_many = np.asarray(amount > MOST_AMOUNT)
    leaping = _displaced(amount, INTEREST_LEAP, NEWEST_INTEREST_LEAP, ROWS_TO_BELIEVE)
    return _of_all(whole, [(too_many, "are more coins than there are"), (leaping, "leap and do not hold")])


def require_plausible_book(exchange: str, book: OrderBook, now: int) -> None:
    """Raise BadData unless the book's time is about `now` (epoch ms) and its prices and amounts can be true."""
    if abs(now - book.time) > BOOK_AGE_MS:
        raise BadData(exchange, f"order book: its time is {abs(now - book.time) / 1000:.0f} s from now")
    for side in (book.bids, book.asks):
        if side[:, 0].min() < LOWEST_PRICE or side[:, 0].max() > HIGHEST_PRICE or side[:, 1].max() > MOST_AMOUNT:
            raise BadData(exchange, "order book: a price or an amount beyond all others")


def _displaced(values: Floats, factor: float, newest_factor: float, believed: int) -> Mask:
    """Tell which values lie between a leap by `factor` and the leap back, or after one by `newest_factor` just now."""
    found = np.zeros(len(values), dtype=bool)
    at = np.arange(len(values))
    while len(at) > 1:
        moves = np.diff(np.log(values[at]))
        leaps = np.flatnonzero(np.abs(moves) >= np.log(factor))
        back = np.flatnonzero(np.diff(np.sign(moves[leaps])))
        if len(back):
            between = at[leaps[back[0]] + 1 : leaps[back[0] + 1] + 1]
        else:
            new = leaps[(leaps >= len(moves) - believed + 1) & (np.abs(moves[leaps]) >= np.log(newest_factor))]
            between = at[new[0] + 1 :] if len(new) else at[:0]
        if not len(between):
            break
        found[between] = True
        at = at[~found[at]]
    return found


def _whole(table: Floats) -> Mask:
    return np.asarray(np.isfinite(table).all(axis=1), dtype=np.bool_)


def _of_all(whole: Mask, reasons: list[tuple[Mask, str]]) -> tuple[Mask, str]:
    """Return which of all rows any reason is against, and the words of the one that is against most."""
    wrong = np.zeros(len(whole), dtype=bool)
    wrong[whole] = np.any([mask for mask, _ in reasons], axis=0)
    return wrong, max(reasons, key=lambda reason: int(reason[0].sum()))[1]
