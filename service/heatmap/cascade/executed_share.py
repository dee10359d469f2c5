"""Executed share: how much of the notional that price sweeps is traded into the book by force.

Most positions are closed or topped up before price comes to them, so it is a small share, and it differs from hour to
hour. It is measured as what exchanges report as liquidated over what the map says is swept (`heatmap.skill.expected`).
"""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.even_draws import HIGH_TENTH, normal_scores

# How far a share that a caller states may be off, either way: reports leave out a part that nobody knows.
GIVEN_FACTOR = 2.0


@dataclass(frozen=True)
class ExecutedShare:
    """A share of what is swept, by tenths 1, 5 and 9; 0 <= q10 <= q50 <= q90 <= 1."""

    q10: float
    q50: float
    q90: float

    @classmethod
    def about(cls, share: float) -> "ExecutedShare":
        """Return the spread around a share that is stated without one: half and twice it, at most 1."""
        return cls(share / GIVEN_FACTOR, share, min(share * GIVEN_FACTOR, 1.0))

    def drawn(self, even: Floats) -> Floats:
        """Return shares for even draws from 0 to 1, rising with them, at most 1.

        Log-normal below the median and above it, each half as wide as its tenth says.
        """
        if not self.q50 > 0.0:
            return np.zeros(len(even))
        scores = normal_scores(even) / HIGH_TENTH
        lower, upper = np.log(self.q50 / max(self.q10, 1e-12)), np.log(self.q90 / self.q50)
        share: Floats = np.minimum(self.q50 * np.exp(scores * np.where(scores < 0.0, lower, upper)), 1.0)
        return share


# Of BTC, ETH and SOL on Binance together, hours of 2024: what stands in where a market's own was not measured.
USUAL = ExecutedShare(0.011, 0.029, 0.079)


def check_executed(executed: ExecutedShare) -> None:
    """Raise ValueError unless `executed` is a share with its tenths in order."""
    if not 0.0 <= executed.q10 <= executed.q50 <= executed.q90 <= 1.0:
        raise ValueError(f"executed must be 0 to 1, not {executed.q10}, {executed.q50}, {executed.q90}")
