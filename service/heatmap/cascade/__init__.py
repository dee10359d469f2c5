"""What a shock would set off.

balance     where forced orders and order book balance
book_depth  what the order book holds by distance from the price
book_state  how much of the book is there in a crash
cascade     the course of one shock
fragility   what is forced near the price over the book of an event
odds        the same shock over many draws of what is not known
past_moves  how far moves as large went on in the past
"""

from service.heatmap.cascade.balance import Shock
from service.heatmap.cascade.book_state import STATES, BookState, StateName, usual_state
from service.heatmap.cascade.cascade import EXECUTED, Cascade, refill_rate, run_cascade
from service.heatmap.cascade.fragility import Fragility, fragility_of
from service.heatmap.cascade.odds import CascadeOdds, Unknowns, cascade_odds
from service.heatmap.cascade.past_moves import BaseRate, base_rate

__all__ = [
    "EXECUTED",
    "STATES",
    "BaseRate",
    "BookState",
    "Cascade",
    "CascadeOdds",
    "Fragility",
    "Shock",
    "StateName",
    "Unknowns",
    "base_rate",
    "cascade_odds",
    "fragility_of",
    "refill_rate",
    "run_cascade",
    "usual_state",
]
