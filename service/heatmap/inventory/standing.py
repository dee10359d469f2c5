"""Standing: what one side of a market held over time, and holds now, by price."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.inventory.lattice import STEP, between_edges


@dataclass(frozen=True, eq=False)
class Standing:
    """One side over time; every amount in base coin.

    lattice    float64[P, S + 1]  by population: what stands beyond each edge of the lattice after the last bar, from
                               edge number `start` on, as deep as was asked for; at most what stands in all,
                               whatever it says
    levered_by float64[P]      by population: what stands after the last bar with leverage
    record     float64[P, 5, T]  by population, as State has it
    survival   float64[P, T]   by population: share of what stood nearest to the price that closing left in each bar
    by_distance bool[P]        by population: whether closing left other shares of what stood farther away
    density    float64[P, T]   by population: entries of each bar per unit of adverse log price that leave one coin
                               standing; 0 where nothing that opens can stand
    """

    lattice: Floats
    start: int
    levered_by: Floats
    record: Floats
    survival: Floats
    by_distance: NDArray[np.bool_]
    density: Floats

    @property
    def swept(self) -> Floats:
        """Return what was liquidated in each bar of what stood before it, float64[T]."""
        swept: Floats = self._totals[0]
        return swept

    @property
    def swept_by(self) -> Floats:
        """Return the same by population, float64[P, T]."""
        return self.record[:, 0]

    @property
    def opened(self) -> Floats:
        """Return what was opened in each bar, float64[T]."""
        opened: Floats = self._totals[1]
        return opened

    @property
    def levered(self) -> Floats:
        """Return what stands after each bar with leverage, float64[T]."""
        levered: Floats = self._totals[2]
        return levered

    @property
    def unlevered(self) -> Floats:
        """Return what stands after each bar without leverage, float64[T]."""
        unlevered: Floats = self._totals[3]
        return unlevered

    @cached_property
    def closed(self) -> Floats:
        """Return what was closed in each bar other than by liquidation, float64[T]."""
        after = self.levered + self.unlevered
        return np.maximum(np.append(0.0, after[:-1]) + self.opened - self.swept - after, 0.0)

    @cached_property
    def remaining(self) -> Floats:
        """Return of what each bar opened with leverage what closing has left until the end, float64[P, T].

        Liquidations apart, and as if the population's positions were all closed alike.
        """
        kept, later = self._kept(), np.zeros_like(self.survival)
        with np.errstate(divide="ignore"):
            np.cumsum(np.log(kept[:, :0:-1]), axis=1, out=later[:, -2::-1])
        remaining: Floats = self.record[:, 4] * np.exp(later)
        return remaining

    @cached_property
    def _totals(self) -> Floats:
        totals: Floats = self.record.sum(axis=0)
        return totals

    def _kept(self) -> Floats:
        """Return the share that closing left in each bar of what each population held with leverage, float64[P, T]."""
        kept = self.survival.copy()
        for p in np.flatnonzero(self.by_distance):
            swept, _, levered, _, entered = self.record[p]
            before = np.append(0.0, levered[:-1]) - swept
            kept[p] = np.divide(levered - entered, before, out=np.ones(len(before)), where=before > 0.0)
        return kept

    def part(self, populations: slice) -> "Standing":
        """Return the same of some of the populations."""
        by_population = ("lattice", "levered_by", "record", "survival", "by_distance", "density")
        return replace(self, **{name: getattr(self, name)[populations] for name in by_population})

    def beyond_now(self, y: Floats) -> Floats:
        """Return what stands beyond adverse log prices after the last bar, same shape as `y`."""
        beyond: Floats = self.beyond_by_population(y).sum(axis=0)
        return beyond

    def beyond_by_population(self, y: Floats) -> Floats:
        """Return the same by population, float64[P, ...]."""
        beyond = between_edges(self.lattice, y / STEP - self.start)
        return np.minimum(beyond.T, self.levered_by).T
