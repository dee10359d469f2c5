"""Cells: a bin is a row, the lowest at the bottom, and a column is a column."""

import numpy as np

from service.api.pictures.cells import brightest, draw_cells
from service.api.pictures.frame import Frame
from service.api.pictures.ink import Ink


def test_cells_lie_where_their_prices_and_times_are() -> None:
    """Two columns of two bins, four quarters."""
    colours = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    ink = Ink((8, 6), (255, 255, 255))
    frame = Frame(left=0, top=1, right=8, bottom=5, low=0, high=2, columns=2)
    draw_cells(ink, frame, np.array([[10, 20], [30, 40]], dtype=np.uint8), colours)
    made = np.asarray(ink.image)[:, :, 0]
    assert made[1:3, :4].tolist() == [[20] * 4] * 2
    assert made[3:5, :4].tolist() == [[10] * 4] * 2
    assert made[1:3, 4:].tolist() == [[40] * 4] * 2
    assert made[3:5, 4:].tolist() == [[30] * 4] * 2
    assert set(made[[0, 5]].ravel()) == {255}


def test_one_large_amount_does_not_darken_the_rest() -> None:
    """The brightest is a high quantile of what stands, and 1 of an empty map."""
    amounts = np.concatenate([np.full(999, 5.0), [1e9], np.zeros(500)])
    assert brightest(amounts) == 5.0
    assert brightest(np.zeros(4)) == 1.0
