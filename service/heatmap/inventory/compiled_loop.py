"""The main loop as the build compiled it from bar_loop.c, where there was a compiler (see hatch_build.py)."""

import ctypes
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from service.heatmap.inventory.bar_loop import Course, Grid, State

Loop: TypeAlias = Callable[[Course, State, Grid | None], None]

LIBRARY = "libkernel"
# In the order of bar_loop.c.
SIZES = ("bars", "populations", "slots", "columns", "prices", "most_bands")
ARRAYS = (
    *("reach_slot", "reach_past", "survival", "target", "levered"),
    *("band_count", "band_end"),
    *("close_slot", "close_past", "density", "at_close", "end", "near", "far", "within"),
    *("price_slot", "price_past", "first", "last", "worth", "column"),
    *("held", "front", "past", "record", "before", "at", "amount"),
)
# int64; the others are float64.
WHOLE = {
    *("reach_slot", "close_slot", "price_slot", "front"),
    *("band_count", "band_end", "end", "near", "far", "first", "last"),
}


class _Side(ctypes.Structure):
    """`struct side` of bar_loop.c."""

    _fields_ = [(name, ctypes.c_int64) for name in SIZES] + [(name, ctypes.c_void_p) for name in ARRAYS]


def library(beside: str = __file__) -> ctypes.CDLL | None:
    """Return the library beside a file, this one; None if it was not built, or for another layout of its argument."""
    try:
        found = np.ctypeslib.load_library(LIBRARY, beside)
    except OSError:
        return None
    found.side_size.restype = ctypes.c_int64
    found.source.restype = ctypes.c_char_p
    return found if found.side_size() == ctypes.sizeof(_Side) else None


def loop_of(found: ctypes.CDLL) -> Loop:
    """Return the library's loop, for use in place of bar_loop.run; it lets go of the interpreter's lock."""

    def run(course: Course, state: State, grid: Grid | None) -> None:
        arrays = checked(_arrays(course, state, grid))
        columns, prices = (0, 0) if grid is None else (len(grid.columns), len(grid.slot))
        populations, bars, most_bands = course.survival.shape
        sizes = (bars, populations, state.held.shape[1], columns, prices, most_bands)
        found.run(ctypes.byref(_Side(*sizes, **{name: array.ctypes.data for name, array in arrays.items()})))

    return run


def checked(arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the arrays as they are; raises ValueError naming one that is not what the library reads."""
    for name, array in arrays.items():
        if array.dtype != (np.int64 if name in WHOLE else np.float64) or not array.flags.c_contiguous:
            raise ValueError(f"{name}: {array.dtype} array, or with gaps")
    return arrays


def _arrays(course: Course, state: State, grid: Grid | None) -> dict[str, NDArray[Any]]:
    """Return every array that there is by its name in bar_loop.c."""
    bands, slots = course.bands, state.held.shape[1]
    arrays = {**vars(course), **vars(course.deposits), **vars(state), "before": np.empty(slots + 1)}
    arrays |= {"band_count": bands.count, "band_end": bands.end, "amount": np.empty(bands.end.shape[1])}
    if grid is not None:
        shown = {
            "price_slot": grid.slot,
            "price_past": grid.past,
            "column": grid.columns,
            "at": np.empty(len(grid.slot)),
        }
        arrays |= shown | {"first": grid.first, "last": grid.last, "worth": grid.worth}
    del arrays["deposits"], arrays["bands"]
    return arrays
