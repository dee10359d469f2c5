"""Liquidation prices.

account            one account at one mark: legs, equity, what must be kept, and where they meet
distance           distance from entry to liquidation by leverage
equation           the equation that a rule and a tier make of a position
exchange_formulas  the liquidation formula of each exchange, with the text that it follows
position           one position, and what its liquidation came to
price              the liquidation price of one position
rules              what a rule says
tiers              risk tiers: maintenance by size of position
"""

from service.heatmap.margin.account import Leg
from service.heatmap.margin.equation import Terms
from service.heatmap.margin.exchange_formulas import RULES, rule_in_force, rule_of
from service.heatmap.margin.position import Liquidation, Position
from service.heatmap.margin.price import liquidation_price
from service.heatmap.margin.rules import Rule
from service.heatmap.margin.tiers import (
    Counted,
    MarginTiers,
    TierTable,
    flat_tiers,
    maintenance_for,
    nearest_leverage,
    on_the_whole,
)

__all__ = [
    "RULES",
    "Counted",
    "Leg",
    "Liquidation",
    "MarginTiers",
    "Position",
    "Rule",
    "Terms",
    "TierTable",
    "flat_tiers",
    "liquidation_price",
    "maintenance_for",
    "nearest_leverage",
    "on_the_whole",
    "rule_in_force",
    "rule_of",
]
