"""What is asked of a feed, and how many bars before the first column that takes."""

import pytest

from service.market.contract import TIMEFRAMES
from service.market.feed import FeedQuery
from service.market.feed.query import LEAST_WARM_UP, MOST_WARM_UP
from service.times import DAY_MS, WEEK_MS


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_warm_up_is_a_week_within_bounds(timeframe: str) -> None:
    """A week of bars, or the bound that it runs into."""
    query = FeedQuery("x", "BTC", timeframe, 48)
    assert query.step == TIMEFRAMES[timeframe]
    week = WEEK_MS // query.step
    assert query.warm_up == min(max(week, LEAST_WARM_UP), MOST_WARM_UP)


def test_both_bounds_are_met() -> None:
    """Five minutes run into the upper one, days into the lower one, hours into none."""
    found = [FeedQuery("x", "BTC", timeframe, 48).warm_up for timeframe in ("5m", "1h", "1d")]
    assert found == [MOST_WARM_UP, 168, LEAST_WARM_UP]


def test_the_span_has_the_columns_and_the_warm_up_before_them() -> None:
    """To the end asked for: 48 hours, and a week to seed the inventory."""
    assert FeedQuery("x", "BTC", "1h", 48).span_to(10 * WEEK_MS) == (9 * WEEK_MS - 2 * DAY_MS, 10 * WEEK_MS)
