"""Two maps, or the zones of several, held against each other.

alignment  two maps brought to one axis
consensus  which zones several maps share
diff       one map less another, and how far they agree
"""

from service.heatmap.compare.alignment import How, MapColumn
from service.heatmap.compare.consensus import (
    LEAST_OVERLAP,
    ConsensusZone,
    MapZone,
    ZoneDifference,
    compare_zones,
    find_consensus,
)
from service.heatmap.compare.diff import Difference, compare_maps

__all__ = [
    "LEAST_OVERLAP",
    "ConsensusZone",
    "Difference",
    "How",
    "MapColumn",
    "MapZone",
    "ZoneDifference",
    "compare_maps",
    "compare_zones",
    "find_consensus",
]
