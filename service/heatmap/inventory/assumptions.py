"""Assumptions: everything the estimate takes for granted, set by the caller and repeated in every answer."""

from dataclasses import dataclass, field

import numpy as np

from service.heatmap.base.side import Side
from service.heatmap.inventory.distance import DistanceCurve, distance_curve
from service.heatmap.inventory.kernel import Pace
from service.heatmap.inventory.leverage import Mix, preset
from service.heatmap.margin.distance import distance_multipliers
from service.heatmap.margin.rules import rule_of
from service.heatmap.margin.tiers import TierTable, flat_tiers, maintenance_for

# Most positions are renewed within hours and some are held for days: shares of open interest, and the multiple of churn
# at which each is renewed. Measured: with one pace the map has the same skill and forgets within a day.
MEMORY = (Pace(0.75, 1.5), Pace(0.25, 0.125))
# The lowest tier of the large venues' largest markets, and the most leverage they allow there.
TYPICAL_RATE, TYPICAL_LEVERAGE = 0.004, 125.0


@dataclass(frozen=True, eq=False)
class Assumptions:
    """How traders are taken to behave.

    mix                shares of opened base coin by leverage
    churn              phi: volume that renews leveraged positions over volume traded. Above 1 because adding margin
                       or averaging an entry moves a liquidation price without, or with little, trading
    fast_churn         the same for positions opened and liquidated within one bar
    fast_hours         half-life, in hours, of the recent volume that feeds those
    position_notional  size of a typical position in quote currency, which decides its risk tier
    memory             shares of open interest that are renewed at a pace of their own, each a multiple of churn
    liquidation_buffer how far before the price of the formula a position is liquidated, fraction of it: for the closing
                       fee, and for a mark price that differs from the traded one
    """

    mix: Mix = field(default_factory=lambda: preset("default"))
    churn: float = 2.0
    fast_churn: float = 2.0
    fast_hours: float = 12.0
    position_notional: float = 10_000.0
    liquidation_buffer: float = 0.0005
    memory: tuple[Pace, ...] = MEMORY

    @property
    def paces(self) -> tuple[Pace, ...]:
        """Return the parts of open interest, each with its own churn."""
        return tuple(Pace(pace.share, pace.churn * self.churn) for pace in self.memory)


@dataclass(frozen=True, eq=False)
class VenueTerms:
    """The exchange's terms: liquidation rule (an id of margin_rules.RULES), risk tiers, taker fee (fraction)."""

    rule: str
    tiers: TierTable
    taker_fee: float = 0.0

    @property
    def inverse(self) -> bool:
        """Tell whether amounts are USD, as inverse contracts have it, and not base coin."""
        return rule_of(self.rule).inverse


def typical_venue(most_leverage: float = TYPICAL_LEVERAGE) -> VenueTerms:
    """Return the terms for bars that name no exchange: a large venue's lowest tier at any size, by Binance's rule."""
    return VenueTerms("binance", flat_tiers(TYPICAL_RATE, max_leverage=most_leverage))


def curves(assumptions: Assumptions, venue: VenueTerms) -> dict[Side, DistanceCurve]:
    """Return the distance curve of each side.

    Leverage above the market's limit is moved to what is allowed. Raises BadInput naming `mix` if nothing is left.
    """
    mix = assumptions.mix.capped(float(np.max(venue.tiers.max_leverage)))
    rate = maintenance_for(mix.edges, venue.tiers, assumptions.position_notional) + assumptions.liquidation_buffer
    return {
        side: distance_curve(
            distance_multipliers(venue.rule, side, mix.edges, rate, venue.taker_fee),
            mix.weights,
            mix.levels,
        )
        for side in Side
    }
