"""Relief: how hot one map is at prices that another map points to."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import BySide, Side
from service.heatmap.density.side import MapSide

# Of a run of prices at least this share must lie on the side asked for; where the price has been, nothing stands.
LEAST_COVERED = 0.25


@dataclass(frozen=True, eq=False)
class Relief:
    """Both sides of one map on its bins; edges float64[B+1] are prices, or prices / mark."""

    edges: Floats
    sides: BySide[MapSide]

    def heat(self, side: Side, low: float, high: float) -> float:
        """Return the map's mean heat for the distance from low to high, 0 to 1, a bin inside in part counting in part.

        0 where the side is empty, or holds under a quarter of the run.
        """
        one = self.sides[side]
        start, stop = one.axis((0, len(one.raw)))
        edges = self.edges[start : stop + 1]
        common = np.clip(np.minimum(high, edges[1:]) - np.maximum(low, edges[:-1]), 0.0, None)
        if not one.raw.any() or common.sum() < LEAST_COVERED * (high - low):
            return 0.0
        return float(common[:: -1 if side is Side.LONG else 1] @ one.for_distance / common.sum())
