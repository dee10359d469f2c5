"""A lift is told with its interval, or not at all where it rests on too little."""

import numpy as np
import pytest

from service.heatmap.lift.figure import FEWEST_DAYS, FEWEST_HOURS, lift_of

DRAWS = np.log(np.array([2.0, *np.linspace(1.5, 2.5, 101)]))


def test_a_ratio_with_its_ends() -> None:
    """Of log differences, the first the sample's."""
    told = lift_of(DRAWS, 100, 200, 20)
    assert (told.hours, told.matched, told.days) == (100, 200, 20)
    assert [told.value, told.low, told.high] == pytest.approx([2.0, 1.525, 2.475])


@pytest.mark.parametrize(("hours", "days"), [(FEWEST_HOURS - 1, 20), (100, FEWEST_DAYS - 1)])
def test_too_few_are_counted_and_not_told(hours: int, days: int) -> None:
    """How many there were is said all the same."""
    told = lift_of(DRAWS, hours, 200, days)
    assert (told.value, told.low, told.high) == (None, None, None)
    assert (told.hours, told.days) == (hours, days)


def test_without_resamples_there_is_no_interval() -> None:
    """The ratio stands alone."""
    told = lift_of(DRAWS[:1], 100, 200, 20)
    assert (told.value, told.low, told.high) == (pytest.approx(2.0), None, None)
