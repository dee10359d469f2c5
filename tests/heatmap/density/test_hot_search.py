"""The search of many columns: compiled and in numpy the same runs, and what one column's own search finds."""

import numpy as np
import pytest

from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side
from service.heatmap.density.heat import heat_of
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES, DensityRules
from service.heatmap.density.hot_search import FASTEST, ROOM, Moments, numpy_search

COLUMNS = 60
AXIS = LogAxis(0.0006, 15_000, 700)


def moments(seed: int, axis: LogAxis = AXIS) -> Moments:
    """Return columns in some order, some twice, with prices on and beyond the axis and lengths of every size."""
    random = np.random.default_rng(seed)
    price = np.exp(random.uniform(np.log(axis.edges[0]) - 0.01, np.log(axis.edges[-1]) + 0.01, COLUMNS))
    price[:5] = axis.centres[[0, 1, axis.count // 2, axis.count - 2, axis.count - 1]]
    atr = price * 10.0 ** random.uniform(-4.0, -1.3, COLUMNS)
    anchor = price * np.exp(random.normal(0.0, 0.004, COLUMNS))
    return Moments(random.integers(0, COLUMNS, COLUMNS), price, atr, price * random.uniform(0.0, 0.3, COLUMNS), anchor)


def heats(kind: str, seed: int, axis: LogAxis = AXIS) -> np.ndarray:
    """Return heat of columns of one kind, float64[COLUMNS, B]."""
    random = np.random.default_rng(seed)
    if kind == "level":
        return np.full((COLUMNS, axis.count), 0.5)
    if kind == "empty":
        return np.zeros((COLUMNS, axis.count))
    if kind == "full":
        return np.ones((COLUMNS, axis.count))
    if kind == "stripes":
        return np.where(np.arange(axis.count) % 2 == 0, 0.9, random.choice([0.1, 0.7, 0.8], (COLUMNS, axis.count)))
    if kind == "ties":
        return random.choice([0.0, 0.35, 0.5, 0.7, 0.8, 0.85, 1.0], (COLUMNS, axis.count // 4)).repeat(4, axis=1)
    lumps = random.exponential(1.0, (COLUMNS, axis.count // 8 + 1)).repeat(8, axis=1)[:, : axis.count]
    lumps[:, 300:340] *= random.choice([0.0, 1.0], (COLUMNS, 1))
    return heat_of(lumps, axis.bin_size)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("kind", ["lumps", "level", "empty", "full", "stripes", "ties"])
@pytest.mark.parametrize("seed", range(4))
def test_compiled_and_numpy_find_the_same_runs(kind: str, side: Side, seed: int) -> None:
    """Of every kind of column, also where each second bin is hot and where heats are equal."""
    assert FASTEST is not numpy_search, "not built: `make test` does it"
    rules = DEFAULT_DENSITY_RULES if seed % 2 else DensityRules(hot=0.6, hot_peak=0.9, reach_atr=3.0, core_atr=1.0)
    heat, at = heats(kind, seed), moments(seed)
    found, expected = (search(AXIS, heat, at, side, rules) for search in (FASTEST, numpy_search))
    assert found.column.tolist() == expected.column.tolist()
    assert found.rows.tolist() == expected.rows.tolist()
    if kind == "lumps":
        assert len(found.rows) > COLUMNS
    if kind == "stripes":
        assert len(found.rows) > ROOM * COLUMNS


def test_no_column_and_one_bin() -> None:
    """Nothing is found of nothing, and an axis of one bin has one run at most."""
    none = Moments(np.empty(0, np.int64), *(np.empty(0),) * 4)
    assert len(FASTEST(AXIS, heats("full", 1), none, Side.LONG, DEFAULT_DENSITY_RULES).rows) == 0
    one = LogAxis(0.01, 1000, 1)
    at = Moments(np.zeros(2, np.int64), one.centres[[0, 0]] * [1.2, 0.8], np.ones(2), np.full(2, 1e9), np.ones(2))
    for side in Side:
        runs, same = (
            search(one, np.ones((1, 1)), at, side, DEFAULT_DENSITY_RULES) for search in (FASTEST, numpy_search)
        )
        assert runs.rows.tolist() == same.rows.tolist() == [[0, 1, 0, 1, 0, 1, 0, 1]]
        assert runs.column.tolist() == [0 if side is Side.LONG else 1]
