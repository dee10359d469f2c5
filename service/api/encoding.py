"""Encoding: a grid of notional as JSON, dense or as segments."""

import math
from typing import Any

import numpy as np

from service.heatmap.bars import Floats

# Amounts are rounded to this share of the largest, which keeps an answer a fifth as long and no figure worse than it
# is known by far.
RESOLUTION = 1e-6
# Segments: amounts fall into classes this far apart, and what is under FAINT of the largest is left out.
CLASS_RATIO = 1.25
FAINT = 1e-3


def resolution(largest: float) -> float:
    """Return the power of ten, at most 1, to whose multiples amounts are rounded; 1 for an empty grid."""
    if largest <= 0:
        return 1.0
    return 10.0 ** min(math.floor(math.log10(largest * RESOLUTION)), 0)


def dense(grid: Floats, unit: float) -> np.ndarray:
    """Return the grid rounded to multiples of `unit`: whole numbers if it is 1, which print short; C-contiguous."""
    if unit >= 1.0:
        return np.ascontiguousarray(np.rint(grid).astype(np.int64))
    return np.ascontiguousarray(np.round(grid, -round(math.log10(unit))))


def segments(grid: Floats, largest: float) -> dict[str, Any]:
    """Return runs of columns in which a bin keeps its class: far fewer numbers where amounts change slowly.

    grid float64[T, B]. The answer's lists go together: bin, first and last column (inclusive) and class; a class stands
    for `levels[class]`, and every amount of the run is within a factor sqrt(CLASS_RATIO) of it.
    """
    faintest = largest * FAINT
    count = math.ceil(-math.log(FAINT) / math.log(CLASS_RATIO)) + 1
    with np.errstate(divide="ignore"):
        classes = (
            np.rint(np.log(grid.T / faintest) / math.log(CLASS_RATIO)) if largest > 0 else np.full(grid.T.shape, -1)
        )
    classes = np.where(faintest <= grid.T, np.clip(classes, 0, count), -1).astype(np.int64)
    starts = np.ones_like(classes, dtype=bool)
    starts[:, 1:] = classes[:, 1:] != classes[:, :-1]
    which, first = np.nonzero(starts)
    ends = np.append(starts[:, 1:], np.ones((len(starts), 1), dtype=bool), axis=1)
    last = np.nonzero(ends)[1]
    kind = classes[which, first]
    seen = kind >= 0
    levels = faintest * CLASS_RATIO ** np.arange(count + 1)
    return {
        "bin": which[seen],
        "from": first[seen],
        "to": last[seen],
        "class": kind[seen],
        "levels": [float(f"{level:.6g}") for level in levels],
    }
