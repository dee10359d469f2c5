"""The model. numpy and one compiled loop: no Flask, ccxt, clock or I/O, and nothing of ours from outside this package.

Where things are, in the order in which a map is made and read (docs/model.md says what they compute):

base        bars, the price axis, errors of bad input, the version
stats       statistics that know nothing of markets
margin      liquidation prices: tiers, rules, the equation
inventory   the standing positions, bar by bar
density     how dense a map is along the price
profile     what stands now; sums over exchanges
levels      prices that traders watch
zones       hot and cold zones
touches     what price did at past zones
compare     two maps held against each other
cascade     what a shock sets off
skill       how well a map predicts liquidations
lift        whether what a map calls full or hot liquidates more
"""

from service.heatmap.base import MODEL_VERSION, BadInput, Bars, BySide, PriceAxis, Side, price_axis
from service.heatmap.cascade import Shock, run_cascade
from service.heatmap.compare import MapColumn, compare_maps
from service.heatmap.inventory import Assumptions, Heatmap, VenueTerms, heatmap_of, parse_mix, take_inventory
from service.heatmap.levels import find_levels
from service.heatmap.margin import Position, TierTable, liquidation_price
from service.heatmap.profile import Profile, profile_of
from service.heatmap.skill import predict_known, score_predictions
from service.heatmap.touches import find_touches
from service.heatmap.zones import Zone, find_zones

__all__ = [
    "MODEL_VERSION",
    "Assumptions",
    "BadInput",
    "Bars",
    "BySide",
    "Heatmap",
    "MapColumn",
    "Position",
    "PriceAxis",
    "Profile",
    "Shock",
    "Side",
    "TierTable",
    "VenueTerms",
    "Zone",
    "compare_maps",
    "find_levels",
    "find_touches",
    "find_zones",
    "heatmap_of",
    "liquidation_price",
    "parse_mix",
    "predict_known",
    "price_axis",
    "profile_of",
    "run_cascade",
    "score_predictions",
    "take_inventory",
]
