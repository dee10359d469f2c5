"""Columns: series of several exchanges on one axis of bars."""

from collections.abc import Sequence

import numpy as np

from service.analysis.markets.group import Group
from service.heatmap.base import Floats, Times
from service.heatmap.profile import columns_of_any


def columns_of_group(group: Group) -> Times:
    """Return the open times of the columns asked for that any exchange of the group has, int64[T], epoch ms."""
    return columns_of_any([member.column_times for member in group.members.values()], group.reference.wanted)


def series_on_columns(columns: Times, times: Times, values: Floats) -> Floats:
    """Return the values, float64[N] at sorted times, on the columns, float64[T]; NaN where there is none."""
    at = np.minimum(np.searchsorted(times, columns), len(times) - 1)
    return np.where(times[at] == columns, values[at], np.nan)


def series_summed(parts: Sequence[Floats]) -> Floats:
    """Return the sum, NaN where one of the parts is not known: without it the sum would be another thing."""
    return np.asarray(np.sum(parts, axis=0), dtype=np.float64)
