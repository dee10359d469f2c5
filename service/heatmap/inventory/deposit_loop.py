"""What one coin's deposit comes to in each bar, and the tables that deposits are read from: in numpy, and compiled.

deposits.c does the same as the functions in numpy, several times faster: both give the same bytes.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.compiled import LIBRARY, Call, Layout, Library, Structs, Value, function
from service.heatmap.inventory.distance import DistanceCurve
from service.heatmap.inventory.lattice import STEP

# An entry edge is rounded outwards to STEP / PHASES = 0.004 % of price; the integral between the two is exact.
PHASES = 16
CELL = STEP / PHASES
# Below this share of a bar's opens beyond its close nothing levered can stand, and the opens count as unlevered.
LEAST_STANDING = 1e-6
# Sets of curves of which the library's structs are remembered.
CURVES_KEPT = 64

Curves: TypeAlias = tuple[DistanceCurve, ...]


class Entered(NamedTuple):
    """Where each of T bars opened positions.

    near, far  int64[T]    edges of the entries, in cells; they are even between the two
    gap_edge   int64[T]    the first edge of the lattice beyond the close, in cells
    cut        float64[T]  the close: what would be liquidated at or before it cannot stand
    """

    near: Times
    far: Times
    gap_edge: Times
    cut: Floats


class Laid(NamedTuple):
    """What one coin that stands after it was opened comes to, for each of P curves.

    density   float64[P, T]  entries per unit of adverse log price that leave one coin standing; 0 if nothing can stand
    at_close  float64[P, T]  what of it lies between the close and the gap's edge
    """

    density: Floats
    at_close: Floats


class Loops(NamedTuple):
    """How both are worked out: `lay` of entries, for each curve, and `table` of so many edges before 0 and from 0 on.

    The table is float64[PHASES, before + after - 1]: the integral of the curve over one step from each edge on, less
    each phase.
    """

    lay: Callable[[Entered, Curves], Laid]
    table: Callable[[DistanceCurve, int, int], Floats]


CURVE = Layout("curve", "points", "*u", "*mass", "*area", "*half_slope")
LAID = Layout(
    "laid",
    *("bars", "curves", "=cell", "=least_standing", "*curve", "#near", "#far", "#gap_edge", "*cut"),
    *("*density", "*at_close"),
)
TABLED = Layout("tabled", "before", "after", "phases", "=cell", "*curve", "*within")


def numpy_lay(entered: Entered, curves: Curves) -> Laid:
    """Return what one coin comes to, for each curve.

    Entries at y0..y1 put G(y - y0) - G(y - y1) times their density at or before y, with G the integral of the distance
    curve.
    """
    by_curve = zip(*(_laid(entered, curve) for curve in curves), strict=True)
    return Laid(*map(np.array, by_curve))


def _laid(entered: Entered, curve: DistanceCurve) -> tuple[Floats, Floats]:
    near, far, edge = (cells.astype(np.float64) for cells in entered[:3])
    width = (far - near) * CELL
    gone = curve.integral(entered.cut - near * CELL) - curve.integral(entered.cut - far * CELL)
    standing = width - gone
    density = np.divide(1.0, standing, out=np.zeros(len(near)), where=standing > LEAST_STANDING * width)
    by_edge = curve.integral((edge - near) * CELL) - curve.integral((edge - far) * CELL)
    return density, np.maximum(density * (by_edge - gone), 0.0)


def numpy_table(curve: DistanceCurve, before: int, after: int) -> Floats:
    """Return the table of a curve."""
    cells = np.arange((1 - PHASES) - before * PHASES, after * PHASES + 1 - PHASES)
    by_edge = curve.integral_along(CELL * cells.astype(np.float64)).reshape(before + after, PHASES)
    return np.diff(np.ascontiguousarray(by_edge.T[::-1]), axis=1)


NUMPY = Loops(numpy_lay, numpy_table)


def loops_of(found: Library | None) -> Loops | None:
    """Return the library's loops, for use in place of NUMPY; None where it has none for these layouts."""
    lay, fill_table = function(found, "lay", LAID, CURVE), function(found, "fill_table", TABLED, CURVE)
    return None if lay is None or fill_table is None else Loops(_lay_by(lay), _table_by(fill_table))


def _lay_by(call: Call) -> Callable[[Entered, Curves], Laid]:
    def lay(entered: Entered, curves: Curves) -> Laid:
        bars = len(entered.cut)
        laid = Laid(*np.empty((2, len(curves), bars)))
        sizes: dict[str, Value] = {"bars": bars, "curves": len(curves), "cell": CELL, "least_standing": LEAST_STANDING}
        call(LAID.filled({**sizes, "curve": _shown(curves), **entered._asdict(), **laid._asdict()}))
        return laid

    return lay


def _table_by(call: Call) -> Callable[[DistanceCurve, int, int], Floats]:
    def table(curve: DistanceCurve, before: int, after: int) -> Floats:
        within = np.empty((PHASES, before + after - 1))
        sizes = {"before": before, "after": after, "phases": PHASES, "cell": CELL}
        call(TABLED.filled({**sizes, "curve": _shown((curve,)), "within": within}))
        return within

    return table


# What is remembered of curves keeps their arrays too.
@lru_cache(CURVES_KEPT)
def _shown(curves: Curves) -> Structs:
    """Return curves as the library reads them."""
    return CURVE.many([CURVE.filled(_fields(curve)) for curve in curves])


def _fields(curve: DistanceCurve) -> dict[str, Value]:
    fields = {"u": curve.u, "mass": curve.mass, "area": curve.area, "half_slope": curve.half_slope}
    return {"points": len(curve.u), **fields}


# The compiled loops if the build made them.
FASTEST: Loops = loops_of(LIBRARY) or NUMPY
