"""The simulated order book: less depth farther from the price, and walls at round prices.

Cumulative depth at distance u (a fraction of the price) is proportional to 1 - (1 + u / a) ** -0.5. Beyond a = 0.4 %
its density falls with the power 1.5 of distance. The curve is scaled to the coin's depth within 1 %. The busier
trading is, the thinner the book.
"""

import math

import numpy as np

from service.heatmap.base import Floats, Times
from service.market.contract import OrderBook
from service.market.sim.venues import Coin, Venue

LEVELS = 500
_REACH, _SCALE = 0.08, 0.004
_WALL = 0.08  # of the depth within 1 %


def draw_book(rng: np.random.Generator, venue: Venue, coin: Coin, time: int, mid: int, activity: float) -> OrderBook:
    """Draw the book around `mid`, in ticks, at `time`, epoch ms; `activity` is how busy the minute is (1 is usual)."""
    depth = coin.depth * coin.open_interest * venue.size / math.sqrt(max(0.3, activity))
    steps = np.unique(np.rint(np.geomspace(1.0, _REACH * mid, LEVELS))).astype(np.int64)
    bids, asks = (_side(rng, coin, mid, sign * steps, depth) for sign in (-1, 1))
    return OrderBook(time, bids, asks)


def _side(rng: np.random.Generator, coin: Coin, mid: int, steps: Times, depth: float) -> Floats:
    """Return float64[n, 2], rows of price and amount in whole lots, without empty levels."""
    ticks = mid + steps
    cumulative = depth * _thinning(np.abs(steps) / mid)
    resting = np.diff(cumulative, prepend=0.0) * rng.exponential(1.0, len(steps))
    lots = np.rint((resting + _round_prices(mid, ticks) * _WALL * depth) * coin.lots)
    rows: Floats = np.column_stack((ticks / coin.ticks, lots / coin.lots))[lots > 0]
    return rows


def _round_prices(mid: int, ticks: Times) -> Times:
    """Return int64[n], how many round prices lie between the level before (excluded) and each level (included)."""
    step = 10 ** (len(str(mid)) - 2)
    behind = np.concatenate(([mid], ticks[:-1]))
    up = ticks[0] > mid
    count: Times = ticks // step - behind // step if up else (behind - 1) // step - (ticks - 1) // step
    return count


def _thinning(distance: Floats) -> Floats:
    """Return float64[n], cumulative depth at each distance as a multiple of that at 1 %."""

    def integral(u: Floats | float) -> Floats:
        return 1.0 - (1.0 + np.asarray(u) / _SCALE) ** -0.5

    return integral(distance) / integral(0.01)
