"""A grid as numbers: rounded no worse than promised, and as runs that can be drawn again."""

import itertools
import math

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from service.analysis.maps.encoding import (
    CLASS_RATIO,
    FAINT,
    RESOLUTION,
    dense,
    percentiles_of,
    resolution,
    segments,
)
from service.heatmap.base.arrays import Floats

GRIDS = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
    elements=st.one_of(st.just(0.0), st.floats(1e-3, 1e9), st.sampled_from([1.0, 1.25, 1e6])),
)


@settings(deadline=None)
@given(st.floats(1e-9, 1e15))
def test_resolution_is_a_power_of_ten_that_is_fine_enough(largest: float) -> None:
    """At most a millionth of the largest amount, or 1, and never more than ten times finer than needed."""
    unit = resolution(largest)
    assert unit == 1.0 or math.isclose(math.log10(unit), round(math.log10(unit)), abs_tol=1e-9)
    assert unit <= max(largest * RESOLUTION * (1 + 1e-9), 1.0 if largest * RESOLUTION >= 1 else 0)
    assert unit == 1.0 or unit * 10 > largest * RESOLUTION * (1 - 1e-9)


def test_resolution_of_an_empty_grid() -> None:
    """Nothing needs no digits."""
    assert resolution(0.0) == 1.0


@settings(deadline=None)
@given(GRIDS)
def test_dense_is_within_half_a_unit(grid: Floats) -> None:
    """Every cell, whatever the unit, and it survives JSON."""
    unit = resolution(float(grid.max()))
    sent = orjson.loads(orjson.dumps(dense(grid, unit), option=orjson.OPT_SERIALIZE_NUMPY))
    np.testing.assert_allclose(np.array(sent), grid, rtol=1e-12, atol=unit * 0.5000001)


def test_large_amounts_are_sent_as_whole_numbers() -> None:
    """They print short; small ones keep their decimals."""
    assert orjson.dumps(dense(np.array([[1e6, 2.4]]), 1.0), option=orjson.OPT_SERIALIZE_NUMPY) == b"[[1000000,2]]"
    assert orjson.dumps(dense(np.array([[1.5, 0.001]]), 0.01), option=orjson.OPT_SERIALIZE_NUMPY) == b"[[1.5,0.0]]"


def test_dense_leaves_the_grid_as_it_was() -> None:
    """Rounding is done on a copy."""
    grid = np.array([[1.4, 2.6]])
    dense(grid, 1.0)
    assert grid.tolist() == [[1.4, 2.6]]


def drawn(sent: dict[str, list[float]], shape: tuple[int, int]) -> Floats:
    """Draw segments the slow way: cell by cell, the level of its class, refusing to draw a cell twice."""
    grid = np.zeros(shape)
    for bin_, first, last, kind in zip(sent["bin"], sent["from"], sent["to"], sent["class"], strict=True):
        for column in range(int(first), int(last) + 1):
            assert grid[column, int(bin_)] == 0.0
            grid[column, int(bin_)] = sent["levels"][int(kind)]
    return grid


@settings(deadline=None)
@given(GRIDS)
def test_segments_can_be_drawn_again(grid: Floats) -> None:
    """Drawn from the JSON, every cell is within the square root of the class ratio, and what is faint is left out."""
    largest = float(grid.max())
    sent = orjson.loads(orjson.dumps(segments(grid, largest), option=orjson.OPT_SERIALIZE_NUMPY))
    again = drawn(sent, grid.shape)
    faint = grid < largest * FAINT
    clearly = np.abs(grid - largest * FAINT) > 1e-6 * largest * FAINT
    assert (again[faint & clearly] == 0).all()
    strong = ~faint & clearly
    ratio = again[strong] / grid[strong]
    assert ((ratio <= CLASS_RATIO**0.5 * (1 + 1e-5)) & (ratio >= CLASS_RATIO**-0.5 * (1 - 1e-5))).all()


@settings(deadline=None)
@given(GRIDS)
def test_runs_are_as_long_as_they_can_be(grid: Floats) -> None:
    """Two runs that touch in one bin differ in class."""
    sent = segments(grid, float(grid.max()))
    rows = list(zip(*(sent[name].tolist() for name in ("bin", "from", "to", "class")), strict=True))
    assert rows == sorted(rows)
    for (bin_, _, last, kind), (other, first, _, next_kind) in itertools.pairwise(rows):
        assert not (bin_ == other and last + 1 == first and kind == next_kind)


@pytest.mark.parametrize("shape", [(1, 1), (3, 2)])
def test_an_empty_grid_has_no_segments(shape: tuple[int, int]) -> None:
    """Nothing stands, nothing is drawn; the lists are there all the same."""
    sent = segments(np.zeros(shape), 0.0)
    assert [len(sent[name]) for name in ("bin", "from", "to", "class")] == [0, 0, 0, 0]


def test_a_grid_that_is_part_of_a_larger_one_takes_its_scale() -> None:
    """Classes are of the largest amount given, so that several grids can share a colour scale."""
    whole, part = np.array([[100.0, 10.0]]), np.array([[10.0, 0.01]])
    scale = segments(whole, 100.0)
    sent = segments(part, 100.0)
    assert sent["levels"] == scale["levels"]
    assert sent["class"].tolist() == [scale["class"][1]]


@given(GRIDS)
def test_percentiles_are_of_cells_in_which_anything_stands(grid: Floats) -> None:
    """They are numpy's, to four digits, of what is more than nothing; an empty map has noughts."""
    told = list(percentiles_of(grid).values())
    standing = grid[grid > 0.0]
    wanted = np.percentile(standing, (50, 90, 99)) if standing.size else np.zeros(3)
    np.testing.assert_allclose(told, wanted, rtol=6e-4)
    assert all(value == float(f"{value:.4g}") for value in told)
