"""Zone agreement: in how many of several maps of one market a zone stands, each under a mix that traders may have."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import BySide, Side
from service.heatmap.density.column_heat import ColumnHeat
from service.heatmap.density.hot_cold_thresholds import DensityRules
from service.heatmap.density.hot_search import FASTEST, Choice, Moments
from service.heatmap.density.side import map_side
from service.heatmap.density.spans import cold_runs
from service.heatmap.zones.rules import DEFAULT_ZONE_RULES, ZoneRules
from service.heatmap.zones.scale import ZoneScale
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
    if not others:
        return [1.0] * len(zones)
    long, short = (np.stack([other[side] for other in others]) for side in Side)
    heat = ColumnHeat(long, short, axis.bin_size)
    having = np.ones(len(zones), dtype=np.int64)
    for side in Side:
        for kind, find in (("hot", _hot), ("cold", _cold)):
            alike = [number for number, zone in enumerate(zones) if zone.side is side and zone.kind == kind]
            if alike:
                having[alike] += find(heat, axis, scale, [zones[number] for number in alike], rules.density)
    return [int(count) / (1 + len(others)) for count in having]


def _hot(heat: ColumnHeat, axis: LogAxis, scale: ZoneScale, zones: Sequence[Zone], rules: DensityRules) -> Times:
    """Return how many of the maps have each hot zone, all of one side, int64[Z]: only there is anything looked for."""
    maps = len(heat.sides.long)
    row, number = (each.ravel() for each in np.indices((maps, len(zones))))
    begin, end = (np.array([zone.bins[which] for zone in zones])[number] for which in (0, 1))
    lengths = (np.full(len(row), length) for length in (scale.price, scale.atr, scale.reach, scale.anchor))
    # A bin more on either side, for a core's edges are rounded.
    found = FASTEST(axis, heat, Moments(row, begin - 1, end + 1, *lengths), zones[0].side, rules, Choice())
    meets = _meets(axis, found.zone, _cores(zones)[number[found.column]])
    return np.bincount(number[np.unique(found.column[meets])], minlength=len(zones))


def _cold(heat: ColumnHeat, axis: LogAxis, scale: ZoneScale, zones: Sequence[Zone], rules: DensityRules) -> Times:
    """Return the same of cold zones."""
    side, having = zones[0].side, np.zeros(len(zones), dtype=np.int64)
    for own, whole in zip(heat.sides[side], heat.whole, strict=True):
        one = map_side(axis, own, whole, scale.price, side, scale.reach, scale.anchor)
        spans = np.array([one.axis(run.span) for run in cold_runs(one, scale.atr, rules)], dtype=np.int64)
        having += [bool(_meets(axis, spans, core).any()) for core in _cores(zones)]
    return having


def _cores(zones: Sequence[Zone]) -> Floats:
    return np.array([(zone.core.low, zone.core.high) for zone in zones])


def _meets(axis: LogAxis, spans: Times, cores: Floats) -> NDArray[np.bool_]:
    """Say of half-open bins, int64[n, 2], whether they meet cores, prices float64[n, 2] or one for all."""
    low, high = axis.edges[spans.reshape(-1, 2)].T
    meets: NDArray[np.bool_] = (low < cores[..., 1]) & (cores[..., 0] < high)
    return meets
