"""Series are sliced, joined and measured by their times, and no row loses its columns on the way."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from service.market.contract import Candles, Liquidations, OpenInterest

TIMES = st.sets(st.integers(0, 40))


def liquidations(times: set[int], factor: float = 1.0) -> Liquidations:
    """Return rows whose columns follow from their time."""
    time = np.array(sorted(times), dtype=np.int64)
    amount = factor * time.astype(np.float64)
    return Liquidations(time, np.array(amount, np.float64), np.array(-amount, np.float64))


@settings(deadline=None)
@given(TIMES, TIMES)
def test_joined_rows_are_those_of_both_and_the_newer_ones_count(older: set[int], newer: set[int]) -> None:
    """Against a dictionary by time."""
    both = liquidations(older).joined(liquidations(newer, 100.0))
    expected = {time: float(time) for time in older} | {time: 100.0 * time for time in newer}
    assert dict(zip(both.time.tolist(), both.long.tolist(), strict=True)) == expected
    assert both.time.tolist() == sorted(expected)
    np.testing.assert_array_equal(both.short, -both.long)


@settings(deadline=None)
@given(TIMES, st.integers(-5, 45), st.integers(-5, 45))
def test_between_is_half_open(times: set[int], since: int, until: int) -> None:
    """Against the definition."""
    rows = liquidations(times).between(since, until)
    assert rows.time.tolist() == [time for time in sorted(times) if since <= time < until]
    np.testing.assert_array_equal(rows.long, rows.time)


def test_columns_stand_side_by_side_in_the_order_of_the_fields() -> None:
    """Open, high, low, close, volume."""
    candles = Candles(np.array([7]), *(np.array([float(n)]) for n in range(5)))
    np.testing.assert_array_equal(candles.columns(), [[0.0, 1.0, 2.0, 3.0, 4.0]])
    assert len(candles) == 1


def test_spacing_is_the_median_distance() -> None:
    """One gap does not count, and fewer than two rows say nothing."""
    amounts = np.ones(5)
    assert OpenInterest(np.array([0, 60, 120, 180, 999]), amounts).spacing(10) == 60
    assert OpenInterest(np.array([0, 60, 120, 180, 999]), amounts).spacing(100) == 100
    assert OpenInterest(np.array([5]), amounts[:1]).spacing(10) == 10


@settings(deadline=None)
@given(TIMES, TIMES)
def test_a_row_of_which_nothing_is_known_replaces_none_that_is(older: set[int], unknown: set[int]) -> None:
    """It is kept where there was none, for that it was sent is known."""
    time = np.array(sorted(unknown), dtype=np.int64)
    nothing = np.full(len(time), np.nan)
    both = liquidations(older).joined(Liquidations(time, nothing, nothing))
    assert both.time.tolist() == sorted(older | unknown)
    assert both.known().time.tolist() == sorted(older)


def test_a_row_is_known_where_each_of_its_columns_is() -> None:
    """What is known is not copied where that is all of it."""
    half = Liquidations(np.arange(4), np.array([1.0, np.nan, 3.0, 4.0]), np.array([1.0, 2.0, np.inf, 4.0]))
    known = half.known()
    assert (known.time.tolist(), known.short.tolist()) == ([0, 3], [1.0, 4.0])
    assert known.known() is known
    assert len(half.select(slice(1, 3)).known()) == 0
