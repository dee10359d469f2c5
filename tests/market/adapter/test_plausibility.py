"""What cannot be true is told by row, and the hardest real hours pass."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.market.adapter.plausibility import (
    BOOK_AGE_MS,
    ROWS_TO_BELIEVE,
    absurd_candles,
    absurd_interest,
    require_plausible_book,
)
from service.market.contract import BadData, OrderBook
from tests.support.real_hours import SYMBOLS, load

HOUR = 3_600_000
T0 = 1_722_470_400_000
OPEN, HIGH, LOW, CLOSE, VOLUME = range(1, 6)
PRICES = [OPEN, HIGH, LOW, CLOSE]


def bars(count: int = 20) -> np.ndarray:
    """Return hourly bars around 100."""
    time = T0 + HOUR * np.arange(count)
    opened, close = 100 + np.sin(time / 9e6), 100 + np.sin((time + HOUR) / 9e6)
    high, low = np.maximum(opened, close) + 1, np.minimum(opened, close) - 1
    return np.column_stack((time, opened, high, low, close, np.full(count, 50.0)))


def interest(*amounts: float) -> np.ndarray:
    """Return hourly readings."""
    return np.column_stack((T0 + HOUR * np.arange(len(amounts)), amounts))


def wrong_bars(table: np.ndarray) -> list[int]:
    """Return the rows that cannot be true."""
    return [int(row) for row in np.flatnonzero(absurd_candles(table)[0])]


def wrong_interest(table: np.ndarray) -> list[int]:
    """Return the rows that cannot be true."""
    return [int(row) for row in np.flatnonzero(absurd_interest(table)[0])]


@pytest.mark.real_hours
def test_real_hours_pass_with_a_wide_margin() -> None:
    """Proves that the summer of 2024, the crash of 5 August within it, passes even with its swings cubed."""
    for symbol in SYMBOLS:
        hours = load(symbol)
        table = np.column_stack([hours[name] for name in ("timestamp", "open", "high", "low", "close", "volume")])
        assert wrong_bars(table) == []
        swings = table.copy()
        swings[:, OPEN:VOLUME] = table[:, OPEN:VOLUME] ** 3 / table[0, OPEN] ** 2
        assert wrong_bars(swings) == []
        time, amount = (hours[name][np.isfinite(hours["oi_close"])] for name in ("timestamp", "oi_close"))
        assert wrong_interest(np.column_stack((time, amount))) == []
        assert wrong_interest(np.column_stack((time, amount**3 / amount[0] ** 2))) == []


def test_a_crash_by_nine_tenths_and_back_passes() -> None:
    """Proves that a bar whose low is a hundredth of the price, and a market that falls by 80 % in a bar, are kept."""
    wick = bars()
    wick[7, LOW] /= 100
    assert wrong_bars(wick) == []
    fall = bars()
    fall[7:, OPEN:VOLUME] *= 0.2
    fall[15:, OPEN:VOLUME] *= 4
    assert wrong_bars(fall) == []


@pytest.mark.parametrize(
    ("rows", "columns", "factor", "words"),
    [
        (slice(7, 8), PRICES, 12, "leaps"),
        (slice(7, 8), PRICES, 1 / 12, "leaps"),
        (slice(7, 8), [HIGH, CLOSE], 12, "leaps"),
        (slice(5, 9), PRICES, 12, "leaps"),
        (slice(19, 20), PRICES, 12, "leaps"),
        (slice(7, 8), [HIGH], 13, "high far above"),
        (slice(7, 8), [LOW], 1e-6, "low far below"),
        (slice(0, 20), PRICES, 1e298, "beyond all prices"),
        (slice(0, 20), PRICES, 1e-20, "beyond all prices"),
        (slice(7, 8), [VOLUME], 1e200, "beyond all volumes"),
        (slice(7, 8), [VOLUME], 1e11, "beyond all volumes"),
    ],
)
def test_absurd_bars_are_told(rows: slice, columns: list[int], factor: float, words: str) -> None:
    """Proves each limit by a table that breaks it alone: just these rows, and the words say what is wrong."""
    table = bars()
    assert wrong_bars(table) == []
    table[rows, columns] *= factor
    assert wrong_bars(table) == list(range(20))[rows]
    assert words in absurd_candles(table)[1]


def test_several_leaps_cost_the_rows_between_them() -> None:
    """Proves that a table may have more than one, one within another, and that rows of NaN are passed over."""
    table = bars()
    table[3, PRICES] *= 12
    table[8:12, PRICES] *= 20
    table[9, PRICES] *= 20
    table[15, 1:] = np.nan
    assert wrong_bars(table) == [3, 8, 9, 10, 11]


@settings(deadline=None)
@given(st.integers(1, 19), st.sampled_from([0.001, 1000.0]))
def test_a_new_level_is_believed_once_it_holds(row: int, factor: float) -> None:
    """Proves that a contract that is redenominated is out for its first bars alone."""
    table = bars()
    table[row:, OPEN:VOLUME] *= factor
    assert wrong_bars(table) == ([] if len(table) - row >= ROWS_TO_BELIEVE else list(range(row, 20)))


def test_trading_may_open_with_a_wild_bar() -> None:
    """Proves that the first bar of all has no limits but those of any price."""
    table = bars()
    table[0, [OPEN, HIGH, LOW]] = [1, 5000, 0.5]
    assert wrong_bars(table) == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_rows_pass(count: int) -> None:
    """Proves that a tail of hardly any rows is no error."""
    assert wrong_bars(bars(count)) == []
    assert wrong_interest(interest(*[100.0] * count)) == []


@pytest.mark.parametrize(
    ("amounts", "rows"),
    [
        ((100, 100, 1e5, 100, 100), [2]),
        ((100, 100, 0.1, 100, 100), [2]),
        ((100, 3000, 3000, 100), [1, 2]),
        ((100, 100, 1.1e5), [2]),
        ((100, 100, 0.09), [2]),
        ((100, 1e19), [1]),
        ((100, np.nan, 1e5, np.nan, 100), [2]),
    ],
)
def test_absurd_open_interest_is_told(amounts: tuple[float, ...], rows: list[int]) -> None:
    """Proves that what leaps and comes back, or has leapt too far just now, is no reading."""
    assert wrong_interest(interest(*amounts)) == rows


@pytest.mark.parametrize(
    "amounts", [(100, 50, 30, 100), (1, 50, 400, 9000), (100, 100, 5e5, 5e5, 5e5), (100, 1900, 100)]
)
def test_open_interest_may_grow_and_fall(amounts: tuple[float, ...]) -> None:
    """Proves that a fall by two thirds, a young market's growth and a change of unit that holds are kept."""
    assert wrong_interest(interest(*amounts)) == []


def book(price: float = 100.0, amount: float = 5.0, time: int = T0) -> OrderBook:
    """Return ten levels a side."""
    away = np.arange(1, 11) * 1e-4
    return OrderBook(
        time,
        np.column_stack((price * (1 - away), np.full(10, amount))),
        np.column_stack((price * (1 + away), np.full(10, amount))),
    )


@pytest.mark.parametrize("late", [0, 60_000, BOOK_AGE_MS, -BOOK_AGE_MS])
def test_a_book_of_now_passes(late: int) -> None:
    """Proves that a quiet market's book, and a clock that is off by a little, are no error."""
    require_plausible_book("x", book(), T0 + late)


@pytest.mark.parametrize(
    ("sent", "late"),
    [(book(), BOOK_AGE_MS + 1), (book(), -BOOK_AGE_MS - 1), (book(1e300), 0), (book(1e-20), 0), (book(100, 1e19), 0)],
)
def test_an_absurd_book_is_refused(sent: OrderBook, late: int) -> None:
    """Proves that an old book, one of the future, and one beyond all prices or amounts are none."""
    with pytest.raises(BadData, match=r"^x: order book: "):
        require_plausible_book("x", sent, T0 + late)
