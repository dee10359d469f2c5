"""Point excess: how much single bins of single columns stand out, without smoothing whole columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.stats.smoothing import REACH

# Rows of a block: with a few hundred bins around each a block stays within a few MB.
BLOCK = 1024


@dataclass(frozen=True, eq=False)
class Points:
    """N bins, each of one side of one column.

    column      int64[N]    row of the grid
    bin         int64[N]    column of the grid
    start, stop int64[N]    half-open bins of that side of that column
    sigma       float64[N]  widths of the two Gaussians, in bins
    background  float64[N]
    """

    column: Times
    bin: Times
    start: Times
    stop: Times
    sigma: Floats
    background: Floats


def point_excess(grid: NDArray[np.floating], points: Points) -> Floats:
    """Return float64[N]: MapSide.excess of each point, to rounding; -inf for a bin that is not on its side."""
    result = np.full(len(points.bin), -np.inf)
    inside = np.flatnonzero((points.bin >= points.start) & (points.bin < points.stop))
    for rows in np.split(inside, range(BLOCK, len(inside), BLOCK)):
        smoothed, background = (
            _averages(grid, points, rows, widths[rows]) for widths in (points.sigma, points.background)
        )
        there = background > 0.0
        result[rows] = np.divide(smoothed, background, out=np.ones_like(smoothed), where=there) - 1.0
    return result


def _averages(grid: NDArray[np.floating], points: Points, rows: Times, sigma: Floats) -> Floats:
    """Return the Gaussian average around each point over what there is of its side, as `smooth` does."""
    reach = np.maximum(1.0, np.ceil(REACH * sigma))[:, None]
    steps = np.arange(-reach.max(initial=1.0), reach.max(initial=1.0) + 1.0).astype(np.int64)
    at = points.bin[rows, None] + steps
    there = (np.abs(steps) <= reach) & (at >= points.start[rows, None]) & (at < points.stop[rows, None])
    weights = np.exp(-0.5 * (steps / np.maximum(sigma, 1e-9)[:, None]) ** 2) * there
    values = grid[points.column[rows, None], np.clip(at, 0, grid.shape[1] - 1)]
    averages: Floats = np.einsum("ij,ij->i", weights, values) / weights.sum(axis=1)
    return averages
