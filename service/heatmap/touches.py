"""Touches: how price reacted each time it entered a hot zone that stood before."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from service.heatmap.bars import Bars, Floats, Times
from service.heatmap.day_bootstrap import DAY_MS
from service.heatmap.map_side import Side
from service.heatmap.placebo import PlaceboGround, placebo_entries
from service.heatmap.touch_events import Entries, StoodZones, stood_zones, zone_entries
from service.heatmap.touch_outcomes import BROKE, GRIND, SWEPT, Outcomes, confirmed, outcomes
from service.heatmap.touch_summary import TouchSummary, summarise
from service.heatmap.zone_id import zone_id
from service.heatmap.zone_rules import DEFAULT_RULES, ZoneRules

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

    time            epoch ms: open of the entering bar; `bar` is its number
    zone_id         as find_zones names it; zone_low/high its edges, zone_notional what it held (quote currency)
    distance_atr    from the close before to the zone's near edge
    volume_z        None while fewer bars than the window came before, or if these were all alike
    wick_share      0..1 of the bar's range, on the zone's side
    reclaim         the bar closed back on the near side
    follow_through_1/_4/_24  ATR towards reversal after so many bars, None where they are not all there
    outcome         None while the next bar is not closed
    confirmation    volume spike and long wick, one of them, or none
    """

    time: int
    bar: int
    side: Side
    zone_id: str
    zone_low: float
    zone_high: float
    zone_notional: float
    distance_atr: float
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
    edges: Floats,
    long: NDArray[np.floating],
    short: NDArray[np.floating],
    time: Times,
    bars: Bars,
    *,
    seed: int,
    rules: ZoneRules = DEFAULT_RULES,
) -> Touches:
    """Find past touches and compare them with placebo zones.

    edges        float64[B+1]  bin edges, whole multiples of the bin size
    long, short  float[T, B]   the heatmap: notional per bin after each column's bar
    time         int64[T]      open times of the columns' bars
    bars         closed bars of the same timeframe; those before the first column warm up ATR and volume
    seed         chooses among placebos and resamples days: the same seed gives the same answer

    A zone is taken from the column right before the touching bar, so that bar had no part in it. Raises ValueError
    naming the input that does not fit.
    """
    if not len(bars):
        raise ValueError("bars: none")
    zones = stood_zones(edges, long, short, time, bars, rules)
    entries, number = zone_entries(edges, zones, bars)
    found = outcomes(bars, entries, rules)
    placebo, owner = placebo_entries(PlaceboGround(edges, zones, bars), entries, rules, seed)
    spike, wick = confirmed(found, rules)
    summary = summarise(
        found,
        outcomes(bars, placebo, rules),
        owner,
        bars.time[entries.bar] // DAY_MS,
        spike & wick,
        rules,
        seed,
    )
    words = [CONFIRMATIONS[pair] for pair in zip(spike.tolist(), wick.tolist(), strict=True)]
    touches = [
        _touch(i, edges, long if entries.sign[i] > 0 else short, zones, int(number[i]), entries, found, bars, words[i])
        for i in range(len(number))
    ]
    return Touches(tuple(sorted(touches, key=lambda touch: (touch.time, touch.distance_atr, touch.side))), summary)


def _touch(
    i: int,
    edges: Floats,
    grid: NDArray[np.floating],
    zones: StoodZones,
    number: int,
    entries: Entries,
    found: Outcomes,
    bars: Bars,
    confirmation: Confirmation,
) -> Touch:
    side: Side = "long" if entries.sign[i] > 0 else "short"
    column, first, last = int(zones.column[number]), int(zones.first[number]), int(zones.last[number])
    bar = int(entries.bar[i])
    bin_size = float(edges[-1] - edges[0]) / (len(edges) - 1)
    start = round(float(edges[first]) / bin_size)
    follow = [_known(value) for value in found.follow[i].tolist()]
    return Touch(
        time=int(bars.time[bar]),
        bar=bar,
        side=side,
        zone_id=zone_id("hot", side, (start, start + last - first), bin_size),
        zone_low=float(edges[first]),
        zone_high=float(edges[last]),
        zone_notional=float(grid[column, first:last].sum(dtype=np.float64)),
        distance_atr=float((bars.close[bar - 1] - entries.near[i]) * entries.sign[i] / entries.atr[i]),
        volume_z=_known(float(found.volume_z[i])),
        wick_share=float(found.wick[i]),
        reclaim=bool(found.reclaim[i]),
        follow_through_1=follow[0],
        follow_through_4=follow[1],
        follow_through_24=follow[2],
        outcome=CLASSES.get(int(found.outcome[i])),
        confirmation=confirmation,
    )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
