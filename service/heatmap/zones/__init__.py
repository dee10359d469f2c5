"""Hot and cold zones: found, described and ranked.

age        since when a zone has stood
agreement  in how many of several maps a zone stands
approach   how price is moving towards a zone
depth      what it takes in quote currency to bring the price to a zone
describe   everything that is said of a zone
find       the zones of one map
id         names that outlast small changes of a zone's edges
merge      zones of several timeframes in one list
rules      the thresholds of zones
scale      the lengths by which a map is read
score      what makes one zone rank over another
stops      where a stop would be out of a zone's reach
support    how firmly a zone stands when the assumptions change
zone       one zone
"""

from service.heatmap.zones.age import GridHistory
from service.heatmap.zones.agreement import agreements
from service.heatmap.zones.approach import STATES
from service.heatmap.zones.depth import DEPTH_SOURCES
from service.heatmap.zones.find import Gap, ZoneMap, find_zones
from service.heatmap.zones.merge import OnTimeframe, merged
from service.heatmap.zones.rules import DEFAULT_ZONE_RULES, ZoneRules
from service.heatmap.zones.scale import ZoneScale, hour_closes, zone_scale, zones_axis
from service.heatmap.zones.stops import on_tick
from service.heatmap.zones.support import Support, supports
from service.heatmap.zones.zone import COLOURS, Core, Zone

__all__ = [
    "COLOURS",
    "DEFAULT_ZONE_RULES",
    "DEPTH_SOURCES",
    "STATES",
    "Core",
    "Gap",
    "GridHistory",
    "OnTimeframe",
    "Support",
    "Zone",
    "ZoneMap",
    "ZoneRules",
    "ZoneScale",
    "agreements",
    "find_zones",
    "hour_closes",
    "merged",
    "on_tick",
    "supports",
    "zone_scale",
    "zones_axis",
]
