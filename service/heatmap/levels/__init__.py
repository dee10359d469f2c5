"""Price levels that traders watch.

find            all levels of one market
level           one level, and its kinds
pivots          swing highs and lows
rules           the thresholds of levels
volume_profile  volume by price: point of control, value area, nodes
walls           unusually deep places in the order book
"""

from service.heatmap.levels.find import find_levels
from service.heatmap.levels.level import Level, LevelKind

__all__ = ["Level", "LevelKind", "find_levels"]
