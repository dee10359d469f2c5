"""The heat that each bar swept is the mean of the map's before it, over what the bar went through and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import log_axis_between
from service.heatmap.base.side import Side
from service.heatmap.density import heat_of
from service.heatmap.inventory import Assumptions, heatmap_of, take_inventory
from service.heatmap.lift import swept_heat
from tests.heatmap.skill.test_predict import altered
from tests.support.kernel_market import FEW, VENUE, random_bars

BARS = 40
TINY = 0.0001


def by_small_steps(bars: Bars, t: int, side: Side) -> float:
    """Return the mean heat at prices a hundredth of a per cent apart, from the close before to the worst price of t."""
    axis = log_axis_between(float(bars.low.min()) * 0.9, float(bars.high.max()) * 1.1, 0.0006)
    made = heatmap_of(take_inventory(bars.part(0, t), FEW, VENUE, axis, 1))
    heat = heat_of(made.long + made.short, axis.bin_size)[0]
    worst = bars.low[t] if side is Side.LONG else bars.high[t]
    start, end = np.log(bars.close[t - 1]), np.log(worst)
    if side.sign * (start - end) <= 0:
        return float("nan")
    at = np.linspace(start, end, max(3, int(abs(end - start) / TINY)))
    at = 0.5 * (at[1:] + at[:-1])
    bins = np.floor(at / axis.bin_size).astype(int) - axis.first
    return float(heat[bins].mean())


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_mean_over_what_was_swept(seed: int) -> None:
    """Against heat read at many prices of the map of the bars before alone."""
    bars = replace(random_bars(seed, BARS), open_interest=np.full(BARS, 1000.0))
    swept, counted = swept_heat(bars, FEW, VENUE), 0
    for side in Side:
        for t in range(1, BARS):
            expected = by_small_steps(bars, t, side)
            np.testing.assert_allclose(swept[side][t], expected, atol=0.02)
            counted += np.isfinite(expected)
    assert counted > BARS


@given(seed=st.integers(0, 300), t=st.integers(1, BARS - 1))
def test_no_look_ahead(seed: int, t: int) -> None:
    """Altering volume and open interest from bar t on, and prices after it, leaves heat up to t as it is."""
    bars = replace(random_bars(seed, BARS), open_interest=np.full(BARS, 1000.0))
    before, after = (swept_heat(each, FEW, VENUE) for each in (bars, altered(bars, t, seed)))
    for one, two in zip(before, after, strict=True):
        np.testing.assert_allclose(one[: t + 1], two[: t + 1], atol=1e-6)


def test_what_is_not_known_is_not_a_number() -> None:
    """The first bar, bars that went the other way, and bars up to the first open interest."""
    bars = random_bars(1, BARS)
    late = replace(bars, open_interest=np.where(np.arange(BARS) < 10, np.nan, 1000.0))
    swept = swept_heat(late, FEW, VENUE)
    fell = np.append(False, bars.low[1:] < bars.close[:-1])
    assert np.isnan(swept.long[:11]).all()
    assert (np.isfinite(swept.long[11:]) == fell[11:]).all()


def test_without_open_interest_volume_stands_in() -> None:
    """As for predictions: heat is a proportion, and is known from the first volume on."""
    swept = swept_heat(replace(random_bars(2, BARS), open_interest=np.full(BARS, np.nan)), FEW, VENUE)
    assert np.isfinite(swept.short).any()


def test_long_tables_are_read_in_wider_bins(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that memory is bounded; the heat of a sweep hardly changes."""
    bars = replace(random_bars(3, BARS), open_interest=np.full(BARS, 1000.0))
    fine = swept_heat(bars, Assumptions(), VENUE)
    monkeypatch.setattr("service.heatmap.lift.band_heat.MOST_CELLS", 60 * BARS)
    coarse = swept_heat(bars, Assumptions(), VENUE)
    wide = np.isfinite(fine.long) & (np.log(np.roll(bars.close, 1) / bars.low) > 0.02)
    assert wide.sum() > 5
    assert np.corrcoef(fine.long[wide], coarse.long[wide])[0, 1] > 0.8
