"""Zones: where liquidations would cluster (hot) and where little stands in the way (cold)."""

from dataclasses import dataclass, field, replace

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import BySide, Side
from service.heatmap.cascade.book_depth import DepthCurve
from service.heatmap.density.heat import heat_of
from service.heatmap.density.hot_cold_thresholds import DensityRules
from service.heatmap.density.side import MapSide, map_side
from service.heatmap.density.spans import cold_runs, gap_bins, hot_runs
from service.heatmap.levels.level import Level
from service.heatmap.zones.age import GridHistory
from service.heatmap.zones.depth import book_curves
from service.heatmap.zones.describe import Describer, Inputs
from service.heatmap.zones.rules import DEFAULT_ZONE_RULES, ZoneRules
from service.heatmap.zones.scale import ZoneScale, scale_of
from service.heatmap.zones.zone import Zone


@dataclass(frozen=True)
class Gap:
    """The prices around the present one where price itself has emptied the map.

    No cold zone lies in them, and a hot one where more is left than is usual so near to the price.
    """

    low: float
    high: float


@dataclass(frozen=True)
class ZoneMap:
    """All zones of one map, each kind by rank, the lengths they were read by, and what could not be known.

    `sides` is what the zones were found in, on the axis that they were sought on, and `books` the order book before
    them, None of a side that is not seen.
    """

    hot: tuple[Zone, ...]
    cold: tuple[Zone, ...]
    gap: Gap
    scale: ZoneScale
    notes: tuple[str, ...]
    sides: BySide[MapSide] = field(repr=False, compare=False)
    books: BySide[DepthCurve | None] = field(repr=False, compare=False)


def find_zones(
    axis: LogAxis,
    long: Floats,
    short: Floats,
    price: float,
    bars: Bars,
    *,
    bids: Floats | None = None,
    asks: Floats | None = None,
    average_leverage: Floats | None = None,
    history: GridHistory | None = None,
    levels: tuple[Level, ...] = (),
    data_quality: float | Floats = 1.0,
    standing: float | None = None,
    rules: ZoneRules = DEFAULT_ZONE_RULES,
) -> ZoneMap:
    """Find, describe and rank the zones of one profile: those of longs below the price, those of shorts above it.

    Parameters
    ----------
    axis : LogAxis
        The bins; `zones_axis` gives those on which everything is known that has a part in a zone.
    long, short : float64[B]
        Quote currency that stands in each bin.
    price : float
        The price now, in the same currency.
    bars : Bars
        Closed bars of the timeframe that the zones are read on.
    bids, asks : float64[n, 2], optional
        Order book as rows of price and base amount.
    average_leverage : float64[B], optional
        Average leverage in each bin.
    history : GridHistory, optional
        Past columns on the same axis; without them zones have no age.
    levels : tuple of Level
        Levels that a zone may be in confluence with.
    data_quality : float or float64[B]
        How far to trust the map, 0..1.
    standing : float, optional
        Quote currency on both sides that shares are of; what is on the axis if not given.
    rules : ZoneRules
        The thresholds.

    Returns
    -------
    ZoneMap
        The zones of each kind by rank.

    Raises
    ------
    ValueError
        Naming the input that has the wrong shape or sign.
    """
    _check(axis, long, short, price, bars)
    scale = scale_of(bars, float(price), rules.density)
    total = float(long.sum() + short.sum()) if standing is None else standing
    trust = np.broadcast_to(np.asarray(data_quality, dtype=np.float64), long.shape)
    book_seen, books = bids is not None and asks is not None, book_curves(bids, asks, scale.price)
    inputs = Inputs(axis, bars, scale, total, book_seen, books, average_leverage, history, levels, trust, rules)
    return _zones_in(map_sides(axis, long, short, scale), inputs)


def map_sides(axis: LogAxis, long: Floats, short: Floats, scale: ZoneScale) -> BySide[MapSide]:
    """Return both sides of a column, float64[B] each, with the heat of the whole."""
    heat = heat_of((long + short)[None], axis.bin_size)[0]
    return BySide(
        map_side(axis, long, heat, scale.price, Side.LONG, scale.reach, scale.anchor),
        map_side(axis, short, heat, scale.price, Side.SHORT, scale.reach, scale.anchor),
    )


def _zones_in(sides: BySide[MapSide], inputs: Inputs) -> ZoneMap:
    describer, atr, rules = Describer(inputs), inputs.scale.atr, inputs.rules.density
    hot = [describer.hot(one, run) for one in sides for run in hot_runs(one, atr, rules)]
    cold = [describer.cold(one, run) for one in sides for run in cold_runs(one, atr, rules)]
    gap = _gap(inputs.axis, sides, inputs.scale.price, rules)
    notes = tuple(_notes(inputs, sides, hot))
    return ZoneMap(_ranked(hot), _ranked(cold), gap, inputs.scale, notes, sides, inputs.books)


def _gap(axis: LogAxis, sides: BySide[MapSide], price: float, rules: DensityRules) -> Gap:
    bins = BySide(*(one.axis((0, gap_bins(one, rules))) for one in sides))
    low = float(axis.edges[bins.long[0]]) if len(set(bins.long)) > 1 else price
    high = float(axis.edges[bins.short[1]]) if len(set(bins.short)) > 1 else price
    return Gap(min(low, price), max(high, price))


def _ranked(zones: list[Zone]) -> tuple[Zone, ...]:
    ordered = sorted(zones, key=lambda zone: (-zone.score, zone.distance_atr, zone.side))
    return tuple(replace(zone, rank=rank) for rank, zone in enumerate(ordered, start=1))


def _check(axis: LogAxis, long: Floats, short: Floats, price: float, bars: Bars) -> None:
    for name, values in zip(Side, (long, short), strict=True):
        if values.shape != (axis.count,):
            raise ValueError(f"{name}: {values.shape} values for {axis.count} bins")
        if not np.isfinite(values).all() or values.min() < 0:
            raise ValueError(f"{name}: notional must be finite and not negative")
    if not 0 < price < float("inf"):
        raise ValueError(f"price: {price} is not a positive number")
    if not len(bars):
        raise ValueError("bars: none")


def _notes(inputs: Inputs, sides: BySide[MapSide], hot: list[Zone]) -> list[str]:
    notes = [f"no {one.side} positions stand on the map" for one in sides if not one.raw.any()]
    notes += [
        f"no {one.side} zone has a heat of {inputs.rules.density.hot_peak:g}: none is hot"
        for one in sides
        if one.raw.any() and not any(zone.side == one.side for zone in hot)
    ]
    if not inputs.book_seen:
        notes.append("no order book: depth is taken from traded volume, vacuum is not known")
    if inputs.history is None:
        notes.append("no past columns: the age of zones is not known")
    return notes
