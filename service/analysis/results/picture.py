"""The picture: what a picture of a map shows, from one group, so that grid, candles and zones are of one moment."""

from dataclasses import dataclass
from typing import Literal

from service.analysis.concurrency.cost import passes_of
from service.analysis.limits import fitting_bins
from service.analysis.maps.axes import check_cells, covering_axis
from service.analysis.maps.group_heat import group_map_and_heat
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.group import Group
from service.analysis.markets.loading import admitted_group, exchanges_of, load_group
from service.analysis.prepared import Prepared, freshness
from service.analysis.requests import CoveringAxisRequest, MarketRequest
from service.analysis.results.heatmap import Candles, candles_of
from service.analysis.services import Services
from service.analysis.zones.zone_reading import read_zones
from service.heatmap import Heatmap, PriceAxis
from service.heatmap.base import Floats
from service.heatmap.zones import ZoneMap


@dataclass(frozen=True, kw_only=True)
class PictureStyle:
    """How a picture looks: its size in pixels, its colours, and what of the map is drawn."""

    size: tuple[int, int]
    theme: Literal["dark", "light"]
    palette: Literal["fire", "safe"]
    layer: Literal["heat", "notional"]
    candles: bool


@dataclass(frozen=True, kw_only=True)
class PictureRequest:
    """A picture of one market."""

    market: MarketRequest
    axis: CoveringAxisRequest
    style: PictureStyle
    zones: bool


@dataclass(frozen=True, eq=False)
class PictureResult:
    """What is drawn.

    heat   float64[T, B], 0 to 1
    zones  those of the newest column; None where not asked for
    step   length of a column's bar, ms
    """

    envelope: Envelope
    total: Heatmap
    heat: Floats
    candles: Candles
    zones: ZoneMap | None
    step: int


def prepare_picture(services: Services, request: PictureRequest) -> Prepared[PictureResult]:
    """Load what the picture is made of; raises MarketError or BadInput."""
    exchanges = len(exchanges_of(services, request.market.exchange))
    bins = fitting_bins(request.axis, request.market, exchanges)
    # The grid, its heat and the zones on it; drawing takes another grid's time.
    passes = 2 + passes_of(request.market, ensemble=False)
    admitted = admitted_group(services, request.market, passes=passes, grids=2)
    group = load_group(services, request.market)
    asked = CoveringAxisRequest(bins=bins, range_pct=request.axis.range_pct)
    axis = covering_axis(group, asked)
    check_cells(group, axis, asked)
    return Prepared(
        group.fingerprint,
        freshness(request.market.as_of, group),
        admitted.computing(lambda: _result(group, axis, services.clock(), zones=request.zones)),
    )


def _result(group: Group, axis: PriceAxis, now: float, *, zones: bool) -> PictureResult:
    (maps, heat), bars = group_map_and_heat(group, axis), group.reference.data.bars
    total = maps.total
    return PictureResult(
        envelope=group.envelope(now),
        total=total,
        heat=heat,
        candles=candles_of(bars, total.time),
        zones=read_zones(group, described=False).zones if zones else None,
        step=bars.step,
    )
