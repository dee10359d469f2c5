"""Spans: which runs of bins are hot and which are cold, and where their core is.

Everything here works on one side of the price with bins ordered outward, so that both sides run the same arithmetic in
the same order and mirrored maps give mirrored zones.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import NOISE, Floats, Span
from service.heatmap.density.hot_cold_thresholds import DensityRules
from service.heatmap.density.side import MapSide


@dataclass(frozen=True)
class Run:
    """A hot or cold run of one side, outward.

    whole  all its bins, which depend on the heat alone; its name is taken from these
    span   those of its zone
    core   the hottest (or coldest) of these, around the peak
    peak   the bin of the highest (or lowest) heat
    """

    whole: Span
    span: Span
    core: Span
    peak: int


def runs(mask: NDArray[np.bool_]) -> list[Span]:
    """Return the half-open runs of True."""
    padded = np.zeros(len(mask) + 2, dtype=np.int8)
    padded[1:-1] = mask
    turns = np.flatnonzero(np.diff(padded)).tolist()
    return list(zip(turns[::2], turns[1::2], strict=True))


def hot_runs(one: MapSide, atr: float, rules: DensityRules) -> list[Run]:
    """Return the hot runs that peak within the window; `atr` in price. None of an empty side.

    What is hot is decided by the heat for the distance; the peak, with the core around it, is where the heat itself is
    highest. What is hot by the other side's positions alone is no zone of this side. A zone is its run as far as
    `reach_atr` from the peak, and `reach_pct` at least: on a fine timeframe a run is many ATR wide.
    """
    if not one.raw.any():
        return []
    reach = max(rules.reach_atr * atr, rules.reach_pct / 100.0 * one.price)
    found, aside = [], max(int(one.bins_of(reach) - 0.5), 0)
    for start, stop in runs(one.for_distance >= rules.hot):
        peak = start + int(one.heat[start:stop].argmax())
        span = max(start, peak - aside), min(stop, peak + aside + 1)
        if one.for_distance[start:stop].max() >= rules.hot_peak and peak < one.window and one.raw[slice(*span)].any():
            found.append(Run((start, stop), span, _core(one, one.heat, span, peak, rules.core_atr * atr), peak))
    return found


def cold_runs(one: MapSide, atr: float, rules: DensityRules) -> list[Run]:
    """Return the cold runs that are coldest within the window and beyond the gap; `atr` in price.

    A run that is coldest where the gap ends is only the rim of the gap. What is full for its distance is not cold.
    """
    if not one.raw.any():
        return []
    gap = gap_bins(one, rules)
    cold = (one.heat <= rules.cold) & (one.for_distance < rules.hot)
    cold[:gap] = False
    wide = one.bins_of(rules.cold_width_atr * atr) * (1.0 - NOISE)
    found = []
    for start, stop in runs(cold):
        peak = start + int(one.heat[start:stop].argmin())
        rim = 0 < gap == peak
        if one.heat[peak] <= rules.cold_peak and peak < one.window and not rim and stop - start >= wide:
            core = _core(one, 1.0 - one.heat, (start, stop), peak, rules.core_atr * atr)
            found.append(Run((start, stop), (start, stop), core, peak))
    return found


def gap_bins(one: MapSide, rules: DensityRules) -> int:
    """Return how many bins from the price outward price itself has just emptied; 0 on an empty side."""
    if not one.raw.any():
        return 0
    beyond = np.flatnonzero(one.heat[: one.window] > rules.gap)
    return int(beyond[0]) if len(beyond) else one.window


def _core(one: MapSide, marked: Floats, span: Span, peak: int, width: float) -> Span:
    """Return the bins around the peak, as many as the width holds, whose mean is highest; the nearest of equals."""
    start, stop = span
    count = min(max(int(one.bins_of(width) * (1.0 + NOISE)), 1), stop - start)
    first = max(start, peak - count + 1)
    sums = np.convolve(marked[first : min(peak + count, stop)], np.ones(count), "valid").round(9)
    at = first + int(sums.argmax())
    return at, at + count
