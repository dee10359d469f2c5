"""Cells as text: compiled and in numpy to the same bytes, whatever a grid holds."""

import numpy as np
import orjson
import pytest

from service.api.formats.cell_text import CELLS, Scale, numpy_cells, texts_of

NUMBERS = texts_of(-40, [str(number) for number in range(-40, 41)])


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (40, 300)])
@pytest.mark.parametrize("changes", [False, True])
@pytest.mark.parametrize(("times", "per"), [(1.0, 1e5), (51.0, 1.0), (100.0, 1.0)])
def test_compiled_and_numpy_give_the_same_bytes(
    shape: tuple[int, int], changes: bool, times: float, per: float
) -> None:
    """Proves it of halves, of noughts, of what lies beyond the table, and of a grid with gaps."""
    assert CELLS is not numpy_cells, "not built: `make test` does it"
    random, scale = np.random.default_rng(shape[1]), Scale(times, per, changes)
    grid = np.multiply(random.integers(-90, 90, shape) * (0.5 * per / times), random.random(shape) < 0.7)
    for each in (grid, grid[::-1, ::-1]):
        assert CELLS(each, scale, NUMBERS) == numpy_cells(each, scale, NUMBERS)
    assert np.array(orjson.loads(CELLS(grid, scale, NUMBERS))).shape == shape


def test_each_number_has_its_text() -> None:
    """Rounded to the nearest, of halves the even one; changes are against the column before, which is 0 at first."""
    grid = np.array([[0.0, 1.5, 2.5], [3.0, -40.0, 99.0]])
    assert CELLS(grid, Scale(1.0, 1.0), NUMBERS) == b"[[0,2,2],[3,-40,40]]"
    assert CELLS(grid, Scale(1.0, 1.0, changes=True), NUMBERS) == b"[[0,2,2],[3,-40,40]]"
    assert CELLS(grid[::-1], Scale(10.0, 5.0, changes=True), NUMBERS) == b"[[6,-40,40],[-6,40,-40]]"


def test_no_columns_are_an_empty_list() -> None:
    """As of a map of which none are asked for."""
    assert CELLS(np.empty((0, 5)), Scale(1.0, 1.0), NUMBERS) == b"[]"


def test_a_text_that_is_longer_than_its_room_is_refused() -> None:
    """It would run into the next one."""
    assert texts_of(0, ["0" * 15]).length.tolist() == [16]
    with pytest.raises(ValueError, match="longer than 15"):
        texts_of(0, ["0" * 16])
