"""Encoding: a grid of notional as JSON, dense or as segments."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base import Floats

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
    if unit < 1.0:
        return np.ascontiguousarray(np.round(grid, -round(math.log10(unit))))
    # Rounded straight into integers: an array in between costs more, in page faults, than the rounding.
    whole = np.empty(grid.shape, np.int64)
    np.rint(grid, out=whole, casting="unsafe")
    return whole


def segments(grid: Floats, largest: float) -> dict[str, Any]:
    """Return runs of columns in which a bin keeps its class: far fewer numbers where amounts change slowly.

    grid float64[T, B]. The answer's lists go together: bin, first and last column (inclusive) and class; a class stands
    for `levels[class]`, and every amount of the run is within a factor sqrt(CLASS_RATIO) of it.
    """
    classes = _classes(grid, largest)
    turns = np.ones((len(classes), classes.shape[1] + 1), dtype=bool)
    np.not_equal(classes[:, 1:], classes[:, :-1], out=turns[:, 1:-1])
    which, first = np.nonzero(turns[:, :-1])
    last = np.nonzero(turns[:, 1:])[1]
    kind = classes[which, first]
    seen = kind >= 0
    count = math.ceil(-math.log(FAINT) / math.log(CLASS_RATIO)) + 1
    levels = largest * FAINT * CLASS_RATIO ** np.arange(count + 1)
    return {
        "bin": which[seen],
        "from": first[seen],
        "to": last[seen],
        "class": kind[seen],
        "levels": [float(f"{level:.6g}") for level in levels],
    }


def _classes(grid: Floats, largest: float) -> NDArray[np.int8]:
    """Return each amount's class, int8[B, T], -1 where it is faint.

    In float32: its logarithm is four times as fast, and a class boundary need not be exact to seven digits.
    """
    if largest <= 0:
        return np.full(grid.T.shape, -1, np.int8)
    shares = np.empty(grid.T.shape, np.float32)
    np.divide(grid.T, largest * FAINT, out=shares, casting="unsafe")
    faint = shares < 1.0
    np.log(np.maximum(shares, 1.0, out=shares), out=shares)
    shares *= 1.0 / math.log(CLASS_RATIO)
    classes = np.rint(shares, out=shares).astype(np.int8)
    classes[faint] = -1
    return classes
