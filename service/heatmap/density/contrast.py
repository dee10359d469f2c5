"""Contrast: by how much one map stands out from its surroundings at prices that another map points to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import Side
from service.heatmap.density.side import MapSide

# Of a run of prices at least this share must lie on the side asked for; where the price has been, nothing stands.
LEAST_COVERED = 0.25


@dataclass(frozen=True, eq=False)
class Relief:
    """Both sides of one map on its bins; edges float64[B+1] are prices, or prices / mark."""

    edges: Floats
    sides: Mapping[Side, MapSide]

    def excess(self, side: Side, low: float, high: float) -> float:
        """Return by how much the smoothed map exceeds its surroundings from low to high, as a share of these.

        It is the mean over the whole run, a bin inside in part counting in part, and not the peak: the slope of a
        neighbour would pass for a peak. 0 where the side is empty, or holds under a quarter of the run.
        """
        one = self.sides[side]
        start, stop = one.axis((0, len(one.raw)))
        edges = self.edges[start : stop + 1]
        common = np.clip(np.minimum(high, edges[1:]) - np.maximum(low, edges[:-1]), 0.0, None)
        if common.sum() < LEAST_COVERED * (high - low):
            return 0.0
        inside = (common / np.diff(edges))[:: -1 if side is Side.LONG else 1]
        around = float(inside @ one.background)
        return float(inside @ one.smoothed) / around - 1.0 if around > 0.0 else 0.0
