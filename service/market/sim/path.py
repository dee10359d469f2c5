"""The fair price of a simulated coin, minute by minute, each day a function of (seed, coin, day) alone.

Day boundaries: log price = log(level) + a moving average of the last 384 days' shocks with weights exp(-age / 45 days).
That is an Ornstein-Uhlenbeck process, cut off where 0.02 % of its weight is left. It reverts to its level, and needs no
starting value. Shocks are normal. Their volatility is log-normal and persists for days, which gives fat tails and
volatility clusters.
Within a day: a Brownian bridge between the boundaries, in variance time. Volatility follows that of the days, hourly
noise and the hour of day. On one day in eight a flush is added: a quick move of a few daily deviations, in all coins at
once, down more often than up, most of it reversed by the end of the day. A share of each shock is common to all coins,
so they move together.

A day's arrays always have the same shapes, so results are the same bit by bit.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from service.heatmap.base import Floats
from service.market.sim.streams import stream
from service.market.sim.venues import Coin

MINUTES = 1440
_BLOCK = 128
_MEMORY = 3 * _BLOCK
_REVERSION_DAYS = 45.0
_VOL_MEMORY_DAYS = 8.0
_VOL_SPREAD = 0.4
_HOURLY_SPREAD, _HOURLY_MEMORY = 0.35, 0.75
_SEASON_HOURS = (0.0, 5.0, 14.0, 20.0, 24.0)
_SEASON_LOG_VOL = (0.0, -0.25, 0.35, 0.05, 0.0)
_FLUSH_CHANCE, _FLUSH_DOWN = 0.12, 0.65
_FLUSH_ACTIVITY = 3.0


@dataclass(frozen=True, eq=False)
class FairDay:
    """One day: float64[1441] log price at minutes 0..1440, float64[1440] trading activity (1 is usual)."""

    log: Floats
    activity: Floats


class FairPath:
    """One coin's fair price. Caches the last two blocks of day boundaries; not for several threads at once."""

    def __init__(self, seed: int, coin: Coin) -> None:
        """Fix everything that the path is a function of."""
        self._seed, self._coin = seed, coin
        self._blocks: dict[int, tuple[Floats, Floats]] = {}

    def day(self, day: int) -> FairDay:
        """Return the day that begins `day` days after 1970-01-01 UTC."""
        (start, end), slow = self._boundaries(day)
        market, own = stream(self._seed, "market", day), stream(self._seed, self._coin.base, "path", day)
        flush = self._flush(market)
        log_vol = np.interp(np.arange(MINUTES), (0, MINUTES), slow) + _HOURLY_SPREAD * midnight_noise(own, MINUTES)
        log_vol += np.interp(np.arange(MINUTES) / 60.0, _SEASON_HOURS, _SEASON_LOG_VOL)
        noise = self._mix(market.standard_normal(MINUTES), own.standard_normal(MINUTES))
        log = _bridge(start, end, np.exp(log_vol), noise * self._coin.daily_vol * np.exp(slow.mean())) + flush
        pace = np.abs(np.diff(flush)) * np.sqrt(MINUTES) / self._coin.daily_vol
        return FairDay(log, np.exp(log_vol) + _FLUSH_ACTIVITY * pace)

    def _mix(self, market: Floats, own: Floats) -> Floats:
        share = self._coin.market_share
        return share * market + math.sqrt(1.0 - share * share) * own

    def _boundaries(self, day: int) -> tuple[Floats, Floats]:
        block, row = divmod(day, _BLOCK)
        if block not in self._blocks:
            kept = list(self._blocks.items())[-1:]
            self._blocks = dict([*kept, (block, self._levels(block))])
        log, slow = self._blocks[block]
        return log[row : row + 2], slow[row : row + 2]

    def _levels(self, block: int) -> tuple[Floats, Floats]:
        """Return log price and slow log volatility at the midnights of a block, float64[129] each."""
        blocks = range(block - 4, block + 1)
        market = np.concatenate([stream(self._seed, "market", "block", b).standard_normal((_BLOCK, 2)) for b in blocks])
        own = np.concatenate(
            [stream(self._seed, self._coin.base, "block", b).standard_normal((_BLOCK, 2)) for b in blocks]
        )
        vol = 0.8 * market[:, 0] + 0.6 * own[:, 0]
        slow = _VOL_SPREAD * _moving_average(vol, _BLOCK, _VOL_MEMORY_DAYS, unit_variance=True)
        shocks = self._mix(market[_BLOCK:, 1], own[_BLOCK:, 1])
        shocks = self._coin.daily_vol * np.exp((slow[:-1] + slow[1:]) / 2) * shocks
        log = np.log(self._coin.level) + _moving_average(shocks, _MEMORY, _REVERSION_DAYS, unit_variance=False)
        return log, slow[-_BLOCK - 1 :]

    def _flush(self, market: np.random.Generator) -> Floats:
        """Return float64[1441], zero at both ends; drawn from the market's stream so that all coins flush at once."""
        chance, side, begin, length, recovery = market.random(5)
        size = 0.6 + market.exponential(0.6)
        if chance > _FLUSH_CHANCE:
            return np.zeros(MINUTES + 1)
        minute = np.arange(MINUTES + 1)
        start = int(60 + 940 * begin)
        end = start + int(15 + 45 * length)
        rise = np.clip((minute - start) / (end - start), 0.0, 1.0) ** 2
        after = np.maximum(minute - end, 0)
        fall = np.exp(-after / (120.0 + 240.0 * recovery)) * (1.0 - after / (MINUTES - end))
        sign = -1.0 if side < _FLUSH_DOWN else 1.0
        flush: Floats = sign * size * self._coin.daily_vol * rise * fall
        return flush


def _moving_average(draws: Floats, memory: int, decay: float, *, unit_variance: bool) -> Floats:
    """Return each full window's sum weighted by exp(-age / decay): n - memory + 1 values."""
    weights = np.exp(-np.arange(memory)[::-1] / decay)
    if unit_variance:
        weights /= np.sqrt((weights**2).sum())
    windows: Floats = sliding_window_view(draws, memory) * weights
    summed: Floats = windows.sum(axis=1)
    return summed


def midnight_noise(rng: np.random.Generator, minutes: int) -> Floats:
    """Return float64[minutes] of hourly noise: unit shocks that fade over hours, and zero at both midnights."""
    hourly = np.zeros(25)
    for hour, shock in enumerate(rng.standard_normal(23), start=1):
        hourly[hour] = _HOURLY_MEMORY * hourly[hour - 1] + shock
    hours = np.arange(minutes) / 60.0
    noise: Floats = np.interp(hours, np.arange(25), hourly) * np.minimum(1.0, (24.0 - hours) / 3.0)
    return noise


def _bridge(start: float, end: float, vol: Floats, noise: Floats) -> Floats:
    """Return float64[1441], a bridge from start to end: sum(vol * noise), corrected in proportion to variance."""
    passed = np.concatenate(([0.0], np.cumsum(vol * vol)))
    walk = np.concatenate(([0.0], np.cumsum(vol * noise))) / np.sqrt(passed[-1])
    bridge: Floats = start + walk + (end - start - walk[-1]) * (passed / passed[-1])
    return bridge
