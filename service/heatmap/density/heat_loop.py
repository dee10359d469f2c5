"""The arithmetic of heat, column by column: two averages around each place, and what their ratio comes to.

Compiled from heat_loop.c where there was a compiler; the loops here give the same bytes, more slowly. Neither calls a
library's exponential, whose last digit hangs on the processor.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.compiled import LIBRARY, Layout, function

# A place whose surroundings hold less than this share of the column's densest is empty, whatever rounding says.
NOTHING = 1e-12
TINY = float(np.finfo(np.float64).tiny)
# Digits of a heat: what is beyond is rounding, and must not decide on which side of a threshold a bin is.
DIGITS = 9
UNITS = 10.0**DIGITS
# 1 / 13!, 1 / 12! and so on to 1: the exponential of what is left after whole powers of 2.
SERIES = tuple(
    1.0 / factorial
    for factorial in (
        *(6227020800.0, 479001600.0, 39916800.0, 3628800.0, 362880.0, 40320.0),
        *(5040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0),
    )
)
LOG2_E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 0.693147180369123816490, 1.90821492927058770002e-10
# Places that heat_loop.c sums at once.
BLOCK = 16


class Bins(NamedTuple):
    """Other bins, B of them, over the places: the place below each edge, how far into it that is, and their widths.

    below int64[B + 1], part float64[B + 1], width float64[B]
    """

    below: Times
    part: Floats
    width: Floats


class Scale(NamedTuple):
    """The weights of two averages, from their middle outward, and how soft the scale is above 1."""

    narrow: Floats
    broad: Floats
    softness: float


Loop: TypeAlias = Callable[[Floats, Scale, Bins | None], Floats]

HEAT = Layout(
    "heat",
    *("columns", "length", "bins", "narrow_reach", "broad_reach"),
    *("*amounts", "*narrow", "*broad", "*softness", "#below", "*part", "*width", "*heat"),
    *("*padded", "*share", "*near", "*around"),
)


def numpy_heat(amounts: Floats, scale: Scale, bins: Bins | None) -> Floats:
    """Return the heat of each place of float64[T, N], same shape, or its mean over each bin, float64[T, B]."""
    first, last = (0, amounts.shape[1]) if bins is None else (bins.below[0], bins.below[-1] + 1)
    ones = np.ones((1, amounts.shape[1]))
    near, around = (sums_around(amounts, each)[:, first:last] for each in scale[:2])
    inside, inside_broad = (sums_around(ones, each)[:, first:last] for each in scale[:2])
    least = NOTHING * np.maximum(around.max(axis=1, keepdims=True), TINY)
    contrast = np.where(around > least, near * (inside_broad / inside) / np.where(around > least, around, 1.0), 0.0)
    steepness = 1.0 / scale.softness
    above = 1.0 - 0.5 * exponential(np.maximum((1.0 - np.maximum(contrast, 1.0)) * steepness, -60.0))
    units = np.rint(np.where(contrast < 1.0, 0.5 * contrast * contrast, above) * UNITS)
    return units / UNITS if bins is None else _means(units, bins._replace(below=bins.below - first))


def sums_around(rows: Floats, weights: Floats) -> Floats:
    """Return the weighted sums around each place of float64[T, N], same shape."""
    reach, length = len(weights) - 1, rows.shape[1]
    padded = np.pad(rows, ((0, 0), (reach, reach)))
    sums: Floats = weights[0] * rows
    for k in range(1, reach + 1):
        before, after = (padded[:, reach + at : reach + at + length] for at in (-k, k))
        sums += weights[k] * (before + after)
    return sums


def exponential(x: Floats) -> Floats:
    """Return e to the power of x, from -60 to 0, to the last digit or the one before it; the same everywhere."""
    power = np.rint(x * LOG2_E)
    rest = (x - power * LN2_HIGH) - power * LN2_LOW
    total = np.full(x.shape, SERIES[0])
    for term in SERIES[1:]:
        total = total * rest + term
    scaled: Floats = np.ldexp(total, power.astype(np.int64))
    return scaled


def means(heat: Floats, bins: Bins) -> Floats:
    """Return the mean over each bin, float64[T, B], of heat that numpy_heat gave of each place."""
    first = bins.below[0]
    return _means(np.rint(heat[:, first:] * UNITS), bins._replace(below=bins.below - first))


def _means(units: Floats, bins: Bins) -> Floats:
    """Return the mean heat of each bin over what it covers, of heat in whole units, so that no sum is rounded."""
    sums = np.concatenate((np.zeros((len(units), 1)), np.cumsum(units, axis=1)), axis=1)
    at_edges = sums[:, bins.below] + bins.part * units[:, bins.below]
    mean: Floats = np.clip(np.diff(at_edges, axis=1) / (UNITS * bins.width), 0.0, 1.0)
    return mean


def loop_of(call: Callable[..., None]) -> Loop:
    """Return the compiled loop for use in place of `numpy_heat`."""

    def heat_of(amounts: Floats, scale: Scale, bins: Bins | None) -> Floats:
        columns, length = amounts.shape
        whole, reach = -(-length // BLOCK) * BLOCK, max(len(scale.narrow), len(scale.broad)) - 1
        over = bins or Bins(np.empty(0, np.int64), np.empty(0), np.empty(0))
        heat = np.empty((columns, len(over.width) if bins else length))
        sizes = {"columns": columns, "length": length, "bins": len(over.width)}
        reaches = {"narrow_reach": len(scale.narrow) - 1, "broad_reach": len(scale.broad) - 1}
        given = {**scale._asdict(), "amounts": np.ascontiguousarray(amounts), "heat": heat}
        given["softness"] = np.array([scale.softness])
        room = {name: np.empty(whole + BLOCK) for name in ("share", "near", "around")}
        room["padded"] = np.empty(whole + BLOCK + 2 * reach)
        call(HEAT.filled({**sizes, **reaches, **given, **over._asdict(), **room}))
        return heat

    return heat_of


_COMPILED = function(LIBRARY, "heat_of", HEAT)
# The compiled loop if the build made it.
FASTEST: Loop = numpy_heat if _COMPILED is None else loop_of(_COMPILED)
