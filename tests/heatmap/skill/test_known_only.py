"""A prediction rests on nothing that was not known before the bar, whatever open interest is missing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.bars import Bars
from service.heatmap.skill.known_only import (
    INTEREST_DAYS,
    bars_without_prediction,
    open_interest_from_volume,
    predict_known,
)
from service.heatmap.skill.predict import predict_swept
from tests.heatmap.skill.test_predict import altered
from tests.support.kernel_market import FEW, HOUR, VENUE, random_bars

BARS = 40
NAN = np.nan


def known_from(bars: Bars, first: int) -> Bars:
    """Return the bars without open interest before that one."""
    return replace(bars, open_interest=np.where(np.arange(len(bars)) < first, NAN, 1000.0))


@given(seed=st.integers(0, 1000), first=st.integers(0, BARS), t=st.integers(0, BARS - 1))
def test_no_look_ahead_whatever_is_missing(seed: int, first: int, t: int) -> None:
    """Altering volume and open interest from bar t on, and prices after it, leaves results up to t as they are."""
    bars = known_from(random_bars(seed, BARS), first)
    other = altered(bars, t, seed)
    for one, two in zip(predict_known(bars, FEW, VENUE), predict_known(other, FEW, VENUE), strict=True):
        assert one[: t + 1].tobytes() == two[: t + 1].tobytes()


@pytest.mark.parametrize(("first", "blind"), [(0, 0), (1, 2), (7, 8), (39, 40)])
def test_bars_before_open_interest_was_known_have_no_prediction(first: int, blind: int) -> None:
    """Nor has the bar that closed with the first one; after it all have what `predict_swept` says."""
    bars = known_from(random_bars(3, BARS), first)
    assert bars_without_prediction(bars) == blind
    for found, plain in zip(predict_known(bars, FEW, VENUE), predict_swept(bars, FEW, VENUE), strict=True):
        assert np.isnan(found[:blind]).all()
        np.testing.assert_array_equal(found[blind:], plain[blind:])


def test_what_would_be_seen_ahead_without_it() -> None:
    """`predict_swept` carries the first open interest back: its predictions before it change with it."""
    bars = known_from(random_bars(3, BARS), 20)
    more = replace(bars, open_interest=10.0 * bars.open_interest)
    (long, short), (other_long, other_short) = predict_swept(bars, FEW, VENUE), predict_swept(more, FEW, VENUE)
    changed = (long != other_long) | (short != other_short)
    assert changed[:21].any()
    assert bars_without_prediction(bars) == 21


def test_gaps_later_on_are_carried_over() -> None:
    """Once one was known the last one holds, and every bar has a prediction."""
    bars = random_bars(3, BARS)
    interest = np.where(np.arange(BARS) % 3 == 0, 1000.0, NAN)
    assert bars_without_prediction(replace(bars, open_interest=interest)) == 0
    assert np.isfinite([*predict_known(replace(bars, open_interest=interest), FEW, VENUE)]).all()


def test_none_at_all_is_supposed_from_volume() -> None:
    """A third of the mean daily volume so far, with which every bar has a prediction."""
    bars = known_from(random_bars(3, BARS), BARS)
    supposed = open_interest_from_volume(bars).open_interest
    assert supposed[9] == pytest.approx(INTEREST_DAYS * 24 * bars.volume[:10].mean())
    assert bars_without_prediction(bars) == 0
    found = predict_known(bars, FEW, VENUE)
    assert np.isfinite([*found]).all()
    for mine, plain in zip(found, predict_swept(open_interest_from_volume(bars), FEW, VENUE), strict=True):
        np.testing.assert_array_equal(mine, plain)


def test_supposed_interest_does_not_hang_on_the_length_of_a_bar() -> None:
    """Volume an hour or volume four hours: a day's is the same."""
    bars = random_bars(3, BARS)
    longer = replace(bars, step=4 * HOUR, volume=4.0 * bars.volume)
    np.testing.assert_allclose(
        open_interest_from_volume(longer).open_interest, open_interest_from_volume(bars).open_interest
    )


def test_nothing_traded_is_nothing_predicted() -> None:
    """Without volume there is neither inventory nor in-bar trading to speak of, and nothing divides by zero."""
    bars = replace(known_from(random_bars(3, BARS), BARS), volume=np.zeros(BARS))
    for found in predict_known(bars, FEW, VENUE):
        assert np.isfinite([*found]).all()
        assert found.max() < 1e-8
