"""Random markets for the kernel's tests."""

from dataclasses import replace

import numpy as np

from service.heatmap.base.bars import Bars
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.leverage import parse_mix
from service.heatmap.margin.tiers import flat_tiers

HOUR = 3_600_000
RATE = 0.004
VENUE = VenueTerms("binance", flat_tiers(RATE, max_leverage=125.0))
# Wide apart and few, so that the plain-Python twin stays quick; a fifth is opened without leverage.
FEW = Assumptions.of(parse_mix("1:0.2,5:0.3,20:0.3,80:0.2"), churn=1.0)
MARKS = ("traded", "narrower", "wider")


def random_bars(seed: int, count: int, *, swing: float = 0.02, price: float = 100.0, marks: str = "traded") -> Bars:
    """Return bars with gaps, bars of one price, missing open interest and changes of it that volume cannot explain."""
    random = np.random.default_rng(seed)
    opened = price * np.exp(np.cumsum(swing * random.standard_normal(count)))
    close = opened * np.exp(swing * random.standard_normal(count))
    high = np.maximum(opened, close) * np.exp(swing * random.random(count))
    low = np.minimum(opened, close) * np.exp(-swing * random.random(count))
    for column in (opened, high, low):  # bars in which nothing moved
        flat = np.arange(count) % 5 == seed % 5
        column[flat] = close[flat]
    interest = 1000.0 * np.exp(np.cumsum(0.1 * random.standard_normal(count)))
    interest[random.random(count) < 0.2] = np.nan
    interest[seed % count] = 1000.0
    volume = np.where(random.random(count) < 0.3, 0.0, 300.0 * random.random(count))
    inward = {"traded": 0.0, "narrower": 0.3, "wider": -0.3}[marks] * np.log(high / low)
    marks_at = (low * np.exp(inward), high * np.exp(-inward))
    return Bars(HOUR * np.arange(count), opened, high, low, close, volume, interest, *marks_at, HOUR)


def scaled(bars: Bars, factor: float) -> Bars:
    """Return the bars with every price times a factor."""
    prices = ("open", "high", "low", "close", "mark_low", "mark_high")
    return replace(bars, **{name: factor * getattr(bars, name) for name in prices})
