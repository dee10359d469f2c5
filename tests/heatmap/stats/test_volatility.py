import math

import numpy as np
import pytest

from service.heatmap.stats.volatility import (
    atr,
    daily_atr,
    last_atr,
    realised_volatility,
    true_range,
    wilder,
)
from tests.support.hand_made import bars_of, steady, walk_to
from tests.support.skill_market import walk

DAY = 86_400_000


def test_true_range_reaches_to_the_close_before() -> None:
    """A gap counts as range, both ways; the first bar has its own range only."""
    bars = bars_of([(10, 11, 9, 10), (13, 14, 12, 13), (9, 10, 8, 9)])
    assert true_range(bars.high, bars.low, bars.close).tolist() == [2.0, 4.0, 5.0]


def test_wilder_on_paper() -> None:
    """Length 3: means of 1, of 1 2, of 1 2 6, then a third of the difference is added."""
    np.testing.assert_allclose(wilder(np.array([1.0, 2.0, 6.0, 9.0, 0.0]), 3), [1.0, 1.5, 3.0, 5.0, 10.0 / 3.0])


def test_the_last_atr_needs_only_the_tail() -> None:
    """Reading 560 bars of many gives the full recursion's figure."""
    bars = walk(3, 60)
    assert last_atr(bars) == pytest.approx(atr(bars)[-1], rel=1e-12)


def test_no_bars_no_atr() -> None:
    """There is nothing to average, and that is said."""
    with pytest.raises(ValueError, match="bars: none"):
        last_atr(steady(0))


def test_daily_atr_averages_whole_days() -> None:
    """Hourly bars of range 1 that move 10 within each day: the day's range, not the hour's, once three days ended."""
    closes = [100.0 + 10.0 * (i % 24) / 23.0 for i in range(24 * 5)]
    bars = bars_of([(c, c + 0.5, c - 0.5, c) for c in closes])
    figures = daily_atr(bars)
    assert figures[-1] == pytest.approx(11.0)
    assert figures[24 * 3 - 1] == pytest.approx(11.0)


def test_daily_atr_stands_still_within_a_day() -> None:
    """More bars of a day under way change nothing."""
    figures = daily_atr(walk(5, 10))
    by_day = figures[24 * 3 - 1 : 24 * 9 - 1].reshape(6, 24)
    assert (by_day == by_day[:, :1]).all()


def test_daily_atr_of_a_short_history_scales_the_bars() -> None:
    """Ten hours of range 1 stand for a day of sqrt(24)."""
    assert daily_atr(steady(10))[-1] == pytest.approx(math.sqrt(24.0))


def test_daily_atr_of_daily_bars_is_their_atr() -> None:
    """Each daily bar is its own whole day."""
    bars = steady(20, step=DAY)
    assert daily_atr(bars)[-1] == pytest.approx(atr(bars)[-1])


def test_daily_atr_knows_no_future() -> None:
    """Cutting the bars off leaves the figures before the cut as they were."""
    bars = walk(7, 8)
    for stop in (30, 95, 96, 97, 150):
        np.testing.assert_array_equal(daily_atr(bars.part(0, stop)), daily_atr(bars)[:stop])


def test_realised_volatility_on_paper() -> None:
    """Hourly closes that go up and down by 1 % have 1 % an hour; the same at 15 minutes has 2 %."""
    closes = [100.0 * math.exp(0.01 * (i % 2)) for i in range(101)]
    hourly = walk_to(closes)
    assert realised_volatility(hourly) == pytest.approx(0.01)
    quarter = bars_of([(c, c, c, c) for c in closes], step=900_000)
    assert realised_volatility(quarter) == pytest.approx(0.02)


def test_realised_volatility_leaves_gaps_out() -> None:
    """The step across a gap took longer than the others and is not one of them."""
    bars = walk_to([100.0, 100.0, 200.0, 200.0])
    late = bars.time.copy()
    late[2:] += 5 * bars.step
    gapped = type(bars)(**{**bars.__dict__, "time": late})
    assert realised_volatility(gapped) == 0.0
    assert realised_volatility(bars.part(0, 1)) == 0.0
