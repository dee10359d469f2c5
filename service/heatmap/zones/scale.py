"""Zone scale: the lengths, in price, by which a map is read at one moment, and the axis that it is read on."""

import math
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import LogAxis, log_axis_between
from service.heatmap.density.heat import STEP, SURROUNDINGS
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES, DensityRules
from service.heatmap.stats.volatility import daily_atr, last_atr
from service.times import HOUR_MS

# How far beyond the window a map is known with its surroundings, in log price, so that runs end where they end.
BEYOND_WINDOW = 0.03


@dataclass(frozen=True)
class ZoneScale:
    """Lengths in quote currency: the timeframe's ATR, the daily ATR, and how far zones are sought.

    `anchor` is the price from which distances count for what is usual there: the close of the last whole hour, so that
    zones stand still while the price moves within it, and are the same on every timeframe up to an hour.
    """

    price: float
    atr: float
    daily_atr: float
    reach: float
    anchor: float


def zone_scale(price: float, atr: float, daily: float, rules: DensityRules, anchor: float | None = None) -> ZoneScale:
    """Return the scale of one moment; the anchor is the price if not given."""
    reach = float(reach_of(np.asarray(price), np.asarray(daily), rules))
    return ZoneScale(price, atr, daily, reach, price if anchor is None else anchor)


def reach_of(price: Floats, daily: Floats, rules: DensityRules) -> Floats:
    """Return how far from the price zones are sought: min(15 %, 4 daily ATR) with the rules' figures, any shape."""
    reach: Floats = np.minimum(rules.window_pct / 100.0 * price, rules.window_daily_atr * daily)
    return reach


def hour_closes(bars: Bars) -> Floats:
    """Return the close of the last bar, up to each, that ended a whole hour, float64[T]; its own where none has yet."""
    ends = np.flatnonzero(bars.close_time % HOUR_MS == 0)
    last = np.searchsorted(ends, np.arange(len(bars)), "right") - 1
    anchors: Floats = bars.close.copy()
    anchors[last >= 0] = bars.close[ends[last[last >= 0]]]
    return anchors


def scale_of(bars: Bars, price: float, rules: DensityRules) -> ZoneScale:
    """Read the scale off closed bars; a market that never moved gets an ATR of a hundredth of a per cent."""
    floor = 1e-4 * price
    daily, anchor = max(float(daily_atr(bars)[-1]), floor), float(hour_closes(bars)[-1])
    return zone_scale(price, max(last_atr(bars), floor), daily, rules, anchor)


def zones_axis(low: float, high: float, rules: DensityRules, step: float = STEP) -> LogAxis:
    """Return the axis on which zones are cut for prices from low to high, with all that has a part in them.

    It reaches as far for a narrow window as for the usual one: a window chooses among zones and makes none.
    """
    share = max(rules.window_pct, DEFAULT_DENSITY_RULES.window_pct) / 100.0
    more = math.exp(BEYOND_WINDOW + SURROUNDINGS)
    return log_axis_between((1.0 - share) * low / more, (1.0 + share) * high * more, step)
