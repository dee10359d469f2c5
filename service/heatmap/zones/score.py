"""Zone score: what makes one zone rank over another."""

import math
from dataclasses import dataclass

from service.heatmap.zones.depth import DepthSource


@dataclass(frozen=True)
class ScoreParts:
    """The factors of a zone's score.

    Of two hot zones alike the nearer one ranks higher, as there is less depth before it; beyond that neither distance
    nor the chance of a touch counts.

    weight       hot: log1p(notional / depth to reach it); cold: log1p(width in ATR)
    heat         hot: its own; cold: 1 less its own
    data_quality   0..1
    depth        quote currency by which `weight` divided, and where it comes from; None for cold zones
    """

    weight: float
    heat: float
    data_quality: float
    depth: float | None = None
    depth_source: DepthSource | None = None

    @property
    def score(self) -> float:
        """Return the product of the factors."""
        return self.weight * self.heat * self.data_quality


def hot_score(notional: float, depth: float, source: DepthSource, heat: float, data_quality: float) -> ScoreParts:
    """Score a hot zone; a book that shows nothing up to the zone counts as one unit of currency."""
    weight = math.log1p(notional / max(depth, 1.0))
    return ScoreParts(weight, heat, data_quality, depth, source)


def cold_score(width_atr: float, heat: float, data_quality: float) -> ScoreParts:
    """Score a cold zone: the wider and the emptier, the more freely price moves in it."""
    return ScoreParts(math.log1p(width_atr), 1.0 - heat, data_quality)
