"""Heat that is worked out where it is looked at is that of the whole map, to the byte."""

import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import BySide
from service.heatmap.density import column_heat
from service.heatmap.density.column_heat import ColumnHeat
from service.heatmap.density.heat import STEP, heat_of

COLUMNS = 9


def amounts(length: int) -> BySide[Floats]:
    """Return columns of lumps and gaps; one empty, one level, and some with next to nothing beside very much."""
    random = np.random.default_rng(length)
    grids = random.gamma(0.3, 1e6, (2, COLUMNS, length)) * (random.random((2, COLUMNS, length)) < 0.5)
    grids[:, 3], grids[:, 4], grids[:, 5, length // 3 :] = 0.0, 7.0, 0.0
    grids[:, 6] *= 1e-300
    grids[:, 7, length // 3 :] *= 1e-12
    grids[:, 8, length // 3 :] *= 1e-13
    return BySide(*grids)


def looked_at(heat: ColumnHeat, length: int) -> tuple[Floats, np.ndarray, np.ndarray]:
    """Return the heat of single places in an order of their own, and which they are."""
    random = np.random.default_rng(length + 1)
    column, place = (random.permutation(np.repeat(np.arange(n), 3)) for n in (COLUMNS, length))
    column = np.resize(column, len(place))
    return heat.cells(column, place), column, place


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("length", [1, 15, 16, 17, 300, 901])
def test_it_is_the_heat_of_the_whole(length: int, compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Place by place, some bins of all columns, and all of them, whatever was looked at before."""
    if compiled:
        assert column_heat._FIND is not None, "not built: `make test` does it"
    else:
        monkeypatch.setattr(column_heat, "_FIND", None)
    sides = amounts(length)
    expected, heat = heat_of(sides.long + sides.short, STEP), ColumnHeat(sides.long, sides.short, STEP)
    cells, column, place = looked_at(heat, length)
    assert cells.tobytes() == expected[column, place].tobytes()
    span = length // 4, length // 2 + 1
    assert heat.bins(span).tobytes() == expected[:, slice(*span)].tobytes()
    assert heat.whole.tobytes() == ColumnHeat(sides.long, sides.short, STEP).whole.tobytes() == expected.tobytes()


def test_what_is_known_is_not_worked_out() -> None:
    """Heat that is given is given back, whatever stands."""
    sides, known = amounts(40), np.random.default_rng(1).random((COLUMNS, 40))
    assert ColumnHeat(sides.long, sides.short, STEP, known).whole is not None
    assert ColumnHeat(sides.long, sides.short, STEP, known).whole.tobytes() == known.tobytes()


def test_other_numbers_and_layouts_are_read_alike() -> None:
    """Single precision and every other column of a grid."""
    sides = amounts(300)
    half = BySide(*(side[::2].astype(np.float32) for side in sides))
    expected = heat_of(np.add(*half, dtype=np.float64), STEP)
    assert ColumnHeat(half.long, half.short, STEP).whole.tobytes() == expected.tobytes()
