"""The caller's price axis: bins whose edges are whole multiples of their size, the same for every request."""

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.errors import BadInput

MOST_BINS = 2000
USUAL_BINS = 400
# Coin is valued at the middle price of its bin, or of part of it, which may be this share of the axis's middle at most.
WIDEST_VALUED = 0.01
# Bin sizes that people read easily; the next one up is taken when a number of bins is asked for.
NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class PriceAxis:
    """The price axis of a map: bins of one size whose edges are whole multiples of it.

    Bin number n covers the prices from n * bin_size to (n + 1) * bin_size, so that edges never move between requests.

    Attributes
    ----------
    bin_size : float
        Width of a bin, in quote currency.
    first : int
        Number of the lowest bin, counted from price 0.
    count : int
        How many bins there are.
    """

    bin_size: float
    first: int
    count: int

    @cached_property
    def edges(self) -> Floats:
        """Return the bin edges, float64[count + 1]; each is an integer times bin_size, rounded once."""
        return _kept(self.edges_of(np.arange(self.first, self.first + self.count + 1)))

    @cached_property
    def parts(self) -> int:
        """Return into how many equal parts each bin is cut so that its coin is valued at its own price."""
        return max(1, math.ceil(1.0 / (WIDEST_VALUED * (self.first + 0.5 * self.count))))

    @cached_property
    def part_edges(self) -> Floats:
        """Return the edges of all parts, float64[count * parts + 1]."""
        if self.parts == 1:
            return self.edges
        numbers = np.arange(self.first * self.parts, (self.first + self.count) * self.parts + 1)
        return _kept(np.asarray(numbers * (self.bin_size / self.parts), dtype=np.float64))

    def widened(self, low: float, high: float) -> "PriceAxis":
        """Return the axis with as many more bins of the same size as it takes to cover two prices."""
        first = min(self.first, math.floor(max(low, 0.0) / self.bin_size))
        last = max(self.first + self.count, math.ceil(high / self.bin_size))
        return PriceAxis(self.bin_size, first, last - first)

    def within(self, wider: "PriceAxis") -> slice:
        """Return which bins of a wider axis with the same bin size are this one's."""
        start = self.first - wider.first
        return slice(start, start + self.count)

    def edges_of(self, numbers: Times) -> Floats:
        """Return the price of whole multiples of the bin size, without the dust of binary fractions."""
        decimals = -int(Decimal(repr(self.bin_size)).normalize().as_tuple().exponent)
        edges: Floats = np.round(numbers * self.bin_size, max(decimals, 0))
        return edges

    @cached_property
    def centres(self) -> Floats:
        """Return the middle price of each bin, float64[count]."""
        edges = self.edges
        return _kept(0.5 * (edges[:-1] + edges[1:]))


def _kept(values: Floats) -> Floats:
    """Return the array closed to writing, for everyone who asks gets the same one."""
    values.flags.writeable = False
    return values


def nice_size(least: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten that is not under `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    factor = next(n for n in NICE if n * power >= least * (1 - 1e-12))
    return float(f"{factor * power:.12g}")


def price_axis(price: float, range_pct: float, *, bins: int | None = None, bin_size: float | None = None) -> PriceAxis:
    """Return the axis that covers a price and a range on either side of it.

    Parameters
    ----------
    price : float
        Middle of the axis, in quote currency.
    range_pct : float
        How far the axis reaches on either side, in per cent of the price.
    bins : int, optional
        At most so many bins; USUAL_BINS where neither this nor `bin_size` is given.
    bin_size : float, optional
        Width of a bin, in quote currency; `bins` does not count where it is given.

    Returns
    -------
    PriceAxis
        Its lowest edge is not below 0, and its bin size a number that is easy to read unless it was given.

    Raises
    ------
    BadInput
        Naming the parameter, where the axis would have no bin, or more than 2,000.
    """
    if not range_pct > 0:
        raise BadInput("range_pct", f"must be above 0, not {range_pct:g}")
    low, high = max(price * (1 - range_pct / 100), 0.0), price * (1 + range_pct / 100)
    return axis_between(low, high, bins=bins, bin_size=bin_size)


def axis_between(low: float, high: float, *, bins: int | None = None, bin_size: float | None = None) -> PriceAxis:
    """Return the axis that covers two prices, cut as `price_axis` does; raises BadInput as that does."""
    if bin_size is not None:
        if bin_size > (high - low) * (1 + 1e-9):
            raise BadInput("bin_size", f"{bin_size:g} is wider than the range, {high - low:.6g}")
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
