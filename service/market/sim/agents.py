"""Agents of the simulated market: who opens what, when, with how much leverage, and when they mean to leave.

Each opening fill has a new long and a new short of one size at one price; their leverages and plans are independent.

leverage    round_share of them at one of the venue's round figures, the rest log-uniform over its range (density
            falling as 1/leverage, the shape found on venues whose positions are public); at most the market's maximum
lifetime    40 % stay 5 hours on average, 60 % 72 hours, exponential, times (10 / leverage) ** 0.3: high leverage is
            short-lived. At most 10 days; longer draws are spread evenly over 0..10 days
target      take profit after a favourable move of 0.6 * leverage ** -0.7 on average, exponential
size        log-normal (a few large), whole lots, larger on active days
"""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base import Floats, Times
from service.market.sim.path import MINUTES
from service.market.sim.venues import Coin, Venue

MAX_DAYS = 10
_SIZE_SPREAD = 1.0
_QUICK_SHARE, _QUICK_HOURS, _SLOW_HOURS = 0.4, 5.0, 72.0


@dataclass(frozen=True, eq=False)
class Arrivals:
    """N positions opened in one day, long and short of each fill side by side.

    side        float64[N] +1 long, -1 short
    minute      int64[N]   minute of the day, 1..1440, rising
    leverage    float64[N]
    lifetime    int64[N]   minutes
    target      float64[N] favourable move at which it is closed, fraction of entry
    size        float64[N] whole lots
    """

    side: Floats
    minute: Times
    leverage: Floats
    lifetime: Times
    target: Floats
    size: Floats


def draw_arrivals(rng: np.random.Generator, venue: Venue, coin: Coin, activity: Floats) -> Arrivals:
    """Draw one day's openings; `activity` is float64[1440], the day's pace."""
    passed = np.cumsum(activity)
    minute = 1 + np.searchsorted(passed, np.sort(rng.random(coin.pairs)) * passed[-1], side="right")
    size = _sizes(rng, venue, coin, passed[-1] / MINUTES)
    count = 2 * coin.pairs
    leverage = _leverages(rng, venue, coin, count)
    return Arrivals(
        side=np.tile((1.0, -1.0), coin.pairs),
        minute=np.repeat(np.minimum(minute, MINUTES), 2).astype(np.int64),
        leverage=leverage,
        lifetime=_lifetimes(rng, leverage),
        target=rng.exponential(0.6, count) * leverage**-0.7,
        size=np.repeat(size, 2),
    )


def _sizes(rng: np.random.Generator, venue: Venue, coin: Coin, pace: float) -> Floats:
    usual = coin.open_interest * venue.size * coin.lots * venue.turnover / coin.pairs
    spread: Floats = np.exp(_SIZE_SPREAD * rng.standard_normal(coin.pairs) - _SIZE_SPREAD**2 / 2)
    lots: Floats = np.maximum(1.0, np.rint(usual * np.sqrt(pace) * spread))
    return lots


def _leverages(rng: np.random.Generator, venue: Venue, coin: Coin, count: int) -> Floats:
    low, high = np.log(venue.leverage_range)
    free = np.round(np.exp(rng.uniform(low, high, count)), 2)
    typed = rng.choice(np.asarray(venue.round_figures), count)
    drawn = np.where(rng.random(count) < venue.round_share, typed, free)
    capped: Floats = np.minimum(drawn, venue.max_leverage[coin.base])
    return capped


def _lifetimes(rng: np.random.Generator, leverage: Floats) -> Times:
    count = len(leverage)
    hours = np.where(rng.random(count) < _QUICK_SHARE, _QUICK_HOURS, _SLOW_HOURS) * (10.0 / leverage) ** 0.3
    minutes = rng.exponential(60.0, count) * hours
    cap = MAX_DAYS * MINUTES
    minutes = np.where(minutes < cap, minutes, rng.random(count) * cap)
    return np.maximum(1, minutes).astype(np.int64)
