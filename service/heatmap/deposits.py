"""Deposits: where the positions opened in each bar would be liquidated, integrated exactly over the bar's range."""

import numpy as np

from service.heatmap.bars import Floats, Times
from service.heatmap.distance import DistanceCurve
from service.heatmap.path import STEP, SidePath

# An entry edge is rounded to STEP / PHASES = 0.00125 % of price; the integral between rounded edges is exact.
PHASES = 64
# Below this share of a bar's opens beyond its close nothing levered can stand, and the opens count as unlevered.
LEAST_KEPT = 1e-9


class Deposits:
    """The deposits of all T bars of one side, as slices of one table.

    Entries spread evenly over depths y0..y1, with integral G of the distance curve, put
    (G(x - y0) - G(x - y1)) / (y1 - y0) of the opens at or before depth x. The table holds the increments of G over one
    bin for each rounding of an entry edge, so a deposit is the difference of two of its slices times a factor. What
    would lie at or before the bar's close is already liquidated: it is cut off and the rest scaled to sum to one.
    """

    def __init__(self, path: SidePath, curve: DistanceCurve, start: int, stop: int) -> None:
        """Prepare all bars; only bins start..stop (absolute numbers) are deposited."""
        cell = STEP / PHASES
        near = np.floor(path.near / cell).astype(np.int64)
        far = np.maximum(np.ceil(path.far / cell).astype(np.int64), near + 1)
        first = np.maximum(np.floor(path.cut / STEP).astype(np.int64) + 1, near // PHASES)
        pad = int((far // PHASES - near // PHASES).max()) + 1
        bins = int(np.ceil(curve.u[-1] / STEP)) + 2
        offsets = np.arange(-pad, bins + pad + 1) * STEP - np.arange(PHASES)[:, None] * cell
        self.table = list(np.diff(curve.integral(offsets), axis=1))
        self.first = (first - start).tolist()
        self.size = np.maximum(np.minimum(far // PHASES + bins, stop) - first, 0).tolist()
        self.near_phase, self.near_at = (near % PHASES).tolist(), (first - near // PHASES + pad).tolist()
        self.far_phase, self.far_at = (far % PHASES).tolist(), (first - far // PHASES + pad).tolist()
        self.factor = self._factor(curve, first, near, far).tolist()

    @staticmethod
    def _factor(curve: DistanceCurve, first: Times, near: Times, far: Times) -> Floats:
        """Return 1 / (share beyond the close x entry width), float64[T]; 0 where nothing can stand."""
        cell = STEP / PHASES
        width = (far - near) * cell
        crossed = curve.integral(first * STEP - near * cell) - curve.integral(first * STEP - far * cell)
        kept = 1.0 - crossed / width
        factor: Floats = np.where(kept > LEAST_KEPT, 1.0 / (width * np.maximum(kept, LEAST_KEPT)), 0.0)
        return factor

    def add(self, t: int, amount: float, stored: Floats, scratch: Floats) -> None:
        """Add `amount` of bar t's opens to `stored`, float64[stop - start]; `scratch` has the same length."""
        size, first = self.size[t], self.first[t]
        near, far = self.near_at[t], self.far_at[t]
        part = scratch[:size]
        np.subtract(
            self.table[self.near_phase[t]][near : near + size], self.table[self.far_phase[t]][far : far + size], part
        )
        part *= amount * self.factor[t]
        stored[first : first + size] += part
