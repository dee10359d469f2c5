"""Predictions: what each bar's path would liquidate, from the map as it stood before the bar."""

import numpy as np

from service.heatmap.assumptions import Assumptions, Venue
from service.heatmap.bars import Bars, Floats
from service.heatmap.distance import DistanceCurve
from service.heatmap.inventory import take_inventory
from service.heatmap.path import LONG, SHORT, depth

HOUR = 3_600_000


def swept(bars: Bars, assumptions: Assumptions, venue: Venue) -> tuple[Floats, Floats]:
    """Return base coin that each bar's path would liquidate, float64[T] for longs and for shorts.

    The inventory part comes from the map before the bar. The in-bar part is of positions opened and liquidated within
    it: its size comes from the volume of earlier bars, its share from the bar's own path. Altering volume or open
    interest from bar t on, or prices from t + 1 on, leaves results up to t as they are.
    """
    reach = (float(bars.low.min()), float(bars.high.max()))
    inventory = take_inventory(bars, assumptions, venue, reach, columns=1)
    levered = 1.0 - assumptions.mix.unlevered
    opens = 0.5 * assumptions.fast_churn * levered * recent_volume(bars, assumptions.fast_hours)
    long, short = (
        inventory.sides[side].swept + opens * in_bar_share(bars, side, inventory.curves[side]) for side in (LONG, SHORT)
    )
    return long, short


def recent_volume(bars: Bars, half_life_hours: float) -> Floats:
    """Return the exponentially weighted mean volume of the bars before each one, float64[T]; 0 for the first."""
    keep = 0.5 ** (bars.step / HOUR / half_life_hours)
    mean, weight, means = 0.0, 0.0, []
    for volume in bars.volume.tolist():
        means.append(mean / weight if weight else 0.0)
        mean, weight = mean * keep + volume, weight * keep + 1.0
    return np.array(means)


def in_bar_share(bars: Bars, side: int, curve: DistanceCurve) -> Floats:
    """Return the share of positions opened along each bar's path that the rest of the path liquidates, float64[T].

    An up bar is taken to go open-low-high-close, a down bar open-high-low-close. Entries are even along the path. In
    depth y (path.py) a position opened at y is liquidated at y + u; with M the distance curve, later maximum m, the
    share is M(m - y), integrated along each leg by the curve's exact integral.
    """
    start, end = depth(bars.open, side), depth(bars.close, side)
    low, high = depth(bars.low, side), depth(bars.high, side)
    deep, shallow = np.maximum(low, high), np.minimum(low, high)
    area = curve.integral
    deep_first = (bars.close >= bars.open) if side == LONG else (bars.close < bars.open)
    crossed = np.where(
        deep_first,
        area(deep - start) + 2.0 * area(end - shallow),
        2.0 * area(deep - shallow) - area(deep - start),
    )
    legs = np.where(
        deep_first,
        (deep - start) + (deep - shallow) + (end - shallow),
        (start - shallow) + (deep - shallow) + (deep - end),
    )
    share: Floats = np.divide(crossed, legs, out=np.zeros_like(legs), where=legs > 0)
    return share
