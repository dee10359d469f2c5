"""A made-up market for the scorer's tests: a walking price, and liquidations that hang on more than the path."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide

HOUR = 3_600_000
START = 1_700_006_400_000  # midnight UTC


def walk(seed: int, days: int) -> Bars:
    """Return hourly bars of a random walk with changing volatility."""
    random = np.random.default_rng(seed)
    count = 24 * days
    steps = 0.006 * np.exp(0.5 * random.standard_normal(count)) * random.standard_normal(count)
    close = 100.0 * np.exp(np.cumsum(steps))
    open_ = np.concatenate(([100.0], close[:-1]))
    high = np.maximum(open_, close) * np.exp(0.003 * random.exponential(size=count))
    low = np.minimum(open_, close) / np.exp(0.003 * random.exponential(size=count))
    return Bars(
        time=START + HOUR * np.arange(count),
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=random.lognormal(3.0, 0.5, count),
        open_interest=1_000.0 * np.exp(np.cumsum(0.01 * random.standard_normal(count))),
        mark_low=low.copy(),
        mark_high=high.copy(),
        step=HOUR,
    )


@dataclass(frozen=True, eq=False)
class Case:
    """Bars, what was liquidated, and what a map that knows the hidden density predicts; float64[T] by side."""

    bars: Bars
    liquidated: BySide[Floats]
    predicted: BySide[Floats]


def market(seed: int, days: int = 30) -> Case:
    """Liquidate each bar's reach times a hidden density, times luck; a perfect map knows the density, not the luck."""
    bars, random = walk(seed, days), np.random.default_rng([seed, 1])
    last = np.concatenate((bars.open[:1], bars.close[:-1]))
    reaches = np.maximum(np.log(last / bars.low), 0.0), np.maximum(np.log(bars.high / last), 0.0)
    predicted = tuple(reach * random.lognormal(0.0, 1.0, len(bars)) for reach in reaches)
    liquidated = tuple(1e4 * amount * random.lognormal(0.0, 0.5, len(bars)) for amount in predicted)
    return Case(bars, BySide(*liquidated), BySide(*predicted))
