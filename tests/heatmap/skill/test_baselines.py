import math

import numpy as np
import pytest

from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.skill.baselines import (
    EXTREME_WINDOWS,
    before,
    exponential_mean,
    past_high,
    past_low,
    path_baselines,
)
from tests.support.skill_market import walk


def naive_exponential_mean(values: list[float], halflife: float) -> list[float]:
    """Weigh every earlier value afresh for each bar."""
    means = []
    for now in range(len(values)):
        weights = [0.5 ** ((now - then) / halflife) for then in range(now + 1)]
        known = [(w, v) for w, v in zip(weights, values, strict=False) if not math.isnan(v)]
        means.append(sum(w * v for w, v in known) / sum(w for w, _ in known) if known else math.nan)
    return means


@pytest.mark.parametrize("halflife", [1.0, 12.0, 24.0])
@pytest.mark.parametrize("gaps", [(), (0,), (0, 1, 2), (5, 6, 20), (39,), tuple(range(40))])
def test_exponential_mean_is_the_weighted_mean(halflife: float, gaps: tuple[int, ...]) -> None:
    """The recursion equals weighing every earlier value afresh, with values missing at either end and within."""
    values = np.random.default_rng(1).lognormal(size=40)
    values[list(gaps)] = np.nan
    expected = naive_exponential_mean(values.tolist(), halflife)
    np.testing.assert_allclose(exponential_mean(values, halflife), expected, rtol=1e-12)


@pytest.mark.parametrize("window", [1, 2, 4, 12, 30, 100])
def test_past_extremes_are_those_of_the_bars_before(window: int) -> None:
    """Rolling extremes equal a naive loop that never looks at the bar itself."""
    values = np.random.default_rng(2).lognormal(size=50).round(1)
    lows, highs = past_low(values, window), past_high(values, window)
    assert np.isnan([lows[0], highs[0]]).all()
    for now in range(1, 50):
        past = values[max(0, now - window) : now]
        assert (lows[now], highs[now]) == (min(past), max(past))


def one_bar(last: float, open_: float, high: float, low: float, close: float) -> Bars:
    """Return two bars: one that closed at `last`, and the bar in question."""
    column = np.array
    return Bars(
        time=column([0, 3_600_000]),
        open=column([last, open_]),
        high=column([last, high]),
        low=column([last, low]),
        close=column([last, close]),
        volume=column([7.0, 9.0]),
        open_interest=column([50.0, 60.0]),
        mark_low=column([last, low]),
        mark_high=column([last, high]),
        step=3_600_000,
    )


@pytest.mark.parametrize(
    ("bar", "wick", "excursion"),
    [
        # up, o-l-h-c: longs first lose from 100 to 90, then from 120 to 110; shorts from 90 to 120
        ((100.0, 100.0, 120.0, 90.0, 110.0), (100 / 90, 120 / 100), (100 / 90, 120 / 90)),
        # up, closing far under its high: the fall from it is the longer one
        ((100.0, 100.0, 150.0, 90.0, 101.0), (100 / 90, 150 / 100), (150 / 101, 150 / 90)),
        # down, o-h-l-c: longs lose from 120 to 80; shorts from 100 to 120, then from 80 to 90
        ((100.0, 100.0, 120.0, 80.0, 90.0), (100 / 80, 120 / 100), (120 / 80, 120 / 100)),
        # a gap down: the previous close is the far end for longs, and shorts see no wick
        ((100.0, 90.0, 95.0, 85.0, 94.0), (100 / 85, 1.0), (100 / 85, 95 / 85)),
    ],
)
def test_wick_and_excursion_worked_by_hand(
    bar: tuple[float, ...], wick: tuple[float, float], excursion: tuple[float, float]
) -> None:
    """The assumed paths give the moves that one reads off them."""
    found = path_baselines(one_bar(*bar))
    for side, most, widest in zip(Side, wick, excursion, strict=True):
        assert found["wick"][side][1] == pytest.approx(math.log(most))
        assert found["excursion"][side][1] == pytest.approx(math.log(widest))
        mixed = math.log(most) + 0.25 * math.log(widest)
        assert found["wick_excursion"][side][1] == pytest.approx(mixed)
        assert found["wick_open_interest"][side][1] == pytest.approx(50.0 * math.log(most))
        assert found["wick_last_volume"][side][1] == pytest.approx(7.0 * math.log(most))


def test_baselines_are_finite_from_the_first_bar() -> None:
    """Bars without a past, flat bars and missing volume or open interest give zeros, never NaN or infinity."""
    bars = walk(seed=3, days=2)
    bars.volume[:5] = np.nan
    bars.open_interest[3:9] = np.nan
    for column in (bars.open, bars.high, bars.low, bars.close):
        column[:4] = 100.0
    found = path_baselines(bars)
    assert len(found) == 8 + len(EXTREME_WINDOWS)
    for name, sides in found.items():
        for values in sides:
            assert np.isfinite(values).all(), name
            assert (values >= 0).all(), name


def test_no_open_interest_leaves_its_baseline_out() -> None:
    """An unknown open interest costs one baseline and changes no other."""
    bars = walk(seed=4, days=2)
    whole = path_baselines(bars)
    bars.open_interest[:] = np.nan
    part = path_baselines(bars)
    assert set(whole) - set(part) == {"wick_open_interest"}
    for name, sides in part.items():
        np.testing.assert_array_equal([*sides], [*whole[name]])


def test_baselines_never_look_ahead() -> None:
    """Altering volume and open interest from bar t, and prices from t + 1, changes nothing up to t."""
    bars, other, now = walk(seed=5, days=3), walk(seed=5, days=3), 40
    for column in (other.open, other.high, other.low, other.close):
        column[now + 1 :] *= 3.0
    for column in (other.volume, other.open_interest):
        column[now:] *= 5.0
    expected, found = path_baselines(bars), path_baselines(other)
    for name, sides in found.items():
        for side in Side:
            np.testing.assert_array_equal(sides[side][: now + 1], expected[name][side][: now + 1], err_msg=name)


def test_before_shifts_by_one() -> None:
    """Each bar sees its predecessor's value."""
    np.testing.assert_array_equal(before(np.array([1.0, 2.0, 3.0])), [np.nan, 1.0, 2.0])
