"""Series of several exchanges stand on one axis, and are not added up where one is missing."""

import numpy as np

from service.analysis.maps.columns import columns_of_group, series_on_columns, series_summed
from service.analysis.markets.loading import load_group
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request


def test_values_stand_at_their_times() -> None:
    """Whatever is before, after or missing between is not known."""
    columns, times = np.array([1, 2, 3, 4, 5]), np.array([2, 3, 5])
    np.testing.assert_array_equal(
        series_on_columns(columns, times, np.array([20.0, 30.0, 50.0])), [np.nan, 20, 30, np.nan, 50]
    )


def test_a_sum_needs_all_its_parts() -> None:
    """One that is missing would make it another thing."""
    np.testing.assert_array_equal(series_summed([np.array([1.0, 2.0]), np.array([10.0, np.nan])]), [11.0, np.nan])


def test_the_columns_are_those_asked_for() -> None:
    """A week of hours, the newest last."""
    group = load_group(services_of(FakeExchange("a"), FakeExchange("b")), market_request(exchange="a,b"))
    columns = columns_of_group(group)
    assert len(columns) == 7 * 24
    assert columns[-1] == group.reference.data.bars.time[-1]
