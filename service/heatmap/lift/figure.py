"""A lift as it is told: a ratio of liquidations with its interval, and how many hours and days it rests on."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.stats.bootstrap import interval_of

# With fewer a ratio is an anecdote: it is not told.
FEWEST_HOURS, FEWEST_DAYS = 30, 10


@dataclass(frozen=True)
class Lift:
    """How many times as much was liquidated, geometric mean, 1 for no difference.

    value, low, high  the ratio and the ends of its 95 % interval; None where too few hours are there
    hours             with the mark (full band, zone entered), both sides together
    matched           those that they were held against
    days              UTC days of both
    """

    value: float | None
    low: float | None
    high: float | None
    hours: int
    matched: int
    days: int


def lift_of(differences: Floats, hours: int, matched: int, days: int) -> Lift:
    """Return the lift of log differences, float64[1 + R]: the sample's and those of its resamples, NaN if undefined."""
    if hours < FEWEST_HOURS or days < FEWEST_DAYS or not np.isfinite(differences[0]):
        return Lift(None, None, None, hours, matched, days)
    told = interval_of(np.exp(differences))
    known = bool(np.isfinite([told.low, told.high]).all())
    return Lift(told.value, told.low if known else None, told.high if known else None, hours, matched, days)
