"""Assumptions: everything the estimate takes for granted, set by the caller and repeated in every answer."""

from dataclasses import dataclass, field

import numpy as np

from service.heatmap.base.side import Side
from service.heatmap.inventory.distance import DistanceCurve, distance_curve
from service.heatmap.inventory.kernel import Population
from service.heatmap.inventory.leverage import Mix, preset
from service.heatmap.margin.distance import distance_multipliers
from service.heatmap.margin.exchange_formulas import rule_of
from service.heatmap.margin.tiers import TierTable, flat_tiers, maintenance_for, on_the_whole


@dataclass(frozen=True)
class Pace:
    """A part of the inventory, as a share of open interest, and the churn at which it is renewed."""

    share: float
    churn: float


# Most positions are renewed within hours and some are held for days: shares of open interest, and the multiple of churn
# at which each is renewed. Measured: with one pace the map has the same skill and forgets within a day.
MEMORY = (Pace(0.75, 1.5), Pace(0.25, 0.125))
# The lowest tier of the large venues' largest markets, and the most leverage they allow there.
TYPICAL_RATE, TYPICAL_LEVERAGE = 0.004, 125.0


@dataclass(frozen=True, eq=False)
class Assumptions:
    """How traders are taken to behave: everything that the estimate takes for granted.

    Attributes
    ----------
    mix : Mix
        Shares of the opened amount by leverage.
    churn : float
        Volume that renews leveraged positions over volume traded. It is above 1 because adding margin or averaging
        an entry moves a liquidation price without, or with little, trading.
    fast_churn : float
        The same for positions that are opened and liquidated within one bar.
    fast_hours : float
        Half-life, in hours, of the recent volume that feeds those.
    position_notional : float
        Size of a typical position in quote currency, which decides its risk tier.
    liquidation_buffer : float
        How far before the price of the formula a position is liquidated, as a fraction of it: for the closing fee,
        and for a mark price that differs from the traded one.
    memory : tuple of Pace
        Parts of open interest that are renewed at a pace of their own, each a multiple of `churn`.
    """

    mix: Mix = field(default_factory=lambda: preset("default"))
    churn: float = 2.0
    fast_churn: float = 2.0
    fast_hours: float = 12.0
    position_notional: float = 10_000.0
    liquidation_buffer: float = 0.0005
    memory: tuple[Pace, ...] = MEMORY

    def populations(self, curve: DistanceCurve) -> tuple[Population, ...]:
        """Return the parts of one side's open interest, each with its own churn, all with the side's distance curve."""
        return tuple(Population(pace.share, pace.churn * self.churn, curve, self.mix.unlevered) for pace in self.memory)


@dataclass(frozen=True, eq=False)
class VenueTerms:
    """The terms of an exchange that decide where its positions are liquidated.

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

    @property
    def inverse(self) -> bool:
        """Tell whether amounts are USD, as inverse contracts have it, and not base coin."""
        return rule_of(self.rule).inverse

    @property
    def applied_tiers(self) -> TierTable:
        """Return the tiers as the rule applies them: to the part of a position inside each, or to all of it."""
        return self.tiers if rule_of(self.rule).progressive else on_the_whole(self.tiers)


def typical_venue(most_leverage: float = TYPICAL_LEVERAGE) -> VenueTerms:
    """Return the terms for bars that name no exchange: a large venue's lowest tier at any size, by Binance's rule."""
    return VenueTerms("binance", flat_tiers(TYPICAL_RATE, max_leverage=most_leverage))


def curves(assumptions: Assumptions, venue: VenueTerms) -> dict[Side, DistanceCurve]:
    """Return the distance curve of each side.

    Leverage above the market's limit is moved to what is allowed. Raises BadInput naming `mix` if nothing is left.
    """
    mix = assumptions.mix.capped(float(np.max(venue.tiers.max_leverage)))
    rate = (
        maintenance_for(mix.edges, venue.applied_tiers, assumptions.position_notional) + assumptions.liquidation_buffer
    )
    return {
        side: distance_curve(
            distance_multipliers(venue.rule, side, mix.edges, rate, venue.taker_fee),
            mix.weights,
            mix.levels,
        )
        for side in Side
    }
