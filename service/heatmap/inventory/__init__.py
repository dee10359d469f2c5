"""The inventory of standing positions, bar by bar.

adverse      the path of prices as one side meets it
assumptions  how traders are taken to behave, and the terms of the exchange
confidence   how far to trust a map, with reasons
deposits     where the positions opened in each bar would be liquidated
distance     the distance curve: share of positions by distance to liquidation
ensemble     the map under other assumptions, to show how much it depends on them
flows        what volume and open interest say of opening and closing
inventory    bars and assumptions in; standing positions and the heatmap out
kernel       the bar-by-bar main loop: sweep, close, open
leverage     leverage mixes: presets and parsing
"""

from service.heatmap.inventory.adverse import SidePath, adverse_log_price, side_path
from service.heatmap.inventory.assumptions import TYPICAL_LEVERAGE, Assumptions, VenueTerms, curves, typical_venue
from service.heatmap.inventory.confidence import (
    LOW_CONFIDENCE,
    Confidence,
    assess,
    depth_near,
    merged_confidence,
    with_agreement,
)
from service.heatmap.inventory.deposits import STEP
from service.heatmap.inventory.distance import DistanceCurve
from service.heatmap.inventory.ensemble import Ensemble, summed_ensembles, take_ensemble
from service.heatmap.inventory.flows import flows_of
from service.heatmap.inventory.inventory import Heatmap, Inventory, heatmap_of, take_inventory
from service.heatmap.inventory.kernel import NOTHING, Pace, Wanted, stand
from service.heatmap.inventory.leverage import FITTED, HIGHEST, LOWEST, PRESETS, Mix, parse_mix, power_mix

__all__ = [
    "FITTED",
    "HIGHEST",
    "LOWEST",
    "LOW_CONFIDENCE",
    "NOTHING",
    "PRESETS",
    "STEP",
    "TYPICAL_LEVERAGE",
    "Assumptions",
    "Confidence",
    "DistanceCurve",
    "Ensemble",
    "Heatmap",
    "Inventory",
    "Mix",
    "Pace",
    "SidePath",
    "VenueTerms",
    "Wanted",
    "adverse_log_price",
    "assess",
    "curves",
    "depth_near",
    "flows_of",
    "heatmap_of",
    "merged_confidence",
    "parse_mix",
    "power_mix",
    "side_path",
    "stand",
    "summed_ensembles",
    "take_ensemble",
    "take_inventory",
    "typical_venue",
    "with_agreement",
]
