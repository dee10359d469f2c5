"""Grids as text: the cells of a map and their heat as JSON, whole or as changes from column to column."""

import math
from functools import lru_cache

import numpy as np
import orjson

from service.analysis.maps.encoding import CELL_DIGITS, HEAT_STEPS, dense
from service.api.formats.cell_text import CELLS, Scale, Texts, texts_of
from service.heatmap.base import Floats

# As many units as the largest cell has at most; whole thousands are shorter as 18e3.
MOST_UNITS, SHORTER_FROM = 10**CELL_DIGITS, 3
# Units whose amounts are kept as texts.
UNITS_KEPT = 32


def dense_text(grid: Floats, unit: float) -> bytes:
    """Return `dense` as JSON, for a `unit` that is a thousandth of the largest cell or more: see coarse_resolution.

    Of whole thousands the noughts are written as an exponent, 18e5: a quarter of what they would take.
    """
    scale = Scale(10.0 ** -round(math.log10(unit)), 1.0) if unit < 1.0 else Scale(1.0, unit)
    return CELLS(grid, scale, _amounts(unit))


def deltas_text(grid: Floats, unit: float) -> bytes:
    """Return as JSON what each column has more or less than the one before it, in multiples of `unit`, as above.

    Summed up over the columns it is `dense`, divided by the unit: most cells change little from bar to bar, so that it
    is half as long and compresses to half as much. The first column is whole.
    """
    return CELLS(grid, Scale(1.0, unit, changes=True), _changes())


def heat_text(heat: Floats) -> bytes:
    """Return `heat_bytes` as JSON."""
    return CELLS(heat, Scale(float(HEAT_STEPS), 1.0), _heats())


def heat_deltas_text(heat: Floats) -> bytes:
    """Return as JSON how heat changes from column to column, in its steps, HEAT_STEPS of which are the whole scale."""
    return CELLS(heat, Scale(float(HEAT_STEPS), 1.0, changes=True), _changes())


@lru_cache(UNITS_KEPT)
def _amounts(unit: float) -> Texts:
    exponent = round(math.log10(unit))
    if exponent >= SHORTER_FROM:
        return texts_of(0, ["0", *(f"{number}e{exponent}" for number in range(1, MOST_UNITS + 1))])
    each = dense(np.arange(MOST_UNITS + 1.0) * unit, unit)
    return texts_of(0, [orjson.dumps(amount).decode() for amount in each.tolist()])


@lru_cache(1)
def _changes() -> Texts:
    return texts_of(-MOST_UNITS, [str(change) for change in range(-MOST_UNITS, MOST_UNITS + 1)])


@lru_cache(1)
def _heats() -> Texts:
    return texts_of(0, [str(255 // HEAT_STEPS * step) for step in range(HEAT_STEPS + 1)])
