"""Encoding: a grid of notional as JSON: dense, as changes between columns, or as segments."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base import Floats
from service.heatmap.stats import percentiles

# Amounts are rounded to this share of the largest, which keeps an answer a fifth as long and no figure worse than it
# is known by far.
RESOLUTION = 1e-6
# Segments: amounts fall into classes this far apart, and what is under FAINT of the largest is left out.
CLASS_RATIO = 1.25
FAINT = 1e-3


# Cells of a grid need three digits of the largest: colours have fewer, and no cell is known as well.
CELL_DIGITS = 3
# Classes of heat between which runs of columns are told apart.
HEAT_CLASSES = 32
# Steps of dense heat, of which 255 is a multiple.
HEAT_STEPS = 51


def coarse_resolution(largest: float) -> float:
    """Return the power of ten to which cells are rounded: three digits of the largest; 1 for an empty grid."""
    return 10.0 ** (math.floor(math.log10(largest)) + 1 - CELL_DIGITS) if largest > 0 else 1.0


def resolution(largest: float) -> float:
    """Return the power of ten, at most 1, to whose multiples amounts are rounded; 1 for an empty grid."""
    if largest <= 0:
        return 1.0
    return 10.0 ** min(math.floor(math.log10(largest * RESOLUTION)), 0)


def dense(grid: Floats, unit: float) -> np.ndarray:
    """Return the grid rounded to multiples of `unit`: whole numbers if it is 1, which print short; C-contiguous."""
    if unit < 1.0:
        return np.ascontiguousarray(np.round(grid, -round(math.log10(unit))))
    if unit > 1.0:
        grid = np.rint(grid / unit) * unit
    # Rounded straight into integers: an array in between costs more, in page faults, than the rounding.
    whole = np.empty(grid.shape, np.int64)
    np.rint(grid, out=whole, casting="unsafe")
    return whole


def segments(grid: Floats, largest: float) -> dict[str, Any]:
    """Return runs of columns in which a bin keeps its class: far fewer numbers where amounts change slowly.

    grid float64[T, B]. The answer's lists go together: bin, first and last column (inclusive) and class; a class stands
    for `levels[class]`, and every amount of the run is within a factor sqrt(CLASS_RATIO) of it.
    """
    count = math.ceil(-math.log(FAINT) / math.log(CLASS_RATIO)) + 1
    levels = largest * FAINT * CLASS_RATIO ** np.arange(count + 1)
    return _runs(_classes(grid, largest)) | {"levels": [float(f"{level:.6g}") for level in levels]}


def heat_segments(heat: Floats) -> dict[str, Any]:
    """Return the same for heat float64[T, B] from 0 to 1; a class stands for `levels[class]`."""
    classes = np.rint(heat.T * (HEAT_CLASSES - 1)).astype(np.int8)
    classes[classes == 0] = -1
    return _runs(classes) | {"levels": np.round(np.arange(HEAT_CLASSES) / (HEAT_CLASSES - 1), 4)}


def heat_bytes(heat: Floats) -> NDArray[np.uint8]:
    """Return heat from 0 to 1 as whole numbers from 0 to 255, in HEAT_STEPS equal steps.

    No eye and no measurement tells neighbouring steps apart, and an answer is half as long for it.
    """
    return np.ascontiguousarray(np.rint(np.rint(HEAT_STEPS * heat) * (255.0 / HEAT_STEPS)).astype(np.uint8))


def percentiles_of(grid: Floats) -> dict[str, float]:
    """Return the amounts that half, 90 and 99 % of the cells do not exceed, of those in which anything stands."""
    amounts = grid[grid > 0.0]
    values = percentiles(amounts, (50, 90, 99)) if len(amounts) else [0.0, 0.0, 0.0]
    return {name: float(f"{value:.4g}") for name, value in zip(("p50", "p90", "p99"), values, strict=True)}


def _runs(classes: NDArray[np.int8]) -> dict[str, Any]:
    """Return where each bin keeps its class, of int8[B, T]; -1 is left out."""
    turns = np.ones((len(classes), classes.shape[1] + 1), dtype=bool)
    np.not_equal(classes[:, 1:], classes[:, :-1], out=turns[:, 1:-1])
    which, first = np.nonzero(turns[:, :-1])
    last = np.nonzero(turns[:, 1:])[1]
    kind = classes[which, first]
    seen = kind >= 0
    return {"bin": which[seen], "from": first[seen], "to": last[seen], "class": kind[seen]}


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
