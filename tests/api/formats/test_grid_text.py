"""Grids as text: what is written says what `dense` has, number by number."""

import numpy as np
import orjson
import pytest
from hypothesis import given, settings

from service.analysis.maps.encoding import coarse_resolution, dense, heat_bytes
from service.api.formats.grid_text import deltas_text, dense_text, heat_deltas_text, heat_text
from service.heatmap.base import Floats
from tests.analysis.maps.test_encoding import GRIDS


@settings(deadline=None)
@given(GRIDS)
def test_changes_sum_up_to_the_dense_grid(grid: Floats) -> None:
    """Summed over the columns, times the unit, each cell is the one that dense has; the first column is whole."""
    unit = coarse_resolution(float(grid.max()))
    sent = np.array(orjson.loads(deltas_text(grid, unit)))
    whole = dense(grid, unit)
    np.testing.assert_allclose(np.cumsum(sent, axis=0) * unit, whole, rtol=1e-12, atol=1e-9 * unit)
    np.testing.assert_allclose(sent[0] * unit, whole[0], rtol=1e-12, atol=1e-9 * unit)


def test_changes_of_heat_sum_up_to_its_bytes() -> None:
    """Up and down over the whole scale; of no columns there are none."""
    heat = np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.02]])
    assert (5 * np.cumsum(orjson.loads(heat_deltas_text(heat)), axis=0)).tolist() == heat_bytes(heat).tolist()
    assert heat_deltas_text(heat[:0]) == deltas_text(heat[:0], 1.0) == b"[]"


@settings(deadline=None)
@given(GRIDS)
def test_the_text_of_cells_says_what_dense_has(grid: Floats) -> None:
    """Number by number, however it is spelled, and of heat as well."""
    unit = coarse_resolution(float(grid.max()))
    assert orjson.loads(dense_text(grid, unit)) == dense(grid, unit).tolist()
    heat = grid / max(float(grid.max()), 1e-3)
    assert orjson.loads(heat_text(heat)) == heat_bytes(heat).tolist()


@pytest.mark.parametrize(
    ("unit", "text"),
    [(1e5, b"[[1e5,0],[182e5,1000e5]]"), (1e3, b"[[1e3,0],[182e3,1000e3]]"), (100.0, b"[[100,0],[18200,100000]]"),
     (1.0, b"[[1,0],[182,1000]]"), (0.01, b"[[0.01,0.0],[1.82,10.0]]")],
)  # fmt: skip
def test_whole_thousands_are_written_with_an_exponent(unit: float, text: bytes) -> None:
    """It is what makes an answer a fifth shorter."""
    assert dense_text(np.array([[1.2, 0.4], [182.0, 999.6]]) * unit, unit) == text
