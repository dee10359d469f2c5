"""Zones: where liquidations would cluster (hot) and where little stands in the way (cold)."""

from dataclasses import dataclass, field, replace

import numpy as np

from service.heatmap.base.arrays import Floats, Span
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.density.rules import DensityRules
from service.heatmap.density.side import MapSide, map_side
from service.heatmap.density.spans import cold_spans, hot_spans
from service.heatmap.levels.level import Level
from service.heatmap.zones.age import GridHistory
from service.heatmap.zones.describe import Describer, Inputs
from service.heatmap.zones.rules import DEFAULT_ZONE_RULES, ZoneRules
from service.heatmap.zones.scale import ZoneScale, check_axis, scale_of
from service.heatmap.zones.zone import Zone


@dataclass(frozen=True)
class ZoneMap:
    """All zones of one map, each kind by rank, the lengths they were read by, and what could not be known.

    `sides` is what the zones were found in, on the axis that they were sought on.
    """

    hot: tuple[Zone, ...]
    cold: tuple[Zone, ...]
    scale: ZoneScale
    notes: tuple[str, ...]
    sides: dict[Side, MapSide] = field(repr=False, compare=False)


def find_zones(
    edges: Floats,
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
    confidence: float | Floats = 1.0,
    brightest: float | None = None,
    standing: float | None = None,
    major: bool = True,
    rules: ZoneRules = DEFAULT_ZONE_RULES,
) -> ZoneMap:
    """Find, describe and rank the hot and the cold zones of one profile.

    Zones are found on each side by itself: those of long positions below the price, those of short positions above it.

    Parameters
    ----------
    edges : float64[B + 1]
        Bin edges, whole multiples of the bin size.
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
    confidence : float or float64[B]
        How far to trust the map, 0..1.
    brightest : float, optional
        Quote currency per bin that is drawn brightest; the highest smoothed bin of the map if not given.
    standing : float, optional
        Quote currency on both sides that shares are of; what is on the axis if not given.
    major : bool
        Whether stops stand at the distance for majors or at that for all other coins.
    rules : ZoneRules
        The thresholds.

    Returns
    -------
    ZoneMap
        The zones of each kind by rank, the lengths they were read by, and what could not be known.

    Raises
    ------
    ValueError
        Naming the input that has the wrong shape or sign.
    """
    bin_size = check_axis(edges)
    _check(edges, long, short, price, bars)
    scale = scale_of(bars, float(price), rules.density)
    sides = _sides(edges, long, short, scale, rules.density)
    tallest = max(float(side.smoothed.max(initial=0.0)) for side in sides.values())
    inputs = Inputs(
        edges=edges,
        bin_size=bin_size,
        bars=bars,
        scale=scale,
        total=float(long.sum() + short.sum()) if standing is None else standing,
        bids=bids,
        asks=asks,
        average_leverage=average_leverage,
        history=history,
        levels=levels,
        confidence=np.broadcast_to(np.asarray(confidence, dtype=np.float64), long.shape),
        brightest=brightest or tallest,
        stop_atr=rules.stop_atr_major if major else rules.stop_atr_alt,
        rules=rules,
    )
    describer = Describer(inputs)
    zones = [zone for side in Side for zone in _side_zones(sides[side], describer, inputs)]
    hot, cold = ([zone for zone in zones if zone.kind == kind] for kind in ("hot", "cold"))
    return ZoneMap(_ranked(hot), _ranked(cold), scale, tuple(_notes(inputs, sides, hot)), sides)


def hot_bins(one: MapSide, rules: DensityRules) -> list[Span]:
    """Return the hot zones of one side as half-open bin numbers of the axis, and nothing else about them."""
    return [one.axis(span) for span in hot_spans(one.excess, one.window, rules)]


def zone_spans(one: MapSide, scale: ZoneScale, bin_size: float, rules: ZoneRules) -> tuple[list[Span], list[Span]]:
    """Return the hot and the cold runs of one side, outward; none of an empty one, which says nothing of its price."""
    if not one.raw.any():
        return [], []
    hot = hot_spans(one.excess, one.window, rules.density)
    least = rules.cold_width_atr * scale.atr / bin_size
    return hot, cold_spans(one.smoothed[: one.window], one.background[: one.window], hot, least, rules.density)


def _sides(edges: Floats, long: Floats, short: Floats, scale: ZoneScale, rules: DensityRules) -> dict[Side, MapSide]:
    centres, width = 0.5 * (edges[1:] + edges[:-1]), float(edges[1] - edges[0])
    widths = {"sigma_bins": scale.sigma / width, "background_bins": scale.background(rules) / width}
    return {
        side: map_side(centres, values, scale.price, side, reach=scale.reach, **widths)
        for side, values in zip(Side, (long, short), strict=True)
    }


def _side_zones(one: MapSide, describer: Describer, inputs: Inputs) -> list[Zone]:
    hot, cold = zone_spans(one, inputs.scale, inputs.bin_size, inputs.rules)
    return [describer.hot(one, span) for span in hot] + [describer.cold(one, span) for span in cold]


def _ranked(zones: list[Zone]) -> tuple[Zone, ...]:
    ordered = sorted(zones, key=lambda zone: (-zone.score, zone.distance_atr, zone.side))
    return tuple(replace(zone, rank=rank) for rank, zone in enumerate(ordered, start=1))


def _check(edges: Floats, long: Floats, short: Floats, price: float, bars: Bars) -> None:
    for name, values in zip(Side, (long, short), strict=True):
        if values.shape != (len(edges) - 1,):
            raise ValueError(f"{name}: {values.shape} values for {len(edges) - 1} bins")
        if not np.isfinite(values).all() or values.min() < 0:
            raise ValueError(f"{name}: notional must be finite and not negative")
    if not 0 < price < float("inf"):
        raise ValueError(f"price: {price} is not a positive number")
    if not len(bars):
        raise ValueError("bars: none")


def _notes(inputs: Inputs, sides: dict[Side, MapSide], hot: list[Zone]) -> list[str]:
    notes = [f"no {side} positions stand on the map" for side, one in sides.items() if not one.raw.any()]
    notes += [
        f"no {side} zone stands out by {inputs.rules.density.hot_excess:.0%} from its surroundings: none is hot"
        for side, one in sides.items()
        if one.raw.any() and not any(zone.side == side for zone in hot)
    ]
    if inputs.bids is None or inputs.asks is None:
        notes.append("no order book: depth is taken from traded volume, vacuum is not known")
    if inputs.history is None:
        notes.append("no past columns: the age of zones is not known")
    return notes
