"""Heat: how full a place is against its surroundings, 0 to 1, the one scale for grid, zones and pictures.

A map falls or rises slowly with distance from the price, and as a whole with open interest. Neither says where price
will meet more liquidations than on its way there. What stands out does: density here over density around here.

With rho what stands of both sides together per unit of log price, c = (rho averaged over NARROW) / (rho averaged over
BROAD), both with Gaussian weights:

    heat = c^2 / 2                              for c < 1
    heat = 1 - exp(-(c - 1) / SOFTNESS) / 2     for c >= 1

0 is a place that has just been swept, .5 as dense as its surroundings, .85 is 12 % denser. A level map is .5
everywhere. Each column is read by itself: no past, and no look-ahead.
"""

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.stats.smoothing import gaussian

# Width of a bin in log price on which heat is read; the kernel's own, so that nothing is lost.
STEP = 0.0006
# Standard deviations, in log price.
NARROW, BROAD = 0.001, 0.015
SOFTNESS = 0.10
# How far beyond what is shown a map must be known, in log price, or its rim would have no surroundings.
SURROUNDINGS = 3.0 * BROAD
# A place whose surroundings hold less than this share of the column's densest is empty, whatever rounding says.
NOTHING = 1e-12
# Columns that are smoothed at once, so that what is held in between stays small.
BLOCK = 256
# Digits of a heat: what is beyond is rounding, and must not decide on which side of a threshold a bin is.
DIGITS = 9


def heat_of(amounts: Floats, step: float) -> Floats:
    """Return the heat of each bin.

    Parameters
    ----------
    amounts : float64[T, N]
        What stands of both sides together, in bins of equal width in log price.
    step : float
        That width.

    Returns
    -------
    float64[T, N]
        0 to 1. Within SURROUNDINGS of either end it is against what is known alone.
    """
    heat = np.empty(amounts.shape)
    weights = [_Weights(sigma / step, amounts.shape[1]) for sigma in (NARROW, BROAD)]
    for start in range(0, len(amounts), BLOCK):
        rows = amounts[start : start + BLOCK]
        narrow, broad = (weight.averaged(rows) for weight in weights)
        heat[start : start + BLOCK] = _heat(narrow, broad).round(DIGITS)
    return heat


def on_bins(heat: Floats, first: float, step: float, edges: Floats) -> Floats:
    """Return the mean heat of other bins, float64[T, B]: over log price, of what they cover.

    `first` is the log price at which the bins of `heat` begin, `edges` float64[B + 1] are rising prices within them.
    """
    place = np.clip((np.log(np.maximum(edges, np.exp(first))) - first) / step, 0.0, heat.shape[1])
    below = np.minimum(place.astype(np.int64), heat.shape[1] - 1)
    sums = np.concatenate((np.zeros((len(heat), 1)), np.cumsum(heat, axis=1)), axis=1)
    at_edges = sums[:, below] + (place - below) * heat[:, below]
    widths = np.maximum(np.diff(place), NOTHING)
    mean: Floats = np.diff(at_edges, axis=1) / widths
    return np.clip(mean, 0.0, 1.0)


def _heat(narrow: Floats, broad: Floats) -> Floats:
    least = NOTHING * np.maximum(broad.max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    contrast = np.divide(narrow, broad, out=np.zeros_like(narrow), where=broad > least)
    heat: Floats = np.where(
        contrast < 1.0, 0.5 * contrast * contrast, 1.0 - 0.5 * np.exp(-(np.maximum(contrast, 1.0) - 1.0) / SOFTNESS)
    )
    return heat


class _Weights:
    """Gaussian weights of one width for rows of one length, as their Fourier transform."""

    def __init__(self, sigma_bins: float, length: int) -> None:
        kernel = gaussian(sigma_bins)
        self.length, self.reach = length, len(kernel) // 2
        self.size = 1 << (length + 2 * self.reach - 1).bit_length()
        self.transform = np.fft.rfft(kernel, self.size)
        self.inside = self._convolved(np.ones((1, length)))

    def averaged(self, rows: Floats) -> Floats:
        """Return the average around each place over what exists, so that a level row stays level."""
        return np.maximum(self._convolved(rows), 0.0) / self.inside

    def _convolved(self, rows: Floats) -> Floats:
        whole = np.fft.irfft(np.fft.rfft(rows, self.size, axis=1) * self.transform, self.size, axis=1)
        return np.asarray(whole[:, self.reach : self.reach + self.length], dtype=np.float64)
