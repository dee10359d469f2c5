"""What a shock would set off.

book_depth      what the order book holds by distance from the price
book_state      how much of the book is there in a crash
cascade         the course of one shock
deleveraging    what is left for it once book and insurance fund are used up
even_draws      draws that fill their range evenly
executed_share  how much of what is swept is traded by force
fragility       what is forced near the price over the book of an event
met_book        how the book comes back after the shock
odds            the same shock over many draws of what is not known
past_moves      how far moves as large went on in the past
shock           what sets it off, and what a map holds on the way
walk            forced orders sold round by round, first reached first
"""

from service.heatmap.cascade.book_depth import Direction
from service.heatmap.cascade.book_state import STATES, BookState, StateName, usual_state
from service.heatmap.cascade.cascade import Cascade, refill_rate, run_cascade
from service.heatmap.cascade.deleveraging import INSURANCE, AutoDeleveraging, Insurance
from service.heatmap.cascade.executed_share import USUAL, ExecutedShare
from service.heatmap.cascade.fragility import NAMED_FROM, Fragility, cascade_ratios, fragility_of
from service.heatmap.cascade.met_book import MOST_MINUTES, RETURN_MINUTES
from service.heatmap.cascade.odds import CascadeOdds, Unknowns, cascade_odds
from service.heatmap.cascade.past_moves import BaseRate, PastMoves, base_rate, standing_within
from service.heatmap.cascade.shock import Shock

__all__ = [
    "INSURANCE",
    "MOST_MINUTES",
    "NAMED_FROM",
    "RETURN_MINUTES",
    "STATES",
    "USUAL",
    "AutoDeleveraging",
    "BaseRate",
    "BookState",
    "Cascade",
    "CascadeOdds",
    "Direction",
    "ExecutedShare",
    "Fragility",
    "Insurance",
    "PastMoves",
    "Shock",
    "StateName",
    "Unknowns",
    "base_rate",
    "cascade_odds",
    "cascade_ratios",
    "fragility_of",
    "refill_rate",
    "run_cascade",
    "standing_within",
    "usual_state",
]
