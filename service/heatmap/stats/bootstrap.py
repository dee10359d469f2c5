"""Day bootstrap: intervals that allow for the hours of one day being alike."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats

ENDS = (2.5, 97.5)
# With fewer than 40 the ends of the interval would be the most extreme resamples themselves.
LEAST_RESAMPLES = 50

Judgement: TypeAlias = Literal["better", "indistinguishable", "worse", "undefined"]


@dataclass(frozen=True)
class Interval:
    """A figure with the 95 % interval that resampling whole days gives it; NaN where it is not defined."""

    value: float
    low: float
    high: float

    @property
    def judgement(self) -> Judgement:
        """Say on which side of zero the whole interval lies."""
        if not np.isfinite([self.value, self.low, self.high]).all():
            return "undefined"
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "indistinguishable"


def day_counts(days: int, resamples: int, seed: int) -> Floats:
    """Return float64[days, 1 + resamples]: how often each day is drawn; column 0 is the sample, each day once."""
    drawn = np.random.default_rng(seed).integers(0, days, (resamples, days))
    cells = drawn + days * np.arange(resamples)[:, None]
    counts = np.bincount(cells.ravel(), minlength=resamples * days).reshape(resamples, days)
    return np.concatenate((np.ones((days, 1)), counts.T), axis=1)


def interval_of(figures: Floats) -> Interval:
    """Return figures[0] with the interval of the resampled figures[1:], of those that are defined."""
    defined = figures[1:][~np.isnan(figures[1:])]
    low, high = np.percentile(defined, ENDS) if len(defined) else (np.nan, np.nan)
    return Interval(float(figures[0]), float(low), float(high))
