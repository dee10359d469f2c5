"""What a shock would set off.

balance     where forced orders and order book balance
book_depth  what the order book holds by distance from the price
cascade     the course of one shock
odds        the same shock over many draws of what is not known
"""

from service.heatmap.cascade.balance import Shock
from service.heatmap.cascade.cascade import EXECUTED, Cascade, refill_rate, run_cascade
from service.heatmap.cascade.odds import CascadeOdds, Unknowns, cascade_odds

__all__ = ["EXECUTED", "Cascade", "CascadeOdds", "Shock", "Unknowns", "cascade_odds", "refill_rate", "run_cascade"]
