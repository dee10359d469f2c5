"""Entered mass: how much of what bars entered lies between prices, for each of several distances to liquidation.

Entries are even over the cells that a bar entered. What is liquidated a distance u from its entry lies at the entry
plus u, so what lies before a price is the integral of the entries up to the price less u: read off a twofold running
sum. The loop over it is compiled from entered_mass.c where there was a compiler; both give the same bytes.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.compiled import LIBRARY, Layout, function


class Limits(NamedTuple):
    """Bars by the limit up to which what they opened no longer stands.

    limit      float64[L]      rising, in cells
    first_bar  int64[L + 1]    where the bars of each limit begin in `bar`
    bar        int64[N]        numbers of bars, those of each limit in turn; none has no bar
    """

    limit: Floats
    first_bar: Times
    bar: Times


class Entries(NamedTuple):
    """What each of T bars entered: from cell `near` to before cell `far`, int64[T], so much a cell, float64[T]."""

    near: Times
    far: Times
    density: Floats


Loop: TypeAlias = Callable[[Limits, Entries, Floats, Floats], Floats]

ENTERED = Layout(
    "entered",
    *("limits", "borders", "edges", "cells"),
    *("*limit", "#first_bar", "#bar", "#first_edge", "#near", "#far", "*density", "*border", "*edge"),
    *("*mass", "*place", "*begun", "*ended", "*twice"),
)


def numpy_mass(limits: Limits, entries: Entries, border: Floats, edge: Floats) -> Floats:
    """Return what lies between each two edges and beyond the limit of its bar, float64[B, E - 1], for each border.

    border  float64[B]  rising distances, in cells, at which all would be liquidated
    edge    float64[E]  rising places, in cells
    """
    mass = np.zeros((len(border), len(edge) - 1))
    for limit, first, start, stop in zip(
        limits.limit, _first_edges(limits, edge), limits.first_bar[:-1], limits.first_bar[1:], strict=True
    ):
        bars = limits.bar[start:stop]
        origin, total, twice = _run_up(entries, bars)
        place, last = np.maximum(edge[first:], limit) - origin, len(twice) - 1
        at = place - border[:, None]
        cell = np.clip(at.astype(np.int64), 0, last - 1)
        below = twice[cell] + (at - cell) * (twice[cell + 1] - twice[cell])
        below = np.where(at >= last, twice[-1] + (at - last) * total, below)
        below[at <= 0.0] = 0.0
        mass[:, first:] += np.where(at[:, :-1] >= last, np.diff(place) * total, np.diff(below, axis=1))
    return mass


def _first_edges(limits: Limits, edge: Floats) -> Times:
    """Return the last edge that is not beyond each limit, or else the first, int64[L]."""
    return np.maximum(np.searchsorted(edge, limits.limit, side="right") - 1, 0)


def _run_up(entries: Entries, bars: Times) -> tuple[int, float, Floats]:
    """Return the first cell that some bars entered, all that they entered, and its twofold running sum from there."""
    near, far, density = entries.near[bars], entries.far[bars], entries.density[bars]
    origin = int(near.min())
    begun = np.bincount(near - origin, density, minlength=int(far.max()) - origin + 1)
    ended = np.bincount(far - origin, density, minlength=len(begun))
    inside = np.maximum(np.cumsum((begun - ended)[:-1]), 0.0)
    entered = np.append(0.0, np.cumsum(inside))
    return origin, float(entered[-1]), np.append(0.0, np.cumsum(0.5 * (entered[1:] + entered[:-1])))


def loop_of(call: Callable[..., None]) -> Loop:
    """Return the compiled loop for use in place of `numpy_mass`."""

    def mass_between(limits: Limits, entries: Entries, border: Floats, edge: Floats) -> Floats:
        mass = np.zeros((len(border), len(edge) - 1))
        if not len(limits.limit):
            return mass
        starts = limits.first_bar[:-1]
        far, near = entries.far[limits.bar], entries.near[limits.bar]
        cells = int((np.maximum.reduceat(far, starts) - np.minimum.reduceat(near, starts)).max()) + 1
        sizes = {"limits": len(limits.limit), "borders": len(border), "edges": len(edge), "cells": cells}
        room = dict(zip(("begun", "ended", "twice"), np.empty((3, cells)), strict=True))
        given = {**limits._asdict(), **entries._asdict(), "border": border, "edge": np.ascontiguousarray(edge)}
        more = {"first_edge": _first_edges(limits, edge), "mass": mass, "place": np.empty(len(edge))}
        call(ENTERED.filled({**sizes, **given, **more, **room}))
        return mass

    return mass_between


_COMPILED = function(LIBRARY, "entered_mass", ENTERED)
# The compiled loop if the build made it.
FASTEST: Loop = numpy_mass if _COMPILED is None else loop_of(_COMPILED)
