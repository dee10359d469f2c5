"""The heat of a group's map: read on prices of its own that never move, and given on the caller's bins."""

import math

from service.analysis.group import Group
from service.analysis.group_map import group_map
from service.analysis.limits import MOST_CELLS
from service.heatmap import PriceAxis
from service.heatmap.base import Floats, LogAxis, log_axis_between
from service.heatmap.density import SURROUNDINGS, heat_of, on_bins

# Width of a bin in log price on which heat is read; the kernel's own, so that nothing is lost.
STEP = 0.0006


def heat_axis(low: float, high: float, columns: int) -> LogAxis:
    """Return the axis on which the heat between two prices is read, with its surroundings.

    Its bins are wider where so many columns would take too much memory otherwise.
    """
    low, high = low * math.exp(-SURROUNDINGS), high * math.exp(SURROUNDINGS)
    axis = log_axis_between(low, high, STEP)
    coarser = math.ceil(columns * axis.count / MOST_CELLS)
    return axis if coarser == 1 else log_axis_between(low, high, coarser * STEP)


def group_heat(group: Group, axis: PriceAxis) -> Floats:
    """Return the heat of a group's map, float64[T, B] on the bins of an axis; its columns are the map's."""
    fine = heat_axis(float(axis.edges[0]), float(axis.edges[-1]), group.columns)
    total = group_map(group, fine).total
    heat = heat_of(total.long + total.short, fine.bin_size)
    return on_bins(heat, fine.first * fine.bin_size, fine.bin_size, axis.edges)
