"""Zone agreement: in how many of several maps of one market a zone stands, each under a mix that traders may have."""

from collections.abc import Sequence

from service.heatmap.base.arrays import Floats
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import BySide
from service.heatmap.zones.find import map_sides
from service.heatmap.zones.rules import DEFAULT_ZONE_RULES, ZoneRules
from service.heatmap.zones.scale import ZoneScale
from service.heatmap.zones.support import spans_of
from service.heatmap.zones.zone import Zone


def agreements(
    others: Sequence[BySide[Floats]],
    axis: LogAxis,
    scale: ZoneScale,
    zones: Sequence[Zone],
    rules: ZoneRules = DEFAULT_ZONE_RULES,
) -> list[float]:
    """Return for each zone the share of all maps, 0..1, its own among them, that have it.

    A map has it where a zone of its kind and side meets its core.

    others  the newest columns of the other maps, float64[B] by side, on the axis
    scale   the lengths that the zones were found by
    """
    having = [1] * len(zones)
    for other in others:
        spans = spans_of(map_sides(axis, other.long, other.short, scale), scale, rules.density)
        for number, zone in enumerate(zones):
            edges = (axis.edges[list(span)] for span in spans[zone.side, zone.kind])
            having[number] += any(low < zone.core.high and zone.core.low < high for low, high in edges)
    return [count / (1 + len(others)) for count in having]
