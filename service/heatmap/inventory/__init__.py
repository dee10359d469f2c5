"""The inventory of standing positions, bar by bar.

adverse        the path of prices as one side meets it
assumptions    how traders are taken to behave, and the terms of the exchange
bar_loop       the bar-by-bar main loop: sweep, close, open
closing        how closing spreads over distances from the price
compiled_loop  the main loop as compiled from C
confidence     how far to trust an answer, from data quality and agreement
data_quality   how well the data carry a map, with reasons
deposit_loop   what deposits are read from: in numpy and compiled
deposits       where the positions opened in each bar would be liquidated
distance       the distance curve: share of positions by distance to liquidation
ensemble       the map under other assumptions, to show how much it depends on them
flows          what volume and open interest say of opening and closing
from_price     what stands by distance from the price, and how much of it later
inventory      bars and assumptions in; standing positions and the heatmap out
kernel         one side: flows and path in, what stands after each bar out
lattice        the fixed prices between which the inventory is kept
leverage       leverage mixes: presets and parsing
other_mixes    the same assumptions with the other mixes that traders may have
populations    the parts of open interest: their shares, mixes and paces
standing       what one side held over time, and holds now, by price
survivals      what closing leaves in each bar, once for all that share flows
"""

from service.heatmap.inventory.adverse import SidePath, adverse_log_price, side_path
from service.heatmap.inventory.assumptions import (
    TYPICAL_LEVERAGE,
    TYPICAL_RULE,
    Assumptions,
    VenueTerms,
    curves,
    typical_venue,
)
from service.heatmap.inventory.bar_loop import Course, Grid, Grids, State, empty_state, numpy_loop
from service.heatmap.inventory.closing import Closing
from service.heatmap.inventory.compiled_loop import Loop
from service.heatmap.inventory.confidence import Confidence, confidence_of
from service.heatmap.inventory.data_quality import (
    LOW_QUALITY,
    DataQuality,
    assess,
    depth_near,
    merged_quality,
)
from service.heatmap.inventory.distance import DistanceCurve
from service.heatmap.inventory.ensemble import Ensemble, ensemble_of, ensemble_side, summed_ensembles, take_ensemble
from service.heatmap.inventory.flows import flows_of
from service.heatmap.inventory.from_price import Distances, by_distance, share_kept, up_to
from service.heatmap.inventory.inventory import (
    Heatmap,
    Inventory,
    StockTaker,
    adverse_of,
    heatmap_of,
    newest_of,
    take_inventory,
    worth_of,
)
from service.heatmap.inventory.kernel import FASTEST, Population, Wanted, stand
from service.heatmap.inventory.lattice import STEP
from service.heatmap.inventory.leverage import DEFAULT, FITTED, HIGHEST, LOWEST, PRESETS, Mix, parse_mix, power_mix
from service.heatmap.inventory.other_mixes import MIXES, rivals
from service.heatmap.inventory.populations import AssumedPopulation, mix_of_all, populations_of, two_paces

__all__ = [
    "DEFAULT",
    "FASTEST",
    "FITTED",
    "HIGHEST",
    "LOWEST",
    "LOW_QUALITY",
    "MIXES",
    "PRESETS",
    "STEP",
    "TYPICAL_LEVERAGE",
    "TYPICAL_RULE",
    "AssumedPopulation",
    "Assumptions",
    "Closing",
    "Confidence",
    "Course",
    "DataQuality",
    "DistanceCurve",
    "Distances",
    "Ensemble",
    "Grid",
    "Grids",
    "Heatmap",
    "Inventory",
    "Loop",
    "Mix",
    "Population",
    "SidePath",
    "State",
    "StockTaker",
    "VenueTerms",
    "Wanted",
    "adverse_log_price",
    "adverse_of",
    "assess",
    "by_distance",
    "confidence_of",
    "curves",
    "depth_near",
    "empty_state",
    "ensemble_of",
    "ensemble_side",
    "flows_of",
    "heatmap_of",
    "merged_quality",
    "mix_of_all",
    "newest_of",
    "numpy_loop",
    "parse_mix",
    "populations_of",
    "power_mix",
    "rivals",
    "share_kept",
    "side_path",
    "stand",
    "summed_ensembles",
    "take_ensemble",
    "take_inventory",
    "two_paces",
    "typical_venue",
    "up_to",
    "worth_of",
]
