"""Lifts of one market's map: what full bands and hot zones have liquidated over comparable hours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.analysis.maps.group_heat import fitting_axis
from service.analysis.markets.estimate import Estimate
from service.heatmap import BySide, Side
from service.heatmap.base import Floats
from service.heatmap.density import DEFAULT_DENSITY_RULES
from service.heatmap.lift import BandLifts, FlatMap, ZoneLifts, band_lifts, hours_of, swept_axis, swept_of, zone_lifts
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
    past, swept = _read(market)
    bands = band_lifts(hours, swept, flat, resamples=resamples, seed=seed)
    return Lifts(bands, zone_lifts(past, hours, resamples=resamples, seed=seed))


def _read(market: Estimate) -> tuple[PastZones, BySide[Floats]]:
    """Return the hot zones after every bar, and the heat of what each bar swept, off one inventory.

    After the bars of the warm-up too: the placebo's zones are of 30 days before.
    """
    bars, rules = market.data.bars, DEFAULT_DENSITY_RULES
    low, high = float(bars.low.min()), float(bars.high.max())
    axis, bands = fitting_axis(lambda step: zones_axis(low, high, rules, step), len(bars)), swept_axis(bars)
    # Zones may be cut in wider bins than bands are read in: their axis is longer, and holds either side by itself.
    alike = axis.bin_size == bands.bin_size
    made = market.inventory(axis, len(bars), beside=None if alike else bands)
    past = PastZones(axis, made.columns[Side.LONG], made.columns[Side.SHORT], bars.time, bars, rules)
    return past, swept_of(bars, past.heat, axis) if alike else swept_of(bars, made.both_sides, bands)
