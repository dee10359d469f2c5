"""Lifts of one market's map: what full bands and hot zones have liquidated over comparable hours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.analysis.maps.group_heat import fitting_axis
from service.analysis.markets.estimate import Estimate
from service.heatmap import BySide, heatmap_of, take_inventory
from service.heatmap.base import Floats
from service.heatmap.density import DEFAULT_DENSITY_RULES
from service.heatmap.lift import (
    BandLifts,
    FlatMap,
    ZoneLifts,
    band_lifts,
    hours_of,
    swept_axis,
    swept_heat,
    swept_of,
    zone_lifts,
)
from service.heatmap.touches import PastZones
from service.heatmap.zones import zones_axis


@dataclass(frozen=True)
class Lifts:
    """Of the bands that hours swept, and of the hot zones that they entered."""

    bands: BandLifts
    zones: ZoneLifts


def lifts_of(
    market: Estimate, liquidated: BySide[Floats], flat: FlatMap, scored: NDArray[np.bool_], *, resamples: int, seed: int
) -> Lifts:
    """Return the lifts over the bars that are scored, bool[T], against what was liquidated in them."""
    hours = hours_of(market.data.bars, liquidated, scored)
    past = _past_zones(market)
    bands = band_lifts(hours, _swept(market, past), flat, resamples=resamples, seed=seed)
    return Lifts(bands, zone_lifts(past, hours, resamples=resamples, seed=seed))


def _swept(market: Estimate, past: PastZones) -> BySide[Floats]:
    """Return the heat of what each bar swept, off the map of the zones where its bins are as wide."""
    if past.axis.bin_size == swept_axis(market.data.bars).bin_size:
        return swept_of(market.data.bars, past.heat.whole, past.axis)
    return swept_heat(market.data.bars, market.assumptions, market.venue)


def _past_zones(market: Estimate) -> PastZones:
    """Return the hot zones after every bar, warm-up too: the placebo's are of 30 days before."""
    bars, rules = market.data.bars, DEFAULT_DENSITY_RULES
    low, high = float(bars.low.min()), float(bars.high.max())
    axis = fitting_axis(lambda step: zones_axis(low, high, rules, step), len(bars))
    made = heatmap_of(take_inventory(bars, market.assumptions, market.venue, axis, len(bars)))
    return PastZones(axis, made.long, made.short, bars.time, bars, rules)
