"""Assumptions: everything the estimate takes for granted, set by the caller and repeated in every answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np

from service.heatmap.base.side import Side
from service.heatmap.inventory.distance import DistanceCurve, distance_curve
from service.heatmap.inventory.kernel import Population
from service.heatmap.inventory.leverage import DEFAULT, Mix, preset
from service.heatmap.inventory.populations import AssumedPopulation, mix_of_all, populations_of
from service.heatmap.margin.distance import distance_multipliers
from service.heatmap.margin.exchange_formulas import rule_of
from service.heatmap.margin.tiers import TierTable, check_tiers, flat_tiers, maintenance_for, on_the_whole

# The lowest tier of the large venues' largest markets, and the most leverage they allow there.
TYPICAL_RATE, TYPICAL_LEVERAGE = 0.004, 125.0
TYPICAL_RULE = "binance"
# Mixes on exchanges whose curves are remembered: a default map has four on each.
CURVES_KEPT = 64


def _usual_populations() -> tuple[AssumedPopulation, ...]:
    return populations_of(preset(DEFAULT), TYPICAL_RULE)[0]


@dataclass(frozen=True, eq=False)
class Assumptions:
    """How traders are taken to behave: everything that the estimate takes for granted.

    Attributes
    ----------
    populations : tuple of AssumedPopulation
        Parts of open interest, their shares summing to 1. The first is the one that positions opened and liquidated
        within one bar belong to.
    churn : float
        Volume that renews leveraged positions over volume traded. It is above 1 because adding margin or averaging
        an entry moves a liquidation price without, or with little, trading.
    fast_churn : float
        The same for positions that are opened and liquidated within one bar, for all of the traded volume.
    fast_hours : float
        Half-life, in hours, of the recent volume that feeds those.
    position_notional : float
        Size of a typical position in quote currency, which decides its risk tier.
    liquidation_buffer : float
        How far before the price of the formula a position is liquidated, as a fraction of it: for the closing fee,
        and for a mark price that differs from the traded one.
    """

    populations: tuple[AssumedPopulation, ...] = field(default_factory=_usual_populations)
    churn: float = 2.0
    fast_churn: float = 0.25
    fast_hours: float = 12.0
    position_notional: float = 10_000.0
    liquidation_buffer: float = 0.0005

    @classmethod
    def of(cls, mix: Mix, rule: str = TYPICAL_RULE, **others: float) -> "Assumptions":
        """Return the assumptions that a mix stands for on exchanges of a rule; `others` are fields, given by name.

        The mixes named `default`, `fitted` and `bands` stand for four populations, any other one for itself alone,
        renewed at two paces.
        """
        populations, fast_churn = populations_of(mix, rule)
        return cls(populations, **({"fast_churn": fast_churn} | others))

    @property
    def fast_mix(self) -> Mix:
        """Return the mix of the first population, and of what is opened and liquidated within one bar."""
        return self.populations[0].mix

    @property
    def mix(self) -> Mix:
        """Return the mix of all populations together, each weighing its share."""
        return mix_of_all(self.populations)

    def with_fast_mix(self, mix: Mix) -> "Assumptions":
        """Return the same with another mix for the first population, and for those that share its mix."""
        changed = (replace(each, mix=mix) if each.mix is self.fast_mix else each for each in self.populations)
        return replace(self, populations=tuple(changed))

    def one_side(self, by_population: Sequence[DistanceCurve]) -> tuple[Population, ...]:
        """Return the parts of one side's open interest, for the side's distance curve of each population."""
        return tuple(
            Population(each.share, each.churn * self.churn, curve, each.mix.unlevered, each.closing)
            for each, curve in zip(self.populations, by_population, strict=True)
        )


@dataclass(frozen=True, eq=False)
class VenueTerms:
    """The terms of an exchange that decide where its positions are liquidated; raises ValueError for bad tiers.

    Attributes
    ----------
    rule : str
        Liquidation rule, a key of `service.heatmap.margin.RULES`.
    tiers : TierTable
        Risk tiers of the market.
    taker_fee : float
        Fee of a forced close, as a fraction of notional; only some rules count it.
    """

    rule: str
    tiers: TierTable
    taker_fee: float = 0.0

    def __post_init__(self) -> None:
        """Check the tiers, once for all that is worked out of them."""
        check_tiers(self.tiers)

    @property
    def inverse(self) -> bool:
        """Tell whether amounts are USD, as inverse contracts have it, and not base coin."""
        return rule_of(self.rule).inverse

    @cached_property
    def applied_tiers(self) -> TierTable:
        """Return the tiers as the rule applies them: to the part of a position inside each, or to all of it."""
        return self.tiers if rule_of(self.rule).progressive else on_the_whole(self.tiers)


def typical_venue(most_leverage: float = TYPICAL_LEVERAGE, rule: str = TYPICAL_RULE) -> VenueTerms:
    """Return the terms for bars that name no exchange: a large venue's lowest tier at any size, by Binance's rule.

    By Hyperliquid's rule maintenance is half of the initial margin at the most leverage, as its documentation has it.
    """
    rate = 0.5 / most_leverage if rule == "hyperliquid" else TYPICAL_RATE
    return VenueTerms(rule, flat_tiers(rate, max_leverage=most_leverage))


def curves(assumptions: Assumptions, venue: VenueTerms) -> dict[Side, tuple[DistanceCurve, ...]]:
    """Return the distance curves of each side, by population; populations of one mix share one curve.

    Leverage above the market's limit is moved to what is allowed. Raises BadInput naming `mix` if nothing is left.
    """
    most = float(venue.tiers.max_leverage.max())
    capped = {id(each.mix): _capped(each.mix, most) for each in assumptions.populations}
    # All mixes in one go: each has so few leverages that numpy's calls take longer than its sums.
    edges = np.concatenate([mix.edges for mix in capped.values()])
    rates = maintenance_for(edges, venue.applied_tiers, assumptions.position_notional) + assumptions.liquidation_buffer
    by_mix, start = {}, 0
    for key, mix in capped.items():
        end = start + len(mix.edges)
        by_mix[key], start = _curves_at(mix, venue.rule, rates[start:end].tobytes(), venue.taker_fee), end
    return {side: tuple(by_mix[id(each.mix)][side] for each in assumptions.populations) for side in Side}


# A mix that has a name is one object, so that from one answer to the next, of new bars of a market, its curves are
# found again. Each keeps a few kilobytes.
@lru_cache(CURVES_KEPT)
def _capped(mix: Mix, most: float) -> Mix:
    return mix.capped(most)


@lru_cache(CURVES_KEPT)
def _curves_at(mix: Mix, rule: str, rate: bytes, taker_fee: float) -> dict[Side, DistanceCurve]:
    """Return the curves of a mix at maintenance rates, float64[K + 1] as bytes."""
    rates = np.frombuffer(rate)
    return {
        side: distance_curve(
            distance_multipliers(rule, side, mix.edges, rates, taker_fee),
            mix.weights,
            mix.levels,
        )
        for side in Side
    }
