"""Touches: how price reacted each time it entered a hot zone that stood before."""

from dataclasses import dataclass, replace

import numpy as np

from service.analysis.axes import check_zone_axis
from service.analysis.envelope import Envelope
from service.analysis.group import Group
from service.analysis.group_map import group_map
from service.analysis.limits import fitting_bins
from service.analysis.loading import load_group
from service.analysis.prepared import Prepared, freshness
from service.analysis.requests import AxisRequest, MarketRequest
from service.analysis.services import Services
from service.heatmap import BadInput, PriceAxis, Side, find_touches, price_axis
from service.heatmap.density import DensityRules
from service.heatmap.touches import Touch, TouchSummary
from service.heatmap.zones import zones_axis


@dataclass(frozen=True, kw_only=True)
class TouchesRequest:
    """Past entries into hot zones; `side` chooses among the rows and leaves the summary whole."""

    market: MarketRequest
    axis: AxisRequest
    side: Side | None


@dataclass(frozen=True, eq=False)
class TouchesResult:
    """The touches wanted, oldest first, and a summary of all."""

    envelope: Envelope
    touches: tuple[Touch, ...]
    summary: TouchSummary


def prepare_touches(services: Services, request: TouchesRequest) -> Prepared[TouchesResult]:
    """Load the market whose past is looked at; raises MarketError or BadInput."""
    if request.market.assumptions.fitted:
        message = "Would look at past touches with a mix chosen from what came after them"
        raise BadInput("mix", message, "a preset or leverage:weight,...")
    bins = fitting_bins(request.axis, request.market)
    group = load_group(services, request.market)
    axis = _axis(group, replace(request.axis, bins=bins))
    return Prepared(
        group.fingerprint,
        freshness(request.market.as_of, group),
        lambda: _result(group, axis, request, services.clock()),
    )


def _axis(group: Group, asked: AxisRequest) -> PriceAxis:
    """Return the axis that the query asks for around the first column's price; raises BadInput.

    Around the present price, as elsewhere, the size of a bin and with it the touches of the past would change whenever
    the market has moved far enough.
    """
    first = float(group.reference.data.bars.open[-group.reference.columns])
    axis = price_axis(first, asked.range_pct, bins=asked.bins, bin_size=asked.bin_size)
    check_zone_axis(group, axis, asked)
    return axis


def _result(group: Group, axis: PriceAxis, request: TouchesRequest, now: float) -> TouchesResult:
    density = DensityRules(window_pct=request.axis.range_pct)
    bars = group.reference.data.bars
    shown = bars.part(-group.reference.columns)
    wide = zones_axis(axis, float(shown.low.min()), float(shown.high.max()), density)
    grid = group_map(group, wide).total
    # Other exchanges may have columns that the bars lack.
    there = np.isin(grid.time, bars.time)
    touches = find_touches(wide.edges, grid.long[there], grid.short[there], grid.time[there], bars, density=density)
    wanted = tuple(touch for touch in touches.touches if request.side in {None, touch.side})
    return TouchesResult(group.envelope(now), wanted, touches.summary)
