"""Survivals: what closing leaves in each bar, worked out once for all that share flows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from service.heatmap.base.arrays import Floats
from service.heatmap.inventory.closing import Closing, survival_by_band
from service.heatmap.inventory.flows import Flows

# The churn of each population, and how its closes spread.
Pace: TypeAlias = tuple[tuple[float, Closing | None], ...]


@dataclass(frozen=True, eq=False)
class Survivals:
    """The shares that closing leaves of what populations hold, by flows and by pace.

    Either side of a market has the same, and so has every map of it at the same pace.
    """

    found: dict[tuple[Flows, Pace], Floats] = field(default_factory=dict, repr=False)

    def of(self, flow: Flows, churns: Sequence[float], closings: Sequence[Closing | None]) -> Floats:
        """Return the share that each band keeps, float64[P, T, J], as `survival_by_band` does; not to be changed."""
        key = flow, tuple(zip(churns, closings, strict=True))
        if key not in self.found:
            self.found[key] = survival_by_band([flow.survival(churn) for churn in churns], closings)
        return self.found[key]
