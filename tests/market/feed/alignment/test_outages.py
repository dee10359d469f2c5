"""Open interest that only repeats is not known; in a quiet market it is."""

import dataclasses

import numpy as np
import pytest

from service.heatmap import Bars
from service.market.feed.alignment.outages import without_outages
from tests.market.feed.alignment.test_one_unit import HOUR, walk


def stuck(first: int, last: int) -> Bars:
    """Return a walk whose open interest stays the same from bar `first` to `last`."""
    bars = walk()
    interest = bars.open_interest.copy()
    interest[first : last + 1] = interest[first]
    return dataclasses.replace(bars, open_interest=interest)


@pytest.mark.parametrize(("first", "last"), [(20, 37), (0, 5), (100, 119), (20, 25)])
def test_what_is_repeated_for_hours_is_not_known(first: int, last: int) -> None:
    """From the sixth on; to the end of the bars if it never moves again."""
    bars = stuck(first, last)
    found, repeated = without_outages(bars)
    assert repeated == last - first - 4
    assert np.flatnonzero(np.isnan(found.open_interest)).tolist() == list(range(first + 5, last + 1))


def test_nothing_later_is_needed_to_know_it() -> None:
    """Cut anywhere, the bars before the cut come out the same."""
    bars = stuck(20, 37)
    whole = without_outages(bars)[0].open_interest
    for stop in range(2, len(bars)):
        np.testing.assert_array_equal(without_outages(bars.part(0, stop))[0].open_interest, whole[:stop])


def test_a_few_repeated_bars_are_believed() -> None:
    """It happens."""
    assert without_outages(stuck(20, 24))[1] == 0


def test_a_quiet_market_is_believed() -> None:
    """Where hardly anything is traded, nothing need be opened or closed."""
    bars = stuck(20, 60)
    bars.volume[20:61] = 1.0
    assert without_outages(bars) == (bars, 0)


def test_a_run_is_broken_by_bars_that_are_missing() -> None:
    """What happened there is not known."""
    bars = stuck(20, 29)
    bars.time[25:] += 5 * HOUR
    assert without_outages(bars)[1] == 0


def test_two_outages() -> None:
    """Each costs its own bars."""
    bars = stuck(20, 30)
    bars.open_interest[50:62] = bars.open_interest[50]
    assert without_outages(bars)[1] == 6 + 7
