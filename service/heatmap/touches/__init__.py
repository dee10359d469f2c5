"""What price did at zones that stood before it came.

ended       hot zones that are gone, and why
entries     which bars entered a zone
find        every touch of one market, and what they come to
outcomes    what price and volume did at and after an entry
past_zones  the hot zones as they stood at the close of each bar
placebo     comparable bands where no zone stood
rules       the thresholds of touches
summary     touches against placebos, in figures and in words
"""

from service.heatmap.touches.ended import ENDINGS, EndedZone, find_ended
from service.heatmap.touches.find import Touch, Touches, find_touches
from service.heatmap.touches.past_zones import PastZones
from service.heatmap.touches.rules import DEFAULT_TOUCH_RULES
from service.heatmap.touches.summary import TouchSummary

__all__ = [
    "DEFAULT_TOUCH_RULES",
    "ENDINGS",
    "EndedZone",
    "PastZones",
    "Touch",
    "TouchSummary",
    "Touches",
    "find_ended",
    "find_touches",
]
