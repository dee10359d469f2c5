"""How dense a map is along the price, and where it stands out.

column_heat          the heat of a map's columns, worked out where it is looked at
heat                 how full a place is against its surroundings, the one scale for grid, zones and pictures
heat_loop            its arithmetic, column by column
hot_cold_thresholds  the thresholds of hot and cold
hot_search           the hot runs of many columns at once
max_pain             the price where liquidations stand out most
relief               how hot one map is where another one points
side                 one side of a map, ordered outward from the price
spans                the hot and the cold runs of bins
usual                how full a place is against what is usual so far from the price
"""

from service.heatmap.density.heat import STEP, SURROUNDINGS, contrast_at, heat_at, heat_of, heat_on_bins, on_bins
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES, DensityRules
from service.heatmap.density.max_pain import max_pain_of
from service.heatmap.density.relief import Relief
from service.heatmap.density.side import MapSide, map_side
from service.heatmap.density.spans import Run, gap_bins, hot_runs
from service.heatmap.density.usual import gap_depth, usual_contrast

__all__ = [
    "DEFAULT_DENSITY_RULES",
    "STEP",
    "SURROUNDINGS",
    "DensityRules",
    "MapSide",
    "Relief",
    "Run",
    "contrast_at",
    "gap_bins",
    "gap_depth",
    "heat_at",
    "heat_of",
    "heat_on_bins",
    "hot_runs",
    "map_side",
    "max_pain_of",
    "on_bins",
    "usual_contrast",
]
