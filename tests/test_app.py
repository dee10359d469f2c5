"""The application: what it sets up for the whole process."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from service.app import create_app
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
