"""Touches: how price reacted each time it entered a hot zone that stood before."""

from dataclasses import dataclass

import numpy as np

from service.analysis.maps.group_heat import fitting_axis
from service.analysis.maps.group_map import group_map
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.group import Group
from service.analysis.markets.loading import admitted_group, load_group
from service.analysis.prepared import Prepared, freshness
from service.analysis.requests import MarketRequest, RangeRequest
from service.analysis.services import Services
from service.heatmap import BadInput, Bars, Side, find_touches
from service.heatmap.base import LogAxis
from service.heatmap.density import DensityRules
from service.heatmap.touches import Touch, TouchSummary
from service.heatmap.zones import zones_axis


@dataclass(frozen=True, kw_only=True)
class TouchesRequest:
    """Past entries into hot zones; `side` chooses among the rows and leaves the summary whole."""

    market: MarketRequest
    axis: RangeRequest
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
    # Its grid is read twice: for what is hot, and for what price did there.
    admitted = admitted_group(services, request.market, grids=2)
    group = load_group(services, request.market)
    return Prepared(
        group.fingerprint,
        freshness(request.market.as_of, group),
        admitted.computing(lambda: _result(group, request, services.clock())),
    )


def _result(group: Group, request: TouchesRequest, now: float) -> TouchesResult:
    density = DensityRules(window_pct=request.axis.range_pct)
    bars = group.reference.data.bars
    axis = _axis(group, bars.part(-group.reference.columns), density)
    grid = group_map(group, axis).total
    # Other exchanges may have columns that the bars lack.
    there = np.isin(grid.time, bars.time)
    columns = (grid.long, grid.short, grid.time)
    if not there.all():
        columns = grid.long[there], grid.short[there], grid.time[there]
    touches = find_touches(axis, *columns, bars, density=density)
    wanted = tuple(touch for touch in touches.touches if request.side in {None, touch.side})
    return TouchesResult(group.envelope(now), wanted, touches.summary)


def _axis(group: Group, shown: Bars, density: DensityRules) -> LogAxis:
    """Return the axis of the zones of all columns, with wider bins where so many would take too much memory."""
    prices = float(shown.low.min()), float(shown.high.max())
    return fitting_axis(lambda step: zones_axis(*prices, density, step), group.columns, len(group.members))
