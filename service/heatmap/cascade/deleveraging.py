"""What is left for auto-deleveraging once book and insurance fund are used up.

A forced order that is filled beyond the price at which the position's margin is gone costs more than the position had.
The exchange's insurance fund takes such orders over as far as it goes; winners are closed against what is left.
Binance's fund for BTC, ETH and BNB held 1.23 billion USD before 2025-10-10 and paid out 188 million in it; by its
rules of 2019 the position that a fund takes over is at most as large as the fund. What open interest
these three had was not found: some 25 billion, our estimate, makes the fund a twentieth of it (docs/crashes.md).
"""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.walk import Walk

INSURANCE = 0.05
TENTHS = (0.1, 0.5, 0.9)

Tenths = tuple[float, float, float]


@dataclass(frozen=True)
class Insurance:
    """What stands between a forced order and those who would be closed against it.

    margin  how far beyond its liquidation price, as a share of the price, a position's margin lasts
    usd     what the insurance fund takes over
    """

    margin: float
    usd: float


@dataclass(frozen=True)
class AutoDeleveraging:
    """What is left over the draws, tenths 1, 5 and 9: USD, and share of what was forced, 0..1."""

    usd: Tenths
    share: Tenths


def auto_deleveraging(found: Walk, executed: Floats, insurance: Insurance) -> AutoDeleveraging:
    """Return what is left of each draw's forced orders; executed float64[M]."""
    forced = executed * found.swept
    left = np.maximum(np.minimum(found.under_water + found.unsold, forced) - insurance.usd, 0.0)
    share = np.divide(left, forced, out=np.zeros(len(forced)), where=forced > 0.0)
    return AutoDeleveraging(_tenths(left), _tenths(share))


def check_insurance(insurance: Insurance) -> None:
    """Raise ValueError naming what is out of range."""
    if not 0.0 <= insurance.margin <= 1.0:
        raise ValueError(f"insurance.margin must be 0 to 1, not {insurance.margin}")
    if not 0.0 <= insurance.usd < np.inf:
        raise ValueError(f"insurance.usd must be at least 0 and finite, not {insurance.usd}")


def _tenths(values: Floats) -> Tenths:
    low, middle, high = np.quantile(values, TENTHS).tolist()
    return low, middle, high
