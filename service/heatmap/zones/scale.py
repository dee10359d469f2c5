"""Zone scale: the lengths, in price, by which a map is read at one moment, and the axis that it is read on."""

import math
from dataclasses import dataclass

from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import LogAxis, log_axis_between
from service.heatmap.density.heat import STEP, SURROUNDINGS
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES, DensityRules
from service.heatmap.stats.volatility import daily_atr, last_atr

# How far beyond the window a map is known with its surroundings, in log price, so that runs end where they end.
BEYOND_WINDOW = 0.03


@dataclass(frozen=True)
class ZoneScale:
    """Lengths in quote currency: the timeframe's ATR, the daily ATR, and how far zones are sought."""

    price: float
    atr: float
    daily_atr: float
    reach: float


def zone_scale(price: float, atr: float, daily: float, rules: DensityRules) -> ZoneScale:
    """Work out reach = min(15 %, 4 daily ATR), with the rules' figures for these."""
    return ZoneScale(price, atr, daily, min(rules.window_pct / 100.0 * price, rules.window_daily_atr * daily))


def scale_of(bars: Bars, price: float, rules: DensityRules) -> ZoneScale:
    """Read the scale off closed bars; a market that never moved gets an ATR of a hundredth of a per cent."""
    floor = 1e-4 * price
    return zone_scale(price, max(last_atr(bars), floor), max(float(daily_atr(bars)[-1]), floor), rules)


def zones_axis(low: float, high: float, rules: DensityRules, step: float = STEP) -> LogAxis:
    """Return the axis on which zones are cut for prices from low to high, with all that has a part in them.

    It reaches as far for a narrow window as for the usual one: a window chooses among zones and makes none.
    """
    share = max(rules.window_pct, DEFAULT_DENSITY_RULES.window_pct) / 100.0
    more = math.exp(BEYOND_WINDOW + SURROUNDINGS)
    return log_axis_between((1.0 - share) * low / more, (1.0 + share) * high * more, step)
