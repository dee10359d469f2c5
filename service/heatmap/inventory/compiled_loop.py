"""The main loop as the build compiled it from bar_loop.c, where there was a compiler (see hatch_build.py)."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from service.heatmap.base.compiled import Layout, Library, Value, function
from service.heatmap.inventory.bar_loop import Course, Grid, Grids, State

Loop: TypeAlias = Callable[[Course, State, Grids], None]

SIDE = Layout(
    "side",
    *("bars", "populations", "slots", "most_bands"),
    *("#reach_slot", "*reach_past", "*survival", "*target", "*levered"),
    *("#band_count", "#band_end", "#depth"),
    *("#close_slot", "*close_past", "*density", "*at_close", "#end", "#near", "#far", "*within"),
    *("columns", "deepest", "grids", "*grid"),
    *("*held", "#front", "*past", "*record", "*before", "*shares", "#ends"),
)
GRID = Layout("grid", "prices", "adds", "#slot", "*past", "#first", "#last", "*worth", "*columns", "*at")


def loop_of(found: Library | None) -> Loop | None:
    """Return the library's loop, for use in place of bar_loop.run; None where it has none for these layouts."""
    run = function(found, "run", SIDE, GRID)
    if run is None:
        return None

    def loop(course: Course, state: State, grids: Grids) -> None:
        shown = [_grid_fields(grid) for grid in grids.each]
        each = GRID.many([GRID.filled(fields) for fields in shown])
        fields = _side_fields(course, state)
        shape = {"columns": grids.columns, "deepest": grids.deepest, "grids": len(shown)}
        run(SIDE.filled({**fields, **shape, "grid": each}))

    return loop


def _side_fields(course: Course, state: State) -> dict[str, Value]:
    """Return the fields of `struct side` by their names there, the grids apart."""
    bands, (populations, bars, most_bands), slots = course.bands, course.survival.shape, state.held.shape[1]
    sizes = {"bars": bars, "populations": populations, "slots": slots, "most_bands": most_bands}
    room = {"before": np.empty(slots + 1), "shares": np.empty(most_bands)}
    room["ends"] = np.empty(most_bands, np.int64)
    fields = {**vars(course), **vars(course.deposits), **vars(state)}
    del fields["deposits"], fields["bands"], fields["tables"]
    named = {"band_count": bands.count, "band_end": bands.end, "within": course.deposits.within}
    return {**sizes, **fields, **room, **named}


def _grid_fields(grid: Grid) -> dict[str, Value]:
    """Return the fields of `struct grid` by their names there."""
    return {**vars(grid), "prices": len(grid.slot), "at": np.empty(len(grid.slot))}
