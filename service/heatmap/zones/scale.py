"""Zone scale: the lengths, in price, by which a map is read at one moment."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.axis import PriceAxis
from service.heatmap.base.bars import Bars
from service.heatmap.density.rules import DensityRules
from service.heatmap.stats.smoothing import REACH
from service.heatmap.stats.volatility import daily_atr, last_atr


@dataclass(frozen=True)
class ZoneScale:
    """Lengths in quote currency: the timeframe's ATR, the daily ATR, smoothing sigma, and how far zones are sought."""

    price: float
    atr: float
    daily_atr: float
    sigma: float
    reach: float

    def background(self, rules: DensityRules) -> float:
        """Return the standard deviation of the surroundings, in quote currency."""
        return rules.background_pct / 100.0 * self.price


def zone_scale(price: float, atr: float, daily: float, rules: DensityRules) -> ZoneScale:
    """Work out sigma = max(0.4 %, 0.25 ATR) and reach = min(15 %, 4 daily ATR), with the rules' figures for these."""
    sigma = max(rules.smoothing_pct / 100.0 * price, rules.smoothing_atr * atr)
    return ZoneScale(price, atr, daily, sigma, min(rules.window_pct / 100.0 * price, rules.window_daily_atr * daily))


def scale_of(bars: Bars, price: float, rules: DensityRules) -> ZoneScale:
    """Read the scale off closed bars; a market that never moved gets an ATR of a hundredth of a per cent."""
    floor = 1e-4 * price
    return zone_scale(price, max(last_atr(bars), floor), max(float(daily_atr(bars)[-1]), floor), rules)


def zones_axis(axis: PriceAxis, low: float, high: float, rules: DensityRules) -> PriceAxis:
    """Return the axis widened so that all of the window and its surroundings lie on it, for prices from low to high.

    What is hot is hot against its surroundings: where these were cut off, zones would depend on the axis.
    """
    reach = looked_at(rules)
    return axis.widened((1.0 - reach) * low, (1.0 + reach) * high)


def looked_at(rules: DensityRules) -> float:
    """Return how far the window and its surroundings reach on either side, as a share of the price."""
    return (rules.window_pct + REACH * rules.background_pct) / 100.0


def check_axis(edges: Floats) -> float:
    """Return the bin size; raise ValueError unless float64[B+1] edges rise evenly and B >= 2."""
    if edges.ndim != 1 or len(edges) < 3 or not np.isfinite(edges).all():  # noqa: PLR2004 - two bins
        raise ValueError("edges: want at least 3 finite prices in one row")
    steps = np.diff(edges)
    width = float(edges[-1] - edges[0]) / len(steps)
    if width <= 0 or float(np.abs(steps - width).max()) > 1e-6 * width:
        raise ValueError("edges: want equally wide bins in rising order")
    return width
