"""Lift: whether what a map calls full or hot liquidates more.

band_heat  how full the prices were that each bar swept
band_lift  the fullest swept bands over the emptiest
figure     a lift as it is told
hours      the bars that lifts are measured on
refilling  the flat map, which knows nothing but where price has been
zone_lift  hours that enter a hot zone over those that do not
"""

from service.heatmap.lift.band_heat import swept_axis, swept_heat, swept_of
from service.heatmap.lift.band_lift import BandLifts, band_lifts
from service.heatmap.lift.figure import Lift
from service.heatmap.lift.hours import Hours, hours_of
from service.heatmap.lift.refilling import FlatMap, flat_map
from service.heatmap.lift.zone_lift import ZoneLifts, lifts_at, shifted_lifts, zone_lifts

__all__ = [
    "BandLifts",
    "FlatMap",
    "Hours",
    "Lift",
    "ZoneLifts",
    "band_lifts",
    "flat_map",
    "hours_of",
    "lifts_at",
    "shifted_lifts",
    "swept_axis",
    "swept_heat",
    "swept_of",
    "zone_lifts",
]
