"""Zone support: how firmly a zone stands when the assumptions change, from the members of an ensemble."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Span
from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import BySide, Side
from service.heatmap.density.hot_cold_thresholds import DensityRules
from service.heatmap.density.side import MapSide
from service.heatmap.density.spans import cold_runs, hot_runs
from service.heatmap.inventory.ensemble import QUANTILES, Ensemble
from service.heatmap.zones.find import map_sides
from service.heatmap.zones.rules import DEFAULT_ZONE_RULES, ZoneRules
from service.heatmap.zones.scale import ZoneScale, scale_of
from service.heatmap.zones.zone import Zone, ZoneKind

# A zone stands in a member if zones of the member's of its kind cover this share of it.
STANDS = 0.5


@dataclass(frozen=True)
class Support:
    """Share of the members, 0..1, in which a zone stands; its notional there, q10, q50 and q90, quote currency."""

    share: float
    q10: float
    q50: float
    q90: float


def supports(
    ensemble: Ensemble,
    axis: LogAxis,
    price: float,
    bars: Bars,
    zones: Sequence[Zone],
    rules: ZoneRules = DEFAULT_ZONE_RULES,
) -> list[Support]:
    """Return the support of each zone, hot or cold; the zones' bins count on `axis`, as the ensemble's do."""
    scale = scale_of(bars, price, rules.density)
    stands = np.zeros((len(ensemble.long), len(zones)), dtype=bool)
    for number in range(len(ensemble.long)):
        sides = map_sides(axis, ensemble.long[number], ensemble.short[number], scale)
        spans = spans_of(sides, scale, rules.density)
        stands[number] = [_covers(spans[zone.side, zone.kind], zone.bins) for zone in zones]
    held = [ensemble[zone.side][:, slice(*zone.bins)].sum(axis=1) for zone in zones]
    return [
        Support(float(share), *np.quantile(amounts, QUANTILES).tolist())
        for share, amounts in zip(stands.mean(axis=0), held, strict=True)
    ]


def spans_of(sides: BySide[MapSide], scale: ZoneScale, rules: DensityRules) -> dict[tuple[Side, ZoneKind], list[Span]]:
    """Return the bins of one map's zones, by side and kind."""
    spans: dict[tuple[Side, ZoneKind], list[Span]] = {}
    for one in sides:
        spans[one.side, "hot"] = [one.axis(run.span) for run in hot_runs(one, scale.atr, rules)]
        spans[one.side, "cold"] = [one.axis(run.span) for run in cold_runs(one, scale.atr, rules)]
    return spans


def _covers(spans: list[Span], bins: Span) -> bool:
    covered = sum(max(min(stop, bins[1]) - max(start, bins[0]), 0) for start, stop in spans)
    return covered >= STANDS * (bins[1] - bins[0])
