"""The application: what it sets up for the whole process."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from service.app import create_app, sharing_of, store_of
from service.market.fleet import EgressGroup
from service.ops.instruments import NO_INSTRUMENTS
from service.settings import Settings


def blas_threads() -> set[int]:
    """Return how many threads each library of linear algebra would share a product among."""
    np.ones((2, 2)) @ np.ones((2, 2))
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_products_are_summed_in_one_order() -> None:
    """However many processors there are, or the last digits of an answer would hang on the machine."""
    with threadpool_limits(2, "blas"):
        if blas_threads() != {2}:
            pytest.skip("this numpy's linear algebra cannot be told its number of threads")
        create_app(Settings(exchanges=("sim",)))
        assert blas_threads() == {1}


@pytest.mark.parametrize(("url", "ledger"), [(None, type(None)), ("valkey://127.0.0.1:1/0", EgressGroup)])
def test_a_process_has_its_part_of_the_limits(url: str | None, ledger: type) -> None:
    """Three replicas of four processes have a twelfth each without a cache; with one they count together."""
    settings = Settings(cache_url=url, fleet_size=3, workers=4)
    sharing = sharing_of(settings, store_of(settings, NO_INSTRUMENTS))
    assert sharing.part == pytest.approx(1 / 12)
    assert type(sharing.ledger) is ledger
