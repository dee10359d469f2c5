"""The main loop as the build compiled it from bar_loop.c, where there was a compiler (see hatch_build.py)."""

import ctypes
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from service.heatmap.inventory.bar_loop import Course, Grid, Grids, State

Loop: TypeAlias = Callable[[Course, State, Grids], None]

LIBRARY = "libkernel"
# Fields of `struct side` and `struct grid` of bar_loop.c, in their order; where it is told apart, `*` is an array.
SIDE = (
    *("bars", "populations", "slots", "most_bands"),
    *("*reach_slot", "*reach_past", "*survival", "*target", "*levered"),
    *("*band_count", "*band_end"),
    *("*close_slot", "*close_past", "*density", "*at_close", "*end", "*near", "*far", "*within"),
    *("columns", "deepest", "grids", "*grid"),
    *("*held", "*front", "*past", "*record", "*before", "*amount"),
)
GRID = ("prices", "adds", "*slot", "*past", "*first", "*last", "*worth", "*columns", "*at")
# Arrays of int64; the others are float64.
WHOLE = {
    *("reach_slot", "close_slot", "slot", "front"),
    *("band_count", "band_end", "end", "near", "far", "first", "last"),
}


def _fields(names: tuple[str, ...]) -> list[tuple[str, type]]:
    return [(name.removeprefix("*"), ctypes.c_void_p if "*" in name else ctypes.c_int64) for name in names]


class _Side(ctypes.Structure):
    """`struct side` of bar_loop.c."""

    _fields_ = _fields(SIDE)


class _Grid(ctypes.Structure):
    """`struct grid` of bar_loop.c."""

    _fields_ = _fields(GRID)


def library(beside: str = __file__) -> ctypes.CDLL | None:
    """Return the library beside a file, this one; None if there is none, or one of another layout."""
    try:
        found = np.ctypeslib.load_library(LIBRARY, beside)
        found.side_size.restype = found.grid_size.restype = ctypes.c_int64
        found.source.restype = ctypes.c_char_p
    except (OSError, AttributeError):
        return None
    sizes = found.side_size(), found.grid_size()
    return found if sizes == (ctypes.sizeof(_Side), ctypes.sizeof(_Grid)) else None


def loop_of(found: ctypes.CDLL) -> Loop:
    """Return the library's loop, for use in place of bar_loop.run; it lets go of the interpreter's lock."""

    def run(course: Course, state: State, grids: Grids) -> None:
        populations, bars, most_bands = course.survival.shape
        arrays, shown = checked(_arrays(course, state)), [checked(_grid_arrays(grid)) for grid in grids.each]
        each = (_Grid * len(shown))(*map(_grid, grids.each, shown))
        side = _Side(
            bars=bars,
            populations=populations,
            slots=state.held.shape[1],
            most_bands=most_bands,
            columns=grids.columns,
            deepest=grids.deepest,
            grids=len(each),
            grid=ctypes.addressof(each),
            **_addresses(arrays),
        )
        found.run(ctypes.byref(side))

    return run


def checked(arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the arrays as they are; raises ValueError naming one that is not what the library reads."""
    for name, array in arrays.items():
        if array.dtype != (np.int64 if name in WHOLE else np.float64) or not array.flags.c_contiguous:
            raise ValueError(f"{name}: {array.dtype} array, or with gaps")
    return arrays


def _addresses(arrays: dict[str, NDArray[Any]]) -> dict[str, int]:
    return {name: array.ctypes.data for name, array in arrays.items()}


def _grid(grid: Grid, arrays: dict[str, NDArray[Any]]) -> _Grid:
    return _Grid(prices=len(grid.slot), adds=grid.adds, **_addresses(arrays))


def _arrays(course: Course, state: State) -> dict[str, NDArray[Any]]:
    """Return every array of `struct side` by its name there."""
    bands, slots = course.bands, state.held.shape[1]
    arrays = {**vars(course), **vars(course.deposits), **vars(state), "before": np.empty(slots + 1)}
    arrays |= {"band_count": bands.count, "band_end": bands.end, "amount": np.empty(bands.end.shape[1])}
    del arrays["deposits"], arrays["bands"]
    return arrays


def _grid_arrays(grid: Grid) -> dict[str, NDArray[Any]]:
    """Return every array of `struct grid` by its name there."""
    arrays = {**vars(grid), "at": np.empty(len(grid.slot))}
    del arrays["adds"]
    return arrays
