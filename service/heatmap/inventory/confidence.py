"""Confidence: how far to trust what an answer says, from the data and from how much the assumptions decide.

Data quality alone says nothing of that: a map may have all of its data and hang on a guess.
"""

from dataclasses import dataclass

from service.heatmap.base.arrays import Floats
from service.heatmap.inventory.data_quality import DIGITS, DataQuality


@dataclass(frozen=True)
class Confidence:
    """Data quality times agreement, 0..1 to two decimals, and the agreement between assumptions, with what agrees."""

    value: float
    agreement: float
    reason: str


def confidence_of(quality: DataQuality, agreement: float, reason: str) -> Confidence:
    """Return the confidence that data and agreement, 0..1, come to; raises ValueError for an agreement beyond."""
    if not 0.0 <= agreement <= 1.0:
        raise ValueError(f"agreement: {agreement} is not in 0..1")
    return Confidence(round(quality.value * agreement, DIGITS), agreement, reason)


def ensemble_agreement(low: Floats, high: Floats) -> float:
    """Return 0..1: what the low quantile map holds of the high one, float64[...] each; 1 where both are empty."""
    if low.shape != high.shape or (low > high).any():
        raise ValueError("low, high: want the same shape and low nowhere over high")
    total = float(high.sum())
    return float(low.sum()) / total if total > 0 else 1.0
