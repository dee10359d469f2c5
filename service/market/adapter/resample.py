"""Longer bars made of shorter ones, for timeframes that a venue cuts elsewhere than at whole UTC intervals."""

import numpy as np

from service.heatmap.base import Floats


def longer_bars(table: Floats, step: int, part: int) -> Floats:
    """Return bars of `step` ms from bars of `part` ms, rows of (time, open, high, low, close, volume), oldest first.

    A bar is there only if all its parts are: without one its volume and range would be too small.
    """
    opened = table[:, 0] // step * step
    first = np.flatnonzero(np.diff(opened, prepend=-1.0))
    if not len(first):
        return table
    last = np.append(first[1:], len(table)) - 1
    bars = np.column_stack(
        (
            opened[first],
            table[first, 1],
            np.maximum.reduceat(table[:, 2], first),
            np.minimum.reduceat(table[:, 3], first),
            table[last, 4],
            np.add.reduceat(table[:, 5], first),
        )
    )
    whole: Floats = bars[last - first + 1 == step // part]
    return whole
