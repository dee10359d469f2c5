"""Longer bars are made of whole sets of shorter ones."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.market.adapter.resample import longer_bars

PART, STEP = 10, 60


def parts(times: list[int]) -> Floats:
    """Return a bar at each time whose figures tell it apart."""
    rows = [(t, 100 + t % 7, 120 + t % 11, 80 - t % 13, 101 + t % 5, 1 + t % 3) for t in times]
    return np.array(rows, dtype=np.float64).reshape(-1, 6)


def twin(table: Floats) -> list[tuple[Any, ...]]:
    """Return what longer_bars should, one bar at a time."""
    made: list[tuple[float, ...]] = []
    for opened in sorted({t // STEP * STEP for t in table[:, 0]}):
        mine = table[(table[:, 0] >= opened) & (table[:, 0] < opened + STEP)]
        if len(mine) == STEP // PART:
            made.append((opened, mine[0, 1], mine[:, 2].max(), mine[:, 3].min(), mine[-1, 4], mine[:, 5].sum()))
    return made


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), max_size=40, unique=True).map(sorted))
def test_only_whole_bars_come_out(numbers: list[int]) -> None:
    """Whatever is missing, a bar comes out exactly when all its parts are there, with their figures."""
    table = parts([PART * n for n in numbers])
    np.testing.assert_array_equal(longer_bars(table, STEP, PART), np.array(twin(table)).reshape(-1, 6))
