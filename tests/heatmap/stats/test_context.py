from typing import Any

import numpy as np
import pytest

from service.heatmap.base.bars import Bars
from service.heatmap.stats.context import (
    ContextFigure,
    annualised,
    book_imbalance,
    newest_of,
    open_interest_change,
    volume_z,
)
from tests.support.hand_made import HOUR, MIDNIGHT, bars_of, steady

NAN = float("nan")


def about(value: float, time: int) -> ContextFigure:
    """Return what equals a figure of about that value."""
    near: Any = pytest.approx(value)
    return ContextFigure(near, time)


def change(bars: Bars, hours: int) -> ContextFigure:
    """Return the change from the open interest at the bars' closes."""
    return open_interest_change(bars.close_time, bars.open_interest, hours)


def with_interest(amounts: list[float], step: int = HOUR) -> Bars:
    """Return steady bars with this open interest."""
    bars = steady(len(amounts), step=step)
    bars.open_interest[:] = amounts
    return bars


def closed(bars: Bars, number: int = -1) -> int:
    """Return when a bar closed."""
    return int(bars.close_time[number])


def test_open_interest_change_on_paper() -> None:
    """From 100 to 110 in the last hour: a tenth; over two hours, from 88: a quarter."""
    bars = with_interest([80.0, 88.0, 100.0, 110.0])
    assert change(bars, 1) == about(0.1, closed(bars))
    assert change(bars, 2) == about(0.25, closed(bars))


def test_five_minute_bars_count_in_hours() -> None:
    """An hour is twelve bars of five minutes."""
    bars = with_interest([100.0] + [500.0] * 11 + [120.0], step=300_000)
    assert change(bars, 1).value == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("amounts", "value", "newest"),
    [([100.0, 110.0, NAN], 0.1, 1), ([NAN, 110.0], None, 1), ([110.0], None, 0), ([NAN, NAN], None, None)],
)
def test_unknown_open_interest_is_not_made_up(amounts: list[float], value: float | None, newest: int | None) -> None:
    """The newest known row is compared with exactly an hour before; its own time is told, or that there is none."""
    bars = with_interest(amounts)
    found = change(bars, 1)
    assert (found.reason is None) == (value is not None)
    assert found.value == (None if value is None else pytest.approx(value))
    assert found.time == (None if newest is None else closed(bars, newest))


def test_an_hour_is_not_to_be_had_of_four_hour_bars() -> None:
    """Bars longer than the span tell nothing of it."""
    bars = with_interest([100.0] * 9, step=4 * HOUR)
    assert change(bars, 1).value is None
    assert change(bars, 24).value == 0.0


def test_the_newest_reading_with_a_value_is_taken() -> None:
    """One without a value is not, however new; if none has one, the first one's reason stands."""
    old, new, none = ContextFigure(0.1, 1), ContextFigure(0.2, 2), ContextFigure(None, 3, "why")
    assert newest_of([old, new, none]) == new
    assert newest_of([new, old]) == new
    assert newest_of([none, ContextFigure(None, 1, "else")]) == none


def test_volume_z_on_paper() -> None:
    """Twenty bars of 8 and 12 have mean 10 and deviation 2: a bar of 17 is 3.5 away."""
    bars = bars_of([(100.0, 101.0, 99.0, 100.0)] * 22, [1000.0, *([8.0, 12.0] * 10), 17.0])
    assert volume_z(bars) == about(3.5, MIDNIGHT + 22 * HOUR)


@pytest.mark.parametrize("volume", [[8.0, 12.0] * 10, [10.0] * 30])
def test_volume_without_history_or_spread(volume: list[float]) -> None:
    """Fewer than twenty bars before, or twenty all alike, give no score."""
    bars = bars_of([(100.0, 101.0, 99.0, 100.0)] * len(volume), volume)
    found = volume_z(bars)
    assert (found.value, found.time) == (None, closed(bars))
    assert found.reason


def test_book_imbalance_on_paper() -> None:
    """Only what rests within 1 % counts, by what it is worth: 300 bid against 100 asked is a half."""
    bids = np.array([[100.0, 2.0], [99.0, 100.0 / 99.0], [98.9, 1e6]])
    asks = np.array([[101.0, 100.0 / 101.0], [101.1, 1e6]])
    assert book_imbalance(bids, asks, 100.0, 7) == about(0.5, 7)
    assert book_imbalance(asks, bids, 100.0, 7).value is not None


def test_an_empty_neighbourhood_has_no_imbalance() -> None:
    """A book that rests farther out than 1 % says nothing."""
    far = np.array([[50.0, 1.0]]), np.array([[150.0, 1.0]])
    found = book_imbalance(*far, 100.0, 7)
    assert (found.value, found.time) == (None, 7)
    assert found.reason


def test_funding_is_annualised_without_compounding() -> None:
    """A basis point every eight hours is 1,095 a year; every hour eight times that."""
    assert annualised(0.0001, 8.0) == pytest.approx(0.1095)
    assert annualised(-0.0001, 1.0) == pytest.approx(-0.876)
