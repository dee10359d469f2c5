"""Ensemble: the same market under equally plausible assumptions, to show how much the map depends on them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.axis import PriceAxis
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide, Side
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.confidence import ensemble_agreement
from service.heatmap.inventory.inventory import StockTaker
from service.heatmap.inventory.leverage import Mix
from service.heatmap.inventory.populations import AssumedPopulation

QUANTILES = (0.1, 0.5, 0.9)
# What the members differ by: the same steps predicted hourly liquidations about as well under model 1; they were not
# scored anew for the four populations.
CHURNS = (0.5, 2.0)
TILTS = (-0.5, 0.5)
FAST_SHARES = (0.5, 1.5)
# Tilted mixes that are remembered, of a few kilobytes each: either way of those of every preset, and more.
TILTED_KEPT = 32


@dataclass(frozen=True, eq=False)
class Ensemble(BySide[Floats]):
    """The newest column under every member, on one axis, quote currency: long, short float64[E, B].

    The first member is the caller's own assumptions.
    """

    @cached_property
    def quantiles(self) -> dict[Side, tuple[Floats, Floats, Floats]]:
        """Return q10, q50 and q90 of each bin, float64[B], by side."""
        return {side: tuple(np.quantile(self[side], QUANTILES, axis=0)) for side in Side}

    @cached_property
    def agreement(self) -> float:
        """Return 0..1: how much of the q90 map is in the q10 map too."""
        both = self.quantiles
        low, high = (np.concatenate([both[side][i] for side in Side]) for i in (0, 2))
        return ensemble_agreement(np.minimum(low, high), high)

    @property
    def reason(self) -> str:
        """Return in words what the agreement is of."""
        return f"the ensemble's members agree on {self.agreement:.0%} of the map"


def members(assumptions: Assumptions) -> tuple[Assumptions, ...]:
    """Return the caller's assumptions, and these with one thing changed.

    Half and twice the churn, every population's mix tilted either way, and less or more of open interest in the first
    population.
    """
    churns = (replace(assumptions, churn=assumptions.churn * factor) for factor in CHURNS)
    mixes = (tuple(replace(each, mix=tilted(each.mix, power)) for each in assumptions.populations) for power in TILTS)
    shares = (shifted(assumptions.populations, factor) for factor in FAST_SHARES)
    others = (replace(assumptions, populations=populations) for populations in (*mixes, *shares))
    return (assumptions, *churns, *others)


def shifted(populations: tuple[AssumedPopulation, ...], factor: float) -> tuple[AssumedPopulation, ...]:
    """Return the populations with the first one's share multiplied, and the others' in proportion.

    Where little is left to take from the others, half of it is.
    """
    first, rest = populations[0], 1.0 - populations[0].share
    if rest <= 0.0:
        return populations
    share = min(factor * first.share, first.share + 0.5 * rest)
    others = (replace(each, share=each.share * (1.0 - share) / rest) for each in populations[1:])
    return (replace(first, share=share), *others)


# A mix that has a name is one object, and so is what it is tilted to: curves and tables are found again by it.
@lru_cache(TILTED_KEPT)
def tilted(mix: Mix, power: float) -> Mix:
    """Return a mix whose weights are multiplied by leverage**power; the levered share stays what it is."""
    weights = mix.weights * mix.levels**power
    total = weights.sum()
    return replace(mix, weights=weights * ((1.0 - mix.unlevered) / total)) if total > 0 else mix


def take_ensemble(bars: Bars, assumptions: Assumptions, venue: VenueTerms, axis: PriceAxis) -> Ensemble:
    """Take the inventory of every member and keep what stands now, on the axis; raises BadInput as take_inventory."""
    return ensemble_of(StockTaker(bars, assumptions, venue), axis)


def ensemble_of(taker: StockTaker, axis: PriceAxis) -> Ensemble:
    """Return the same of a market whose inventory may have been taken before: that is the first member."""
    takers = _of_members(taker)
    return Ensemble(*(_columns(takers, axis, side) for side in Side))


def ensemble_side(taker: StockTaker, axis: PriceAxis, side: Side) -> Floats:
    """Return one side of it alone, float64[E, B] quote currency, at half the cost."""
    return _columns(_of_members(taker), axis, side)


def _of_members(taker: StockTaker) -> list[StockTaker]:
    _, *others = members(taker.assumptions)
    return [taker, *(taker.under(member) for member in others)]


def _columns(takers: Sequence[StockTaker], axis: PriceAxis, side: Side) -> Floats:
    taken = [taker.newest(axis, (side,)) for taker in takers]
    return np.stack([each.notional(each.held_between(side, axis.part_edges), axis) for each in taken])


def summed_ensembles(parts: Sequence[Ensemble]) -> Ensemble:
    """Return the sum over exchanges, member by member: all exchanges under the same assumptions."""
    return Ensemble(np.sum([part.long for part in parts], axis=0), np.sum([part.short for part in parts], axis=0))
