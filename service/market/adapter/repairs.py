"""Repairs: one bad row of a series costs that row alone.

What has one reading is put right: rows out of order are sorted, those of the same time are made one. A row that cannot
be right otherwise keeps its time and loses its figures (NaN): it counts as not known, and is asked for again like one
that was not sent. Where most of an answer is like that, it is no answer.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base import Floats
from service.market.adapter.plausibility import absurd_candles, absurd_interest
from service.market.contract import BadData

Mask = NDArray[np.bool_]

# 2001 and 2100: a time in seconds, or a row that is not a row, falls outside.
EARLIEST, LATEST = 1_000_000_000_000, 4_102_444_800_000
# An answer is refused if more of its rows than this share cannot be used; a few rows say nothing of the others.
MOST_UNUSABLE, FEW_ROWS = 0.5, 8
# An open or close may lie so far outside its bar, in steps of the price or as a share of it: the bar's range is then
# taken to be too narrow. Some venues stamp the last trade before the bar as its open, or round differently.
TICKS_OUTSIDE, SHARE_OUTSIDE = 2.0, 0.002


def candle_rows(exchange: str, what: str, sent: object, step: int, tick: float) -> Floats:
    """Return the rows of an answer as float64[n, 6] of (time, open, high, low, close, volume), oldest first.

    `step` is the length of a bar in ms, `tick` the price step. A row that cannot be a bar has NaN but for its time; so
    has one without any price, as venues send of a halt. An open or close just outside the range is left there. Raises
    BadData where too much cannot be used.
    """
    table = _readable(exchange, what, sent, 6)
    off_grid = table[:, 0] % step != 0
    _refuse_most(exchange, what, off_grid, "open off the timeframe's grid")
    table = _one_a_time(table[~off_grid], _merged_candle)
    halted = (np.nan_to_num(table[:, 1:5]) == 0).all(axis=1)
    wrong = ~halted & ~_is_bar(table, tick)
    _refuse_most(exchange, what, wrong, "cannot be bars")
    table[halted | wrong, 1:] = np.nan
    return table


def interest_rows(exchange: str, sent: object) -> Floats:
    """Return the rows of an answer as float64[n, 2] of (time, open interest), oldest first.

    Amounts that are not above 0 are NaN: venues send 0 where nobody counted. Raises BadData where the answer is none.
    """
    table = _one_a_time(_readable(exchange, "open interest", sent, 2), _newest_sent)
    _refuse_most(exchange, "open interest", table[:, 1] < 0, "are below 0")
    table[~(table[:, 1] > 0), 1] = np.nan
    return table


def credible_candles(exchange: str, what: str, table: Floats) -> Floats:
    """Return bars in base coin with NaN where one cannot be true; raises BadData where most cannot."""
    absurd, words = absurd_candles(table)
    _refuse_most(exchange, what, absurd, words)
    return _without(table, absurd)


def credible_interest(exchange: str, table: Floats) -> Floats:
    """Return open interest in base coin with NaN where it cannot be true; raises BadData where most cannot."""
    absurd, words = absurd_interest(table)
    _refuse_most(exchange, "open interest", absurd, words)
    return _without(table, absurd)


def known(table: Floats) -> Floats:
    """Return the rows in which every figure is known."""
    rows: Floats = table[np.isfinite(table).all(axis=1)]
    return rows


def _readable(exchange: str, what: str, sent: object, width: int) -> Floats:
    """Return rows with a time, in order of time; a cell that is no number is NaN."""
    if not isinstance(sent, list):
        raise BadData(exchange, f"{what}: not a list of rows")
    if not sent:
        return np.empty((0, width))
    table = np.array([_numbers(row, width) for row in sent])
    placed = (table[:, 0] >= EARLIEST) & (table[:, 0] < LATEST) & (table[:, 0] % 1 == 0)
    if not placed.any():
        raise BadData(exchange, f"{what}: no row of {len(sent)} has a time in ms")
    _refuse_most(exchange, what, ~placed, "have no time in ms")
    unread = ~np.isfinite(table[:, 1:]).all(axis=1)
    _refuse_most(exchange, what, unread, f"are not {width} numbers each")
    table = table[placed]
    steps = np.diff(table[:, 0])
    if len(steps) and (steps <= 0).all():
        # Newest first, equal times included: what was sent last of a time comes last.
        table = table[::-1]
    rows: Floats = table[np.argsort(table[:, 0], kind="stable")]
    return rows


def _numbers(row: object, width: int) -> list[float]:
    if not isinstance(row, list | tuple) or len(row) != width:
        return [np.nan] * width
    return [_number(cell) for cell in row]


def _number(cell: object) -> float:
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return np.nan
    try:
        value = float(cell)
    except (ValueError, OverflowError):
        return np.nan
    return value if np.isfinite(value) else np.nan


def _one_a_time(table: Floats, merged: Callable[[Floats], Floats]) -> Floats:
    """Return the table with the rows of the same time made one."""
    if not (np.diff(table[:, 0]) == 0).any():
        return table
    first = np.flatnonzero(np.diff(table[:, 0], prepend=-1.0))
    stops = np.append(first[1:], len(table))
    return np.array([merged(table[start:stop]) for start, stop in zip(first, stops, strict=True)])


def _merged_candle(rows: Floats) -> Floats:
    """Return the bar of several rows of one time: the one that traded most, over the range of all."""
    whole = rows[np.isfinite(rows).all(axis=1)]
    if not len(whole):
        return _newest_sent(rows)
    bar: Floats = whole[len(whole) - 1 - int(np.argmax(whole[::-1, 5]))].copy()
    bar[2], bar[3] = whole[:, 2].max(), whole[:, 3].min()
    return bar


def _newest_sent(rows: Floats) -> Floats:
    whole = rows[np.isfinite(rows).all(axis=1)]
    return np.asarray((whole if len(whole) else rows)[-1], dtype=np.float64)


def _is_bar(table: Floats, tick: float) -> Mask:
    """Tell which rows can be bars: prices above 0, a range, open and close in it or just outside, volume."""
    opened, high, low, close, volume = table.T[1:]
    with np.errstate(invalid="ignore"):
        slack = np.maximum(TICKS_OUTSIDE * tick, SHARE_OUTSIDE * low) * (1.0 + 1e-9)
        inside = (np.minimum(opened, close) >= low - slack) & (np.maximum(opened, close) <= high + slack)
        priced = (table[:, 1:5] > 0).all(axis=1)
        found: Mask = priced & inside & (high >= low) & (volume >= 0)
    return found


def _without(table: Floats, rows: Mask) -> Floats:
    table = table.copy()
    table[rows, 1:] = np.nan
    return table


def _refuse_most(exchange: str, what: str, wrong: Mask, words: str) -> None:
    count, rows = int(wrong.sum()), len(wrong)
    if rows > FEW_ROWS and count > MOST_UNUSABLE * rows:
        raise BadData(exchange, f"{what}: {count} of {rows} rows ({count / rows:.0%}) {words}")
