"""Volatility: average true range and realised volatility."""

import math

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.stats.periods import days
from service.times import DAY_MS, HOUR_MS

ATR_BARS = 14
# Fewer whole days than this say less about a day than the bars themselves do.
FEWEST_DAYS = 3


def true_range(high: Floats, low: Floats, close: Floats) -> Floats:
    """Return float64[T]: the bar's range, extended to the previous close."""
    before = np.concatenate((close[:1], close[:-1]))
    before[:1] = low[:1]
    result: Floats = np.maximum(high, before) - np.minimum(low, before)
    return result


def wilder(values: Floats, length: int = ATR_BARS) -> Floats:
    """Return float64[T]: Wilder's average (1978), a[t] = a[t-1] + (x[t] - a[t-1]) / length.

    Until `length` values are in hand it is their plain mean, which is also Wilder's seed.
    """
    seed = np.cumsum(values[:length]) / np.arange(1, min(length, len(values)) + 1)
    result = seed.tolist()
    average, share = result[-1] if result else 0.0, 1.0 / length
    for value in values[length:].tolist():
        average += (value - average) * share
        result.append(average)
    return np.array(result)


def atr(bars: Bars, length: int = ATR_BARS) -> Floats:
    """Return float64[T]: the average true range as known at each bar's close."""
    return wilder(true_range(bars.high, bars.low, bars.close), length)


def last_atr(bars: Bars, length: int = ATR_BARS) -> float:
    """Return the average true range at the last close.

    Only the last 40 lengths are read: what lies before weighs less than 1e-17 of the result.
    """
    if not len(bars):
        raise ValueError("bars: none, so there is no range to average")
    return float(atr(bars.part(max(0, len(bars) - 40 * length)), length)[-1])


def daily_atr(bars: Bars) -> Floats:
    """Return float64[T]: the daily ATR as known at each bar's close, from bars of any length up to a day.

    It averages whole UTC days that had ended by then, so it stands still within a day. While fewer than three are in
    hand it is the bars' own ATR scaled by the square root of time, as for a random walk.
    """
    whole = days(bars)
    ended = np.searchsorted(whole.start + DAY_MS, bars.close_time, "right")
    early = int(np.searchsorted(ended, FEWEST_DAYS))
    scaled = atr(bars.part(0, early)) * math.sqrt(DAY_MS / bars.step)
    by_day = wilder(true_range(whole.high, whole.low, whole.close))
    return np.concatenate((scaled, by_day[ended[early:] - 1]))


def realised_volatility(bars: Bars, hours: float = 72.0, fewest: int = 20) -> float:
    """Return the standard deviation of the log price over one hour, driftless, from the last `hours` of closes.

    At least `fewest` returns are used if there are so many; steps across a gap are left out. 0.0 if there are none.
    """
    wanted = max(fewest, round(hours * HOUR_MS / bars.step))
    tail = bars.part(max(0, len(bars) - wanted - 1))
    returns = np.diff(np.log(tail.close))[np.diff(tail.time) == tail.step]
    if not len(returns):
        return 0.0
    return math.sqrt(float(np.mean(returns * returns)) * HOUR_MS / bars.step)
