import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.heatmap.axis import MOST_BINS, NICE, PriceAxis, nice_size, price_axis

prices = st.floats(1e-8, 1e6)
ranges = st.floats(0.1, 90.0)


@given(price=prices, range_pct=ranges, bins=st.integers(1, MOST_BINS))
def test_covers_the_range_with_no_more_bins_than_asked(price: float, range_pct: float, bins: int) -> None:
    """The axis holds price +- range, in at most that many bins, and in no fewer than a tenth unless one is left."""
    axis = price_axis(price, range_pct, bins=bins)
    assert 1 <= axis.count <= bins
    assert axis.edges[0] <= price * (1 - range_pct / 100) * (1 + 1e-8)
    assert axis.edges[-1] >= price * (1 + range_pct / 100) * (1 - 1e-8)
    assert axis.count >= bins / 10 or axis.first <= 1


@given(price=prices, other=st.floats(0.9, 1.1), range_pct=ranges, bins=st.integers(10, 1500))
def test_edges_never_move(price: float, other: float, range_pct: float, bins: int) -> None:
    """Requests that share a bin size share every edge they have in common, to the last bit."""
    one = price_axis(price, range_pct, bins=bins)
    two = price_axis(price * other, range_pct, bin_size=one.bin_size)
    low, high = max(one.first, two.first), min(one.first + one.count, two.first + two.count)
    assume(low < high)
    assert np.array_equal(one.edges[low - one.first : high - one.first], two.edges[low - two.first : high - two.first])


@pytest.mark.parametrize("bin_size", [0.1, 0.3, 2.5, 1e-9, 5e-7, 50.0, 1000.0])
def test_edges_are_whole_multiples(bin_size: float) -> None:
    """Each edge is the decimal multiple of the bin size, rounded once."""
    axis = PriceAxis(bin_size, 12_345, 50)
    wanted = [float(Decimal(repr(bin_size)) * number) for number in range(12_345, 12_396)]
    assert axis.edges.tolist() == wanted


def test_centres() -> None:
    """A centre lies midway between its edges."""
    assert PriceAxis(2.5, 4, 3).centres.tolist() == [11.25, 13.75, 16.25]


@given(least=st.floats(1e-10, 1e9))
def test_nice_size(least: float) -> None:
    """A nice size is the next of 1, 2, 2.5, 5 times a power of ten."""
    size = nice_size(least)
    assert least * (1 - 1e-11) <= size <= least * 2.5
    mantissa = size / 10.0 ** math.floor(math.log10(size) + 1e-9)
    assert min(abs(mantissa - nice) for nice in NICE) < 1e-9


@pytest.mark.parametrize(
    ("range_pct", "bin_size", "says"),
    [(15.0, 0.001, "bin_size: 0.001 makes 30000 bins; at least 0.015"), (0.0, None, "range_pct: must be above 0")],
)
def test_bad_input(range_pct: float, bin_size: float | None, says: str) -> None:
    """Too many bins and an empty range are refused by name."""
    with pytest.raises(ValueError, match=says):
        price_axis(100.0, range_pct, bin_size=bin_size)


def test_a_bin_wider_than_the_price() -> None:
    """A bin size above the price gives the one bin from 0."""
    assert price_axis(100.0, 15.0, bin_size=1e9).edges.tolist() == [0.0, 1e9]
