"""Day bootstrap: intervals that allow for the hours of one day being alike."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from service.heatmap.bars import Floats

DAY_MS = 86_400_000
INTERVAL = (2.5, 97.5)

Standing: TypeAlias = Literal["better", "indistinguishable", "worse", "undefined"]


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; NaN where it is not defined."""

    value: float
    low: float
    high: float

    @property
    def standing(self) -> Standing:
        """Say on which side of zero the whole interval lies."""
        if not np.isfinite([self.value, self.low, self.high]).all():
            return "undefined"
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "indistinguishable"


def day_counts(days: int, boot: int, seed: int) -> Floats:
    """Return float64[days, 1 + boot]: how often each day is drawn; column 0 is the sample itself, each day once."""
    drawn = np.random.default_rng(seed).integers(0, days, (boot, days))
    counts = [np.bincount(draw, minlength=days) for draw in drawn]
    return np.column_stack([np.ones(days), *counts])


def estimate(draws: Floats) -> Estimate:
    """Return the figure draws[0] with the interval of the resampled figures draws[1:], those that are defined."""
    defined = draws[1:][~np.isnan(draws[1:])]
    low, high = np.percentile(defined, INTERVAL) if len(defined) else (np.nan, np.nan)
    return Estimate(float(draws[0]), float(low), float(high))
