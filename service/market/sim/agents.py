"""Agents of the simulated market: which positions are opened, when, at which leverage, and when they will be closed.

Each opening trade creates a long and a short of the same size at the same price. Leverage and plans of the two are
independent.

leverage    a share `round_share` uses one of the venue's round figures; the rest is log-uniform over the venue's range
            (density proportional to 1/leverage, as on venues whose positions are public). The market's maximum caps it
lifetime    exponential, with a mean of 5 hours for 40 % and of 72 hours for 60 %, times (10 / leverage) ** 0.3: high
            leverage is held for less time. At most 10 days; longer draws are replaced by an even draw from 0..10 days
target      profit is taken after a favourable move, exponential with mean 0.6 * leverage ** -0.7
size        log-normal, so a few are large; whole lots; larger on active days
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
    """N positions opened in one day. The long and the short of one trade are neighbours.

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
    """Draw one day's openings; `activity`, float64[1440], is how busy each minute is (1 is usual)."""
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
