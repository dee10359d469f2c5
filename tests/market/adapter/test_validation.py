"""What passes validation is what it says it is."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.market.adapter import validation
from service.market.contract import BadData

T0 = 1_722_470_400_000
HOUR = 3_600_000


def rows(count: int) -> list[list[float]]:
    """Return `count` good hourly bars."""
    return [[T0 + n * HOUR, 10.0 + n, 12.0 + n, 9.0 + n, 11.0 + n, 5.0] for n in range(count)]


@settings(deadline=None)
@given(st.integers(0, 30), st.booleans(), st.data())
def test_order_and_repetition_do_not_matter(count: int, newest_first: bool, data: Any) -> None:
    """Proves that rows newest first, oldest first or sent twice give the same table."""
    sent = [row for row in rows(count) for _ in range(data.draw(st.integers(1, 2)))]
    table = validation.rows_in_order("x", "bars", sent[::-1] if newest_first else sent, 6)
    np.testing.assert_array_equal(table, np.array(rows(count)).reshape(-1, 6))


@settings(deadline=None)
@given(st.integers(2, 20), st.data())
def test_one_bad_cell_anywhere_is_bad_data(count: int, data: Any) -> None:
    """Proves that null, text, NaN, infinity and a nested list fail in any cell."""
    sent: list[list[Any]] = rows(count)
    bad = data.draw(st.sampled_from([None, "x", "", math.nan, math.inf, -math.inf, [], [1.0], {}]))
    sent[data.draw(st.integers(0, count - 1))][data.draw(st.integers(0, 5))] = bad
    with pytest.raises(BadData, match=r"^x: bars: "):
        validation.rows_in_order("x", "bars", sent, 6)


@settings(deadline=None)
@given(st.integers(3, 20), st.data())
def test_times_back_and_forth_are_bad_data(count: int, data: Any) -> None:
    """Proves that any order but up or down fails."""
    sent = data.draw(st.permutations(rows(count)))
    times = [row[0] for row in sent]
    if times in (sorted(times), sorted(times, reverse=True)):
        validation.rows_in_order("x", "bars", sent, 6)
    else:
        with pytest.raises(BadData, match="back and forth"):
            validation.rows_in_order("x", "bars", sent, 6)


@pytest.mark.parametrize("bad", [{}, "rows", None, 7, [7], [[1, 2]], [[T0, 1, 1, 1, 1]], [rows(1), rows(1)]])
def test_payloads_of_another_shape_are_bad_data(bad: Any) -> None:
    """Proves that whatever is not a list of rows of that width fails."""
    with pytest.raises(BadData):
        validation.rows_in_order("x", "bars", bad, 6)


def test_no_rows_are_no_rows() -> None:
    """Proves that an empty list is an empty table: whether it may be empty is for the caller to know."""
    assert validation.rows_in_order("x", "bars", [], 6).shape == (0, 6)
    empty = validation.candles(np.empty((0, 6)))
    assert (len(empty), empty.time.dtype) == (0, np.dtype(np.int64))


@settings(deadline=None)
@given(
    st.lists(st.floats(1, 1e9), min_size=1, max_size=12, unique=True),
    st.data(),
)
def test_maintenance_is_continuous_at_every_floor(caps: list[float], data: Any) -> None:
    """Proves the recursion by what it is for: at a floor, the tiers on both sides ask the same maintenance."""
    caps = sorted(caps)
    rates = sorted(data.draw(st.lists(st.floats(0.001, 0.9), min_size=len(caps), max_size=len(caps))))
    sent = [
        {"maxNotional": cap, "maintenanceMarginRate": rate, "maxLeverage": 1}
        for cap, rate in zip(caps, rates, strict=True)
    ]
    tiers = validation.tiers("x", data.draw(st.permutations(sent)), 2.5, "exchange")
    np.testing.assert_allclose([*tiers.floor, tiers.cap], [0, *(cap * 2.5 for cap in caps)])
    below = tiers.floor[1:] * tiers.maintenance_rate[:-1] - tiers.maintenance_amount[:-1]
    above = tiers.floor[1:] * tiers.maintenance_rate[1:] - tiers.maintenance_amount[1:]
    np.testing.assert_allclose(below, above, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("hours", [0, -8, 200, math.nan, math.inf])
def test_funding_intervals_are_hours(hours: float) -> None:
    """Proves that an interval that cannot be is BadData."""
    with pytest.raises(BadData, match="interval"):
        validation.funding("x", {"fundingRate": 0.0001, "timestamp": T0}, hours, T0)


def test_a_venue_without_a_time_gets_ours() -> None:
    """Proves that a snapshot without a time is stamped with the moment of reading, and a wrong time is BadData."""
    book = {"bids": [[1, 1]], "asks": [[2, 1]]}
    assert validation.order_book("x", {**book, "timestamp": None}, 1, T0).time == T0
    with pytest.raises(BadData, match="time"):
        validation.order_book("x", {**book, "timestamp": 17}, 1, T0)


LARGE = (1.7e308, 1e31, 10**400)


@pytest.mark.parametrize("large", LARGE, ids=["largest float", "implausible", "no float"])
def test_numbers_beyond_any_amount_are_bad_data(large: float) -> None:
    """Wherever they stand, and with no warning of numpy's on the way: a whole number may be too long for a float."""
    tier = {"maxNotional": 1e6, "maintenanceMarginRate": 0.01, "maxLeverage": 10}
    book = {"bids": [[10.0, 1.0]], "asks": [[11.0, large]], "timestamp": T0}
    with pytest.raises(BadData, match="bars"):
        validation.rows_in_order("x", "bars", [[*rows(1)[0][:5], large]], 6)
    with pytest.raises(BadData, match="asks"):
        validation.order_book("x", book, 1000.0, T0)
    for name in tier:
        with pytest.raises(BadData, match="risk tiers"):
            validation.tiers("x", [tier | {name: large}], 1000.0, "exchange")
