"""Distance curve: how far from its entry a newly opened position would be liquidated."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.bars import Floats


@dataclass(frozen=True, eq=False)
class DistanceCurve:
    """Cumulative share of levered opens by log distance u = |ln(liquidation price / entry)|.

    u         float64[K+1]  rising distances at the leverage buckets' edges (highest leverage first)
    mass      float64[K+1]  share of levered opens liquidated within u: 0 .. 1, linear between the points
    area      float64[K+1]  integral of the share from 0 to u, so that averages over an entry interval are exact
    leverage  float64[K]    the leverage that stands for each bucket
    """

    u: Floats
    mass: Floats
    area: Floats
    leverage: Floats

    def within(self, u: Floats) -> Floats:
        """Return the share of levered opens whose distance is at most u; any shape, any sign."""
        return np.interp(u, self.u, self.mass)

    def integral(self, u: Floats) -> Floats:
        """Return the integral of `within` from -inf to u: quadratic between the points, linear beyond the last."""
        k = np.clip(np.searchsorted(self.u, u, side="right") - 1, 0, len(self.u) - 1)
        rest = np.maximum(u - self.u[k], 0.0)
        slope = np.append(np.diff(self.mass) / np.diff(self.u), 0.0)[k]
        result: Floats = self.area[k] + rest * (self.mass[k] + 0.5 * slope * rest)
        return result


def distance_curve(multipliers: Floats, weights: Floats, leverage: Floats) -> DistanceCurve:
    """Build the curve of one side.

    multipliers  float64[K+1]  liquidation price / entry at each bucket edge (margin_distance.distance_multipliers)
    weights      float64[K]    share of each bucket, any sum
    leverage     float64[K]    the leverage that stands for each bucket

    Buckets whose positions would be liquidated on entry (multiplier NaN or no distance) are left out.
    Raises ValueError if nothing is left.
    """
    u = np.abs(np.log(multipliers))[::-1]
    weights = weights[::-1]
    alive = np.isfinite(u) & (u > 0.0)
    start = int(np.argmax(alive))
    u, weights, leverage = u[start:], weights[start:], leverage[::-1][start:]
    if len(u) < 2 or weights.sum() <= 0.0:  # noqa: PLR2004 - a bucket has two edges
        raise ValueError("mix: every leverage in it is liquidated on entry at this maintenance rate")
    mass = np.concatenate(([0.0], np.cumsum(weights))) / weights.sum()
    area = np.concatenate(([0.0], np.cumsum(0.5 * (mass[1:] + mass[:-1]) * np.diff(u))))
    return DistanceCurve(u, mass, area, leverage)
