"""Zones: where liquidations would cluster (hot) and where little stands in the way (cold)."""

from dataclasses import dataclass, replace

import numpy as np

from service.heatmap.bars import Bars, Floats
from service.heatmap.half import SIDES, Half, Side, half
from service.heatmap.level import Level
from service.heatmap.smoothing import smooth
from service.heatmap.spans import Span, cold_spans, hot_spans
from service.heatmap.zone import Zone
from service.heatmap.zone_age import GridHistory
from service.heatmap.zone_rules import DEFAULT_RULES, ZoneRules
from service.heatmap.zone_scale import ZoneScale, check_axis, scale_of
from service.heatmap.zone_view import Describer, Inputs


@dataclass(frozen=True)
class ZoneMap:
    """All zones of one map, each kind by rank, the lengths they were read by, and what could not be known."""

    hot: tuple[Zone, ...]
    cold: tuple[Zone, ...]
    scale: ZoneScale
    notes: tuple[str, ...]


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
    major: bool = True,
    rules: ZoneRules = DEFAULT_RULES,
) -> ZoneMap:
    """Find, describe and rank the zones of one profile.

    edges             float64[B+1]   bin edges, whole multiples of the bin size
    long, short       float64[B]     quote currency standing per bin
    price             present price, same currency
    bars              closed bars of the timeframe the zones are read on
    bids, asks        float64[n, 2]  (price, base amount), None without a book
    average_leverage  float64[B]     None if not known
    history           past columns on the same axis, None if not known: zones have no age then
    confidence        0..1, one figure or float64[B]
    brightest         quote currency per bin drawn brightest; the highest smoothed bin of the map if not given
    major             stops at 0.5 ATR (majors) or 1.0 (alts)

    A zone is found per side of the price: long positions' bins below it, short positions' above. Raises ValueError
    naming the input that has the wrong shape or sign.
    """
    bin_size = check_axis(edges)
    _check(edges, long, short, price, bars)
    scale = scale_of(bars, float(price), rules)
    halves = _halves(edges, long, short, scale, scale.sigma / bin_size)
    tallest = max(float(side.smoothed.max(initial=0.0)) for side in halves.values())
    inputs = Inputs(
        edges=edges,
        bin_size=bin_size,
        bars=bars,
        scale=scale,
        total=float(long.sum() + short.sum()),
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
    found = [zone for side in SIDES for zone in _side_zones(halves[side], describer, inputs)]
    hot, cold = ([zone for zone in found if zone.kind == kind] for kind in ("hot", "cold"))
    notes = _notes(inputs, halves[SIDES[0]], halves[SIDES[1]]) + _edge_notes(hot, scale)
    return ZoneMap(_ranked(hot), _ranked(cold), scale, tuple(notes))


def hot_bins(half_map: Half, sigma_bins: float, rules: ZoneRules) -> list[Span]:
    """Return the hot zones of one side as half-open bin numbers of the axis, and nothing else about them."""
    if not half_map.raw.any():
        return []
    return [half_map.axis(span) for span in hot_spans(half_map.smoothed[: half_map.window], sigma_bins, rules)]


def _halves(edges: Floats, long: Floats, short: Floats, scale: ZoneScale, sigma_bins: float) -> dict[Side, Half]:
    centres = 0.5 * (edges[1:] + edges[:-1])
    return {
        side: half(centres, values, scale.price, side, sigma_bins, scale.reach)
        for side, values in zip(SIDES, (long, short), strict=True)
    }


def _side_zones(half_map: Half, describer: Describer, inputs: Inputs) -> list[Zone]:
    rules, scale, window = inputs.rules, inputs.scale, half_map.window
    # An empty side says nothing about where price moves freely.
    if not half_map.raw.any():
        return []
    smoothed = half_map.smoothed[:window]
    # Gaussian like the smoothing: in a box of 3 % the middle of a void wider than that would be its own background.
    background = smooth(half_map.raw, inputs.background_bins)
    hot = hot_spans(smoothed, scale.sigma / inputs.bin_size, rules)
    cold = cold_spans(smoothed, background[:window], hot, rules.cold_width_atr * scale.atr / inputs.bin_size, rules)
    return [describer.hot(half_map, background, span) for span in hot] + [
        describer.cold(half_map, background, span) for span in cold
    ]


def _ranked(zones: list[Zone]) -> tuple[Zone, ...]:
    ordered = sorted(zones, key=lambda zone: (-zone.score, zone.distance_atr, zone.side))
    return tuple(replace(zone, rank=rank) for rank, zone in enumerate(ordered, start=1))


def _check(edges: Floats, long: Floats, short: Floats, price: float, bars: Bars) -> None:
    for name, values in (("long", long), ("short", short)):
        if values.shape != (len(edges) - 1,):
            raise ValueError(f"{name}: {values.shape} values for {len(edges) - 1} bins")
        if not np.isfinite(values).all() or values.min() < 0:
            raise ValueError(f"{name}: notional must be finite and not negative")
    if not 0 < price < float("inf"):
        raise ValueError(f"price: {price} is not a positive number")
    if not len(bars):
        raise ValueError("bars: none")


def _notes(inputs: Inputs, long: Half, short: Half) -> list[str]:
    notes = [f"no {side.side} positions stand on the map" for side in (long, short) if not side.raw.any()]
    if inputs.bids is None or inputs.asks is None:
        notes.append("no order book: depth and vacuum are not known, ranks use traded volume instead")
    if inputs.history is None:
        notes.append("no past columns: the age of zones is not known")
    return notes


def _edge_notes(hot: list[Zone], scale: ZoneScale) -> list[str]:
    """Say which zones peak at the edge of what was looked at: there the map may be a slope and no cluster."""
    return [
        f"{zone.id} is densest at the edge of the range that zones are sought in: the map may be denser beyond"
        for zone in hot
        if abs(zone.peak - scale.price) > scale.reach - scale.sigma
    ]
