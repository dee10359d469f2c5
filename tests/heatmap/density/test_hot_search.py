"""The search of many columns: compiled and in numpy the same runs, and what one column's own search finds."""

import numpy as np
import pytest

from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side
from service.heatmap.density.column_heat import ColumnHeat
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES, DensityRules
from service.heatmap.density.hot_search import FASTEST, ROOM, Choice, Moments, numpy_search

COLUMNS = 60
ONE = np.ones((1, 1))
AXIS = LogAxis(0.0006, 15_000, 700)


def moments(seed: int, axis: LogAxis = AXIS) -> Moments:
    """Return columns in some order, some twice, with prices on and beyond the axis and lengths of every size.

    Of half of them some bins alone are looked at, and of some of these none.
    """
    random = np.random.default_rng(seed)
    price = np.exp(random.uniform(np.log(axis.edges[0]) - 0.01, np.log(axis.edges[-1]) + 0.01, COLUMNS))
    price[:5] = axis.centres[[0, 1, axis.count // 2, axis.count - 2, axis.count - 1]]
    atr = price * 10.0 ** random.uniform(-4.0, -1.3, COLUMNS)
    anchor = price * np.exp(random.normal(0.0, 0.004, COLUMNS))
    begin = np.where(np.arange(COLUMNS) % 2, random.integers(-5, axis.count, COLUMNS), 0)
    end = np.where(np.arange(COLUMNS) % 2, begin + random.integers(0, 60, COLUMNS), axis.count)
    row, reach = random.integers(0, COLUMNS, COLUMNS), price * random.uniform(0.0, 0.3, COLUMNS)
    return Moments(row, begin, end, price, atr, reach, anchor)


def heats(kind: str, seed: int, axis: LogAxis = AXIS) -> ColumnHeat:
    """Return heat of columns of one kind, COLUMNS of B bins, of which a side holds some or all."""
    random = np.random.default_rng(seed)
    lumps = random.exponential(1.0, (2, COLUMNS, axis.count // 8 + 1)).repeat(8, axis=2)[:, :, : axis.count]
    lumps[:, :, 300:340] *= random.choice([0.0, 1.0], (2, COLUMNS, 1))
    lumps[:, :10, 200:] = 0.0
    if kind == "lumps":
        return ColumnHeat(lumps[0], lumps[1], axis.bin_size)
    return ColumnHeat(lumps[0], lumps[1], axis.bin_size, told(kind, random, axis))


def told(kind: str, random: np.random.Generator, axis: LogAxis) -> np.ndarray:
    """Return heat that no positions make, float64[COLUMNS, B]."""
    if kind == "level":
        return np.full((COLUMNS, axis.count), 0.5)
    if kind == "empty":
        return np.zeros((COLUMNS, axis.count))
    if kind == "full":
        return np.ones((COLUMNS, axis.count))
    if kind == "stripes":
        return np.where(np.arange(axis.count) % 2 == 0, 0.9, random.choice([0.1, 0.7, 0.8], (COLUMNS, axis.count)))
    assert kind == "ties"
    return random.choice([0.0, 0.35, 0.5, 0.7, 0.8, 0.85, 1.0], (COLUMNS, axis.count // 4)).repeat(4, axis=1)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("kind", ["lumps", "level", "empty", "full", "stripes", "ties"])
@pytest.mark.parametrize("seed", range(4))
def test_compiled_and_numpy_find_the_same_runs(kind: str, side: Side, seed: int) -> None:
    """Of every kind of column, also where each second bin is hot and where heats are equal."""
    assert FASTEST is not numpy_search, "not built: `make test` does it"
    rules = DEFAULT_DENSITY_RULES if seed % 2 else DensityRules(hot=0.6, hot_peak=0.9, reach_atr=3.0, core_atr=1.0)
    at = moments(seed)
    for choice in (Choice(far=True), Choice(), Choice(far=True, most=1), Choice(most=1)):
        found, expected = (
            search(AXIS, heats(kind, seed), at, side, rules, choice) for search in (FASTEST, numpy_search)
        )
        assert found.column.tolist() == expected.column.tolist()
        assert found.rows.tolist() == expected.rows.tolist()
        assert choice.far or found.near.all()
        assert choice.most > 1 or len(np.unique(found.column)) == len(found.column)
        if kind == "lumps" and choice == Choice(far=True):
            assert len(found.rows) > COLUMNS
        if kind == "stripes" and choice == Choice(far=True):
            assert len(found.rows) > ROOM * COLUMNS / 2


@pytest.mark.parametrize("side", Side)
def test_looking_at_some_bins_finds_the_runs_that_lie_there(side: Side) -> None:
    """All runs of a column that have a bin there, whole, and no others."""
    heat, at, rules = heats("lumps", 7), moments(7), DEFAULT_DENSITY_RULES
    everywhere = at._replace(begin=np.zeros(COLUMNS, np.int64), end=np.full(COLUMNS, AXIS.count))
    found = FASTEST(AXIS, heats("lumps", 7), at, side, rules, Choice(far=True))
    every = FASTEST(AXIS, heat, everywhere, side, rules, Choice(far=True))
    there = (every.rows[:, 0] < at.end[every.column]) & (every.rows[:, 1] > at.begin[every.column])
    assert found.rows.tolist() == every.rows[there].tolist()
    assert 20 < len(found.rows) < len(every.rows)


def test_no_column_and_one_bin() -> None:
    """Nothing is found of nothing, and an axis of one bin has one run at most."""
    none = Moments(*(np.empty(0, np.int64),) * 3, *(np.empty(0),) * 4)
    assert len(FASTEST(AXIS, heats("full", 1), none, Side.LONG, DEFAULT_DENSITY_RULES, Choice()).rows) == 0
    one = LogAxis(0.01, 1000, 1)
    zeros, heat = np.zeros(2, np.int64), ColumnHeat(ONE, ONE, 0.01, ONE)
    at = Moments(zeros, zeros, zeros + 1, one.centres[[0, 0]] * [1.2, 0.8], np.ones(2), np.full(2, 1e9), np.ones(2))
    for side in Side:
        runs, same = (
            search(one, heat, at, side, DEFAULT_DENSITY_RULES, Choice()) for search in (FASTEST, numpy_search)
        )
        assert runs.rows.tolist() == same.rows.tolist() == [[0, 1, 0, 1, 0, 1, 0, 1]]
        assert runs.column.tolist() == [0 if side is Side.LONG else 1]
