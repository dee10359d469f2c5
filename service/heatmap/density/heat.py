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

from collections.abc import Sequence

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
    averages = _Averages([NARROW / step, BROAD / step], amounts.shape[1])
    for start in range(0, len(amounts), BLOCK):
        narrow, broad = averages.of(amounts[start : start + BLOCK])
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


class _Averages:
    """Averages of rows of one length with Gaussian weights of several widths, in bins, by Fourier transform."""

    def __init__(self, sigmas: Sequence[float], length: int) -> None:
        kernels = [gaussian(sigma) for sigma in sigmas]
        self.reaches, self.length = [len(kernel) // 2 for kernel in kernels], length
        # Long enough for what is kept: what wraps around falls before it.
        self.size = _easily_transformed(length + max(self.reaches))
        self.transforms = [np.fft.rfft(_wrapped(kernel, self.size)) for kernel in kernels]
        self.inside = self._sums(np.ones((1, length)))

    def of(self, rows: Floats) -> list[Floats]:
        """Return the averages around each place over what exists, so that a level row stays level."""
        return [np.maximum(sums, 0.0) / inside for sums, inside in zip(self._sums(rows), self.inside, strict=True)]

    def _sums(self, rows: Floats) -> list[Floats]:
        spectrum = np.fft.rfft(rows, self.size, axis=1)
        return [np.fft.irfft(spectrum * each, self.size, axis=1)[:, : self.length] for each in self.transforms]


def _wrapped(kernel: Floats, size: int) -> Floats:
    """Return a kernel of odd length with its middle at 0 of a circle of `size` places, which may be shorter than it."""
    reach, circle = len(kernel) // 2, np.zeros(size)
    np.add.at(circle, np.arange(-reach, reach + 1) % size, kernel)
    return circle


def _easily_transformed(least: int) -> int:
    """Return the least whole number from `least` on that has no prime factor above 5."""
    size = least
    while _without_factors(size) > 1:
        size += 1
    return size


def _without_factors(number: int) -> int:
    for factor in (2, 3, 5):
        while number % factor == 0:
            number //= factor
    return number
