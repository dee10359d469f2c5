"""Ranges of numbers are counted out one after the other."""

import numpy as np

from service.heatmap.base.arrays import each_number


def test_each_number_of_ranges() -> None:
    """In the order of the ranges; one that ends where it begins, or before, has none."""
    which, number = each_number(np.array([3, 5, 9, -1]), np.array([5, 5, 7, 1]))
    assert which.tolist() == [0, 0, 3, 3]
    assert number.tolist() == [3, 4, -1, 0]
