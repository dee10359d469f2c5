"""Volatility: average true range, realised volatility, and how likely a price is to be touched."""

import math

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.stats.periods import days
from service.times import DAY_MS, HOUR_MS

ATR_BARS = 14
# Fewer whole days than this say less about a day than the bars themselves do.
FEWEST_DAYS = 3
# Volatility ahead over volatility measured: its median is VOLATILITY_MEDIAN * hours**VOLATILITY_GROWTH, its logarithm
# spreads by VOLATILITY_SIGMA.
VOLATILITY_MEDIAN, VOLATILITY_GROWTH, VOLATILITY_SIGMA = 0.8, 0.07, 0.5
# Nine points of that spread with their weights (Gauss-Hermite): within 2e-4 of the integral.
_POINTS, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
SPREAD = tuple(zip(np.exp(VOLATILITY_SIGMA * _POINTS).tolist(), (_WEIGHTS / _WEIGHTS.sum()).tolist(), strict=True))
# Less is not told apart: of what came out lower on the measuring hours, about one in a thousand was touched.
LEAST_CHANCE = 0.001


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


def touch_probability(price: float, level: float, volatility: float, hours: float) -> float:
    """Return the chance that `level` trades within `hours`, LEAST_CHANCE..1; 1 at the price alone.

    Reflection principle of a driftless Brownian motion in log price, P = 2 (1 - Phi(d / (s sqrt(h)))), d = |ln(level /
    price)|, averaged over what the volatility s of the hours ahead may be: log-normal around its median,
    VOLATILITY_MEDIAN hours^VOLATILITY_GROWTH times `volatility`, that of one hour as realised_volatility measures it.

    Chosen on the first halves of BTC, ETH and SOL hours of summer 2024 and checked on the second, with a crash in it
    (bench/bench_touch_probability.py): mean distance from the realised frequency .008, .007 and .013 within 1, 4 and 24
    hours, against .033, .037 and .021 with the one volatility measured, by which 3 % came true 6 to 7 times in 100 and
    42 % 31 to 41 times. Raises ValueError for prices or times that are not positive.
    """
    if min(price, level) <= 0 or hours <= 0 or volatility < 0:
        raise ValueError("price, level and hours must be positive, volatility not negative")
    distance = abs(math.log(level / price))
    if distance == 0.0:
        return 1.0
    if volatility == 0.0:
        return LEAST_CHANCE
    usual = volatility * VOLATILITY_MEDIAN * hours**VOLATILITY_GROWTH * math.sqrt(2.0 * hours)
    chance: float = sum(weight * math.erfc(distance / (usual * factor)) for factor, weight in SPREAD)
    return min(max(chance, LEAST_CHANCE), 1.0)
