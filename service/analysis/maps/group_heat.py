"""The heat of a group's map: read on prices of its own that never move, and given on the caller's bins."""

import math
from collections.abc import Callable

from service.analysis.limits import most_cells
from service.analysis.maps.group_map import GroupMap, group_map_beside
from service.analysis.markets.group import Group
from service.heatmap import PriceAxis
from service.heatmap.base import Floats, LogAxis, log_axis_between
from service.heatmap.density import STEP, SURROUNDINGS, heat_on_bins


def fitting_axis(of: Callable[[float], LogAxis], columns: int, exchanges: int = 1) -> LogAxis:
    """Return the axis that `of` gives with bins of STEP, or of twice that until the columns take no more memory."""
    axis = of(STEP)
    while columns * axis.count > most_cells(exchanges):
        axis = of(2.0 * axis.bin_size)
    return axis


def heat_axis(low: float, high: float, columns: int, exchanges: int = 1) -> LogAxis:
    """Return the axis on which the heat between two prices is read, with its surroundings."""
    low, high = low * math.exp(-SURROUNDINGS), high * math.exp(SURROUNDINGS)
    return fitting_axis(lambda step: log_axis_between(low, high, step), columns, exchanges)


def group_map_and_heat(group: Group, axis: PriceAxis) -> tuple[GroupMap, Floats]:
    """Return a group's heatmaps on an axis, and the heat of their sum, float64[T, B]."""
    fine = heat_axis(float(axis.edges[0]), float(axis.edges[-1]), group.columns, len(group.members))
    maps, both = group_map_beside(group, axis, fine)
    return maps, heat_on_bins(both, fine.first * fine.bin_size, fine.bin_size, axis.edges)
