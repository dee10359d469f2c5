import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.heatmap.base.axis import MOST_BINS, NICE, PriceAxis, nice_size, price_axis
from service.heatmap.base.errors import BadInput

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


def test_a_bin_as_wide_as_the_range_and_one_wider() -> None:
    """A bin may be as wide as the range, which it then shares with a neighbour; a wider one is refused by name."""
    assert price_axis(100.0, 15.0, bin_size=30.0).edges.tolist() == [60.0, 90.0, 120.0]
    with pytest.raises(BadInput, match="bin_size: 31 is wider than the range, 30"):
        price_axis(100.0, 15.0, bin_size=31.0)


def test_widening_keeps_the_bins() -> None:
    """A wider axis has the same bins and more; it never begins under 0 and never shrinks."""
    axis = PriceAxis(5.0, 18, 4)
    wide = axis.widened(71.0, 131.0)
    assert (wide.edges[0], wide.edges[-1], wide.bin_size) == (70.0, 135.0, 5.0)
    assert wide.edges[:-1][axis.within(wide)].tolist() == axis.edges[:-1].tolist()
    assert axis.widened(95.0, 100.0) == axis
    assert axis.widened(-20.0, 100.0).edges[0] == 0.0


@pytest.mark.parametrize("axis", [PriceAxis(100.0, 0, 1), PriceAxis(20.0, 3, 3), PriceAxis(1.0, 90, 20)])
def test_parts_are_narrow_and_make_the_bins(axis: PriceAxis) -> None:
    """No part is wider than 1 % of the axis's middle, and every so many of their edges is a bin's."""
    edges = axis.part_edges
    assert edges[:: axis.parts] == pytest.approx(axis.edges)
    assert np.diff(edges).max() <= 0.01 * 0.5 * (axis.edges[0] + axis.edges[-1]) * (1 + 1e-9)


@pytest.mark.parametrize("axis", [PriceAxis(20.0, 3, 3), PriceAxis(1.0, 90, 20)])
@pytest.mark.parametrize("name", ["edges", "part_edges", "centres"])
def test_arrays_of_an_axis_are_worked_out_once(axis: PriceAxis, name: str) -> None:
    """Whoever asks again gets the same array, which nobody can change; equal axes stay equal."""
    same = getattr(axis, name)
    assert getattr(axis, name) is same
    with pytest.raises(ValueError, match="read-only"):
        same[0] = 1.0
    assert axis == PriceAxis(axis.bin_size, axis.first, axis.count)
    assert hash(axis) == hash(PriceAxis(axis.bin_size, axis.first, axis.count))
