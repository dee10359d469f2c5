"""The caller's price axis: bins whose edges are whole multiples of their size, the same for every request."""

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from service.heatmap.bad_input import BadInput
from service.heatmap.bars import Floats, Times

MOST_BINS = 2000
USUAL_BINS = 400
# Bin sizes that people read easily; the next one up is taken when a number of bins is asked for.
NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class PriceAxis:
    """Bins first .. first + count - 1, in units of bin_size (quote currency): bin n is [n, n + 1) * bin_size."""

    bin_size: float
    first: int
    count: int

    @property
    def edges(self) -> Floats:
        """Return the bin edges, float64[count + 1]; each is an integer times bin_size, rounded once."""
        return self.edges_of(np.arange(self.first, self.first + self.count + 1))

    def edges_of(self, numbers: Times) -> Floats:
        """Return the price of whole multiples of the bin size, without the dust of binary fractions."""
        decimals = -int(Decimal(repr(self.bin_size)).normalize().as_tuple().exponent)
        edges: Floats = np.round(numbers * self.bin_size, max(decimals, 0))
        return edges

    @property
    def centres(self) -> Floats:
        """Return the middle price of each bin, float64[count]."""
        edges = self.edges
        centres: Floats = 0.5 * (edges[:-1] + edges[1:])
        return centres


def nice_size(least: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten that is not under `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    factor = next(n for n in NICE if n * power >= least * (1 - 1e-12))
    return float(f"{factor * power:.12g}")


def price_axis(price: float, range_pct: float, *, bins: int | None = None, bin_size: float | None = None) -> PriceAxis:
    """Return the axis that covers price +- range_pct %, by bin size or by at most that many bins (default USUAL_BINS).

    Raises BadInput naming the parameter when the axis would have no bin, or more than 2,000.
    """
    if not range_pct > 0:
        raise BadInput("range_pct", f"must be above 0, not {range_pct:g}")
    low, high = max(price * (1 - range_pct / 100), 0.0), price * (1 + range_pct / 100)
    if bin_size is not None:
        return _covering(low, high, bin_size)
    most = bins or USUAL_BINS
    axis = _covering(low, high, nice_size((high - low) / most))
    while axis.count > most:  # the range may begin inside a bin and end inside another
        axis = _covering(low, high, nice_size(1.01 * axis.bin_size))
    return axis


def _covering(low: float, high: float, size: float) -> PriceAxis:
    first, last = math.floor(low / size + 1e-9), math.ceil(high / size - 1e-9)
    if last - first > MOST_BINS + 1:
        least = (high - low) / MOST_BINS
        raise BadInput("bin_size", f"{size:g} makes {last - first} bins; at least {least:.6g} at this range_pct")
    return PriceAxis(size, first, max(last - first, 1))
