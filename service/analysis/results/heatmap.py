"""The heatmap: standing notional by liquidation price over time."""

from dataclasses import dataclass, replace

import numpy as np

from service.analysis.concurrency.cost import passes_of
from service.analysis.limits import MOST_CELLS, fitting_bins, most_cells
from service.analysis.maps.axes import check_cells, covering_axis
from service.analysis.maps.group_heat import group_map_and_heat
from service.analysis.maps.group_map import group_map
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.group import Group
from service.analysis.markets.loading import admitted_group, exchanges_of, load_group
from service.analysis.prepared import Prepared, freshness
from service.analysis.requests import CoveringAxisRequest, MarketRequest
from service.analysis.services import Services
from service.heatmap import Bars, Heatmap, PriceAxis
from service.heatmap.base import Floats, Times
from service.heatmap.inventory import Ensemble

# What a map can show of a cell.
HEAT = "heat"
LAYERS = ("long", "short", HEAT)
# How cells are written.
ENCODINGS = ("dense", "deltas", "segments")


@dataclass(frozen=True, kw_only=True)
class HeatmapRequest:
    """A map over time; `split` adds each exchange's own, `layers` and `encoding` say what is written of a cell.

    `since` leaves out the columns that closed before a moment, epoch ms; None shows all. Where the caller chooses no
    bins there are so many that they make `usual_cells` at most.
    """

    market: MarketRequest
    axis: CoveringAxisRequest
    split: bool
    uncertainty: bool
    candles: bool
    layers: tuple[str, ...] = LAYERS
    encoding: str
    since: int | None = None
    usual_cells: int = MOST_CELLS


@dataclass(frozen=True, eq=False)
class Candles:
    """Traded bars on a map's columns, float64[T] each, NaN where there is no bar."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    open_interest: Floats


@dataclass(frozen=True, eq=False)
class HeatmapResult:
    """The map of a group, and what was asked for beside it: heat, the ensemble, candles, each exchange's own map.

    total  the columns that are shown; whole, all of them: what is rounded and scaled by it does not hang on `since`
    step   length of a column's bar, ms
    heat   float64[T, B] of the columns shown, 0 to 1; None where not asked for
    """

    envelope: Envelope
    total: Heatmap
    whole: Heatmap
    step: int
    heat: Floats | None
    spread: Ensemble | None
    candles: Candles | None
    split: dict[str, Heatmap] | None

    @property
    def largest(self) -> float:
        """Return the largest cell of the sum, shown or not."""
        return float(max(self.whole.long.max(), self.whole.short.max()))


def prepare_heatmap(services: Services, request: HeatmapRequest) -> Prepared[HeatmapResult]:
    """Load what the map is made of; raises MarketError or BadInput."""
    names = exchanges_of(services, request.market.exchange)
    bins = fitting_bins(request.axis, request.market, len(names), request.usual_cells)
    passes = 1 + passes_of(request.market, ensemble=request.uncertainty)
    admitted = admitted_group(services, request.market, passes=passes, grids=1)
    group = load_group(services, request.market)
    grids = 1 + len(group.members) * request.split
    if bins is not None and request.axis.bins is None:
        # So many were the usual number for one grid.
        bins = max(1, min(bins, most_cells(len(group.members)) // (group.columns * grids)))
    axis = covering_axis(group, replace(request.axis, bins=bins))
    check_cells(group, axis, request.axis, grids=grids)
    return Prepared(
        group.fingerprint,
        freshness(request.market.as_of, group),
        admitted.computing(lambda: _result(group, axis, request, services.clock())),
    )


def _result(group: Group, axis: PriceAxis, request: HeatmapRequest, now: float) -> HeatmapResult:
    maps, heat = group_map_and_heat(group, axis) if HEAT in request.layers else (group_map(group, axis), None)
    spread = group.ensemble(axis) if request.uncertainty else None
    step = group.reference.data.bars.step
    first = 0 if request.since is None else int(np.searchsorted(maps.total.time + step, request.since))
    shown = shown_from(maps.total, first)
    candles = candles_of(group.reference.data.bars, shown.time) if request.candles else None
    split = {name: shown_from(part, first) for name, part in maps.parts.items()} if request.split else None
    heat = None if heat is None else heat[first:]
    return HeatmapResult(group.envelope(now, spread), shown, maps.total, step, heat, spread, candles, split)


def shown_from(heatmap: Heatmap, first: int) -> Heatmap:
    """Return a map from one of its columns on; its accounts stay those of all columns."""
    return replace(heatmap, time=heatmap.time[first:], long=heatmap.long[first:], short=heatmap.short[first:])


def candles_of(bars: Bars, time: Times) -> Candles:
    """Return the traded bars on the columns that open at `time`, epoch ms."""
    at = np.searchsorted(bars.time, time)
    there = bars.time[at] == time

    def on_columns(values: Floats) -> Floats:
        return np.where(there, values[at], np.nan)

    return Candles(
        on_columns(bars.open),
        on_columns(bars.high),
        on_columns(bars.low),
        on_columns(bars.close),
        on_columns(bars.volume),
        on_columns(bars.open_interest),
    )
