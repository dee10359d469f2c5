"""Touch outcomes: what price and volume did at and after an entry into a band."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.touches.entries import BandEntries
from service.heatmap.touches.rules import TouchRules

HORIZONS = (1, 4, 24)
SWEPT, BROKE, GRIND, RECENT = 0, 1, 2, -1


@dataclass(frozen=True, eq=False)
class Outcomes:
    """One figure per entry; NaN where the bars do not reach far enough back or on.

    volume_z   float64[E]     of the entering bar against the bars before it
    wick       float64[E]     0..1: share of the bar's range beyond its body on the zone's side
    depth      float64[E]     0..1: how far into the band the entering bar went, as a share of the band's width
    reclaim    bool[E]        the entering bar closed back on the near side of the near edge
    follow     float64[E, 3]  ATR moved towards reversal from the entering bar's close, after 1, 4 and 24 bars
    outcome    int64[E]       SWEPT, BROKE, GRIND, or RECENT while the next bar is not closed
    """

    volume_z: Floats
    wick: Floats
    depth: Floats
    reclaim: NDArray[np.bool_]
    follow: Floats
    outcome: NDArray[np.int64]


def volume_z(volume: Floats, count: int) -> Floats:
    """Return float64[T]: each bar's volume in standard deviations of the `count` bars before it, NaN at the start.

    Where these are all alike the score is 0 for the same volume again and infinite otherwise: any change stands out.
    """
    result = np.full(len(volume), np.nan)
    if len(volume) <= count:
        return result
    past = sliding_window_view(volume, count)[:-1]
    excess, spread = volume[count:] - past.mean(axis=1), past.std(axis=1)
    flat = spread <= 1e-12 * np.abs(volume[count:])
    scores = np.divide(excess, spread, out=np.copysign(np.full_like(excess, np.inf), excess), where=~flat)
    scores[flat & (np.abs(excess) <= 1e-12 * np.abs(volume[count:]))] = 0.0
    result[count:] = scores
    return result


def outcomes_of(bars: Bars, entries: BandEntries, rules: TouchRules) -> Outcomes:
    """Measure and classify every entry.

    SWEPT (swept and reversed): back on the near side by the close of the entering bar or the next, and the next bar
    moved towards reversal. BROKE (broke through): the next bar closed beyond the far edge. GRIND: neither.
    """
    bar, sign = entries.bar, entries.sign
    follow = np.stack([_follow(bars, entries, ahead) for ahead in HORIZONS], axis=1)
    span = bars.high[bar] - bars.low[bar]
    body_low = np.minimum(bars.open[bar], bars.close[bar]) - bars.low[bar]
    body_high = bars.high[bar] - np.maximum(bars.open[bar], bars.close[bar])
    wick = np.divide(np.where(sign > 0, body_low, body_high), span, out=np.zeros(len(bar)), where=span > 0)
    reclaim = (bars.close[bar] - entries.near) * sign > 0
    return Outcomes(
        volume_z=volume_z(bars.volume, rules.volume_bars)[bar],
        wick=wick,
        depth=_depth(bars, entries),
        reclaim=reclaim,
        follow=follow,
        outcome=_classes(bars, entries, reclaim, follow),
    )


def confirmed(result: Outcomes, rules: TouchRules) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the two signs of a confirmation per entry: the volume spike and the long wick."""
    return result.volume_z >= rules.spike_z, result.wick >= rules.long_wick


def _depth(bars: Bars, entries: BandEntries) -> Floats:
    farthest = np.where(entries.sign > 0, bars.low[entries.bar], bars.high[entries.bar])
    depth: Floats = np.clip((entries.near - farthest) / (entries.near - entries.far), 0.0, 1.0)
    return depth


def _follow(bars: Bars, entries: BandEntries, ahead: int) -> Floats:
    later = np.minimum(entries.bar + ahead, len(bars) - 1)
    moved = (bars.close[later] - bars.close[entries.bar]) * entries.sign / entries.atr
    # A gap would make 4 bars another stretch of time than for the other entries.
    whole = bars.time[later] - bars.time[entries.bar] == ahead * bars.step
    result: Floats = np.where(whole, moved, np.nan)
    return result


def _classes(bars: Bars, entries: BandEntries, reclaim: NDArray[np.bool_], follow: Floats) -> NDArray[np.int64]:
    after = bars.close[np.minimum(entries.bar + 1, len(bars) - 1)]
    back = reclaim | ((after - entries.near) * entries.sign > 0)
    through = (after - entries.far) * entries.sign < 0
    result = np.full(len(after), GRIND)
    result[through] = BROKE
    result[back & (follow[:, 0] > 0) & ~through] = SWEPT
    result[np.isnan(follow[:, 0])] = RECENT
    return result
