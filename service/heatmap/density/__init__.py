"""How dense a map is along the price, and where it stands out.

contrast  by how much one map stands out where another one points
heat      how full a place is against its surroundings, the one scale for grid, zones and pictures
max_pain  the price where liquidations stand out most
points    how much single bins of past columns stand out
rules     the thresholds of dense and sparse
side      one side of a map, ordered outward from the price
spans     the hot and the cold runs of bins
"""

from service.heatmap.density.contrast import Relief
from service.heatmap.density.heat import SURROUNDINGS, heat_of, on_bins
from service.heatmap.density.rules import DEFAULT_DENSITY_RULES, DensityRules

__all__ = ["DEFAULT_DENSITY_RULES", "SURROUNDINGS", "DensityRules", "Relief", "heat_of", "on_bins"]
