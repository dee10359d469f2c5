"""Touches: how price reacted each time it entered a hot zone that was there before."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES, DensityRules
from service.heatmap.touches.entries import BandEntries, EnteredZone, zone_entries
from service.heatmap.touches.outcomes import BROKE, GRIND, SWEPT, Outcomes, confirmed, outcomes_of
from service.heatmap.touches.past_zones import PastZones
from service.heatmap.touches.placebo import placebo_entries
from service.heatmap.touches.rules import DEFAULT_TOUCH_RULES, TouchRules
from service.heatmap.touches.summary import Matches, TouchSummary, summarise
from service.times import DAY_MS

# Resamples the days; the same for everyone, so that nobody picks the seed that he likes.
SEED = 0

TouchClass: TypeAlias = Literal["swept_and_reversed", "broke_through", "grind"]
CLASSES: dict[int, TouchClass] = {SWEPT: "swept_and_reversed", BROKE: "broke_through", GRIND: "grind"}
Confirmation: TypeAlias = Literal["confirmed", "volume_only", "wick_only", "none"]
CONFIRMATIONS: dict[tuple[bool, bool], Confirmation] = {
    (True, True): "confirmed",
    (True, False): "volume_only",
    (False, True): "wick_only",
    (False, False): "none",
}


@dataclass(frozen=True)
class Touch:
    """One entry into a zone found on the column before it.

    time            epoch ms: open of the entering bar; `bar` is its number, open .. close its traded prices
    zone_id         as find_zones names it; zone_low/high its edges, zone_notional what it held (quote currency)
    distance_atr    from the close before to the zone's near edge
    depth           0..1: how far into the zone the bar went, as a share of its width
    volume_z        None while fewer bars than the window came before, or if these were all alike
    wick_share      0..1 of the bar's range, on the zone's side
    reclaim         the bar closed back on the near side
    follow_through_1/_4/_24  ATR towards reversal after so many bars, None where they are not all there
    outcome         None while the next bar is not closed
    confirmation    volume spike and long wick, one of them, or none
    """

    time: int
    bar: int
    open: float
    high: float
    low: float
    close: float
    side: Side
    zone_id: str
    zone_low: float
    zone_high: float
    zone_notional: float
    distance_atr: float
    depth: float
    volume_z: float | None
    wick_share: float
    reclaim: bool
    follow_through_1: float | None
    follow_through_4: float | None
    follow_through_24: float | None
    outcome: TouchClass | None
    confirmation: Confirmation


@dataclass(frozen=True)
class Touches:
    """Every touch, oldest first, and what they come to."""

    touches: tuple[Touch, ...]
    summary: TouchSummary


def find_touches(
    axis: LogAxis,
    long: NDArray[np.floating],
    short: NDArray[np.floating],
    time: Times,
    bars: Bars,
    *,
    seed: int = SEED,
    density: DensityRules = DEFAULT_DENSITY_RULES,
    rules: TouchRules = DEFAULT_TOUCH_RULES,
) -> Touches:
    """Find the past touches of hot zones, and compare them with touches of placebo bands.

    A zone is taken from the column right before the bar that touches it, so that this bar had no part in it.

    Parameters
    ----------
    axis : LogAxis
        The bins; `zones_axis` gives those on which everything is known that has a part in a zone.
    long, short : float[T, B]
        The heatmap: quote currency in each bin after the bar of each column.
    time : int64[T]
        Open times of the bars of the columns, epoch ms.
    bars : Bars
        Closed bars of the same timeframe; those before the first column warm up ATR and volume.
    seed : int
        Resamples the days; nothing but the ends of the intervals depends on it.
    density : DensityRules
        What makes a zone hot.
    rules : TouchRules
        What confirms a touch, and how many are needed for a verdict.

    Returns
    -------
    Touches
        Every touch, oldest first, and the summary.

    Raises
    ------
    ValueError
        Naming the input that does not fit.
    """
    if not len(bars):
        raise ValueError("bars: none")
    past = PastZones(axis, long, short, time, bars, density)
    entries, zones = zone_entries(past)
    measured = outcomes_of(bars, entries, rules)
    placebo, owner = placebo_entries(past, entries)
    spike, wick = confirmed(measured, rules)
    matches = Matches(owner, bars.time[entries.bar] // DAY_MS, bars.time[placebo.bar] // DAY_MS)
    summary = summarise(measured, outcomes_of(bars, placebo, rules), matches, spike & wick, rules, seed)
    words = [CONFIRMATIONS[pair] for pair in zip(spike.tolist(), wick.tolist(), strict=True)]
    touches = _touches(past, entries, zones, measured, words)
    return Touches(tuple(sorted(touches, key=lambda touch: (touch.time, touch.distance_atr, touch.side))), summary)


def _touches(
    past: PastZones, entries: BandEntries, zones: list[EnteredZone], measured: Outcomes, words: list[Confirmation]
) -> list[Touch]:
    """Return the touches, field by field of all at once."""
    bars, bar = past.bars, entries.bar
    distance = (bars.close[bar - 1] - entries.near) * entries.sign / entries.atr
    columns = (
        bars.time[bar].tolist(),
        bar.tolist(),
        *(prices[bar].tolist() for prices in (bars.open, bars.high, bars.low, bars.close)),
        [entered.side for entered in zones],
        [entered.zone.id for entered in zones],
        np.minimum(entries.near, entries.far).tolist(),
        np.maximum(entries.near, entries.far).tolist(),
        [past.notional(entered.column, entered.side, entered.zone.bins) for entered in zones],
        distance.tolist(),
        measured.depth.tolist(),
        _known(measured.volume_z),
        measured.wick.tolist(),
        measured.reclaim.tolist(),
        *map(_known, measured.follow.T),
        [CLASSES.get(outcome) for outcome in measured.outcome.tolist()],
        words,
    )
    return [Touch(*row) for row in zip(*columns, strict=True)]


def _known(values: Floats) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values.tolist()]
