"""An axis whose bins are equally wide in the logarithm of the price, at the same places for every request."""

import math
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.axis import PriceAxis

# The lowest price that an axis reaches down to, as a share of the highest: an axis of prices may begin at 0.
LOWEST_SHARE = 0.01


@dataclass(frozen=True)
class LogAxis(PriceAxis):
    """Bin number n covers the prices from exp(n * bin_size) to exp((n + 1) * bin_size); `bin_size` is of log price."""

    @property
    def parts(self) -> int:
        """Return 1: a bin is never cut further."""
        return 1

    def edges_of(self, numbers: Times) -> Floats:
        """Return the price of whole multiples of the bin size."""
        edges: Floats = np.exp(numbers * self.bin_size)
        return edges


def log_axis_between(low: float, high: float, step: float) -> LogAxis:
    """Return the axis with bins of `step` in log price that covers two prices."""
    low = max(low, LOWEST_SHARE * high)
    first, last = math.floor(math.log(low) / step), math.ceil(math.log(high) / step)
    return LogAxis(step, first, max(last - first, 1))
