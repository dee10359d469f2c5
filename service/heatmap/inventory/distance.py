"""Distance curve: how far from its entry a newly opened position would be liquidated."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.errors import BadInput

# Positions further than this from liquidation (a price at 1/148 or 148 times the entry) are taken never to get there.
FARTHEST = 5.0
# A bucket whose positions all share one distance is widened to this, so that no share jumps.
NARROWEST = 1e-9


@dataclass(frozen=True, eq=False)
class DistanceCurve:
    """Cumulative share of levered opens by log distance u = |ln(liquidation price / entry)|.

    u         float64[N]  rising distances between which the share is linear
    mass      float64[N]  share of levered opens liquidated within u, from 0; it ends at 1, or lower where the price
                          cannot liquidate all of them
    area      float64[N]  integral of the share from 0 to u, so that averages over an entry interval are exact
    leverage  float64[K]  the leverage that stands for each bucket, highest first
    low, high float64[K]  distances between which each bucket's share is spread evenly
    share     float64[K]  of levered opens, by bucket
    """

    u: Floats
    mass: Floats
    area: Floats
    leverage: Floats
    low: Floats
    high: Floats
    share: Floats

    @cached_property
    def half_slope(self) -> Floats:
        """Return half of what the share grows by from each point on, float64[N]; 0 from the last."""
        return np.append(0.5 * (np.diff(self.mass) / np.diff(self.u)), 0.0)

    def within(self, u: Floats) -> Floats:
        """Return the share of levered opens whose distance is at most u; any shape, any sign."""
        return np.interp(u, self.u, self.mass)

    def integral(self, u: Floats) -> Floats:
        """Return the integral of `within` from -inf to u: quadratic between the points, linear beyond the last."""
        k = np.clip(np.searchsorted(self.u, u, side="right") - 1, 0, len(self.u) - 1)
        rest = np.maximum(u - self.u[k], 0.0)
        result: Floats = self.area[k] + rest * (self.mass[k] + self.half_slope[k] * rest)
        return result

    def integral_along(self, u: Floats) -> Floats:
        """Return `integral` of rising distances, to the same bytes: several times faster where there are many."""
        first, *_ = bounds = np.append(np.searchsorted(u, self.u), len(u))
        counts = np.diff(bounds)
        rest = u[first:] - np.repeat(self.u, counts)
        result = np.zeros(len(u))
        inside = result[first:]
        np.multiply(np.repeat(self.half_slope, counts), rest, out=inside)
        inside += np.repeat(self.mass, counts)
        inside *= rest
        inside += np.repeat(self.area, counts)
        return result


def distance_curve(multipliers: Floats, weights: Floats, leverage: Floats) -> DistanceCurve:
    """Build the curve of one side.

    multipliers  float64[K+1]  liquidation price / entry at each bucket edge (`margin.distance.distance_multipliers`)
    weights      float64[K]    share of each bucket, any sum
    leverage     float64[K]    the leverage that stands for each bucket

    Buckets with an edge at which nobody can stand (multiplier NaN, or no distance) are left out and the rest makes up
    for them. Buckets with an edge that no price liquidates (multiplier 0 or inf) keep their share, infinitely far away.
    Risk tiers may make a lower leverage the nearer one, so buckets may overlap. Raises BadInput naming `mix` if
    nothing is left.
    """
    with np.errstate(divide="ignore"):
        u = np.abs(np.log(multipliers))[::-1]
    low, high = np.minimum(u[:-1], u[1:]), np.maximum(u[:-1], u[1:])
    allowed = low > 0.0
    near = allowed & (high <= FARTHEST)
    total = float(weights[::-1][allowed].sum())
    if not allowed.any() or total <= 0.0 < weights.sum():
        raise BadInput("mix", "every leverage in it is liquidated on entry at this maintenance rate")
    share = weights[::-1][near] / (total or 1.0)
    low, high = low[near], np.maximum(high[near], low[near] + NARROWEST)
    points = np.unique(np.concatenate((low, high))) if near.any() else np.array([0.0, NARROWEST])
    mass = np.clip((points[:, None] - low) / (high - low), 0.0, 1.0) @ share
    area = np.concatenate(([0.0], np.cumsum(0.5 * (mass[1:] + mass[:-1]) * np.diff(points))))
    return DistanceCurve(points, mass, area, leverage[::-1][near], low, high, share)
