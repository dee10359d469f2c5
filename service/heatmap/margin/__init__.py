"""Liquidation prices.

distance  distance from entry to liquidation by leverage
equation  the equation that a rule and a tier make of a position
price     the liquidation price of one position
rules     the rule of each exchange
tiers     risk tiers: maintenance by size of position
"""

from service.heatmap.margin.price import Liquidation, Position, liquidation_price
from service.heatmap.margin.rules import RULES
from service.heatmap.margin.tiers import TierTable, flat_tiers

__all__ = ["RULES", "Liquidation", "Position", "TierTable", "flat_tiers", "liquidation_price"]
