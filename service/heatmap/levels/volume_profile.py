"""Volume profile: how much traded at which price, and the levels that it shows."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from service.heatmap.base.arrays import NOISE, Floats, Span
from service.heatmap.base.axis import MOST_BINS, PriceAxis, axis_between, nice_size
from service.heatmap.base.bars import Bars
from service.heatmap.levels.level import Level, LevelKind
from service.heatmap.levels.rules import LevelRules
from service.heatmap.stats.smoothing import percentiles, smooth

# Slopes of narrower bars (in bins) cancel worse than 1e-9 in the running sums; as a point they err by less than that.
POINT = 1e-4


def profile_axis(bars: Bars, rules: LevelRules) -> PriceAxis:
    """Return the axis of all that traded, in bins of its own: levels then do not hang on the axis a map is drawn on."""
    low, high = float(bars.low.min()), float(bars.high.max())
    size = nice_size(max(rules.volume_bin_pct / 100.0 * float(bars.close[-1]), (high - low) / (MOST_BINS - 2)))
    return axis_between(max(low - size, 0.0), high + size, bin_size=size)


def volume_profile(bars: Bars, edges: Floats) -> Floats:
    """Return float64[B]: base coin traded in each bin, every bar spread evenly over its low..high.

    Exact, in O(T log B): the volume below a price is a sum of ramps, so their slopes and offsets are summed once per
    bin. Volume outside the edges is left out.
    """
    width = edges[1] - edges[0]
    low, high = (bars.low - edges[0]) / width, (bars.high - edges[0]) / width
    point = high - low < POINT
    profile = _points(0.5 * (low + high)[point], bars.volume[point], len(edges) - 1)
    low, high, volume = low[~point], high[~point], bars.volume[~point]
    slope = volume / (high - low)
    below = _ramps(low, slope, len(edges)) - _ramps(high, slope, len(edges))
    result: Floats = profile + np.maximum(np.diff(below), 0.0)
    return result


def _points(at: Floats, volume: Floats, bins: int) -> Floats:
    inside = (at >= 0) & (at < bins)
    return np.bincount(at[inside].astype(np.int64), volume[inside], minlength=bins).astype(np.float64)


def _ramps(start: Floats, slope: Floats, edges: int) -> Floats:
    """Return sum over i of slope[i] * max(e - start[i], 0) at the edges e = 0, 1 .. edges - 1."""
    first = np.clip(np.ceil(start), 0, edges).astype(np.int64)
    slopes = np.cumsum(np.bincount(first, slope, minlength=edges + 1)[:edges])
    offsets = np.cumsum(np.bincount(first, slope * start, minlength=edges + 1)[:edges])
    return np.asarray(slopes * np.arange(edges) - offsets, dtype=np.float64)


def value_area(profile: Floats, share: float) -> Span:
    """Return the bins around the fullest one that hold at least `share` of the volume.

    From the fullest bin on, the fuller neighbour is taken next; of two equal ones, both.
    """
    start = int(profile.argmax())
    stop, values = start + 1, profile.tolist()
    held, wanted = values[start], share * float(profile.sum()) * (1.0 - NOISE)
    while held < wanted:
        below = values[start - 1] if start else -1.0
        above = values[stop] if stop < len(values) else -1.0
        if below >= above:
            start, held = start - 1, held + below
        if above >= below:
            stop, held = stop + 1, held + above
    return start, stop


def volume_levels(profile: Floats, edges: Floats, sigma_bins: float, node_bins: int, rules: LevelRules) -> list[Level]:
    """Return the point of control, the value area's edges, and the high- and low-volume nodes.

    A node is the highest (lowest) bin of the smoothed profile within `node_bins` either way, over the high (under the
    low) percentile of the traded range; the point of control is not repeated as a node.
    """
    traded = np.flatnonzero(profile > 0)
    if not len(traded):
        return []
    control, (start, stop) = int(profile.argmax()), value_area(profile, rules.value_area)
    levels = [
        _bin_level("point_of_control", control, profile, edges),
        Level("value_area_low", float(edges[start]), float(edges[start]), float(edges[start])),
        Level("value_area_high", float(edges[stop]), float(edges[stop]), float(edges[stop])),
    ]
    first, last = int(traded[0]), int(traded[-1]) + 1
    inner = smooth(profile[first:last], sigma_bins)
    low, high = percentiles(inner, (rules.node_low_percentile, rules.node_high_percentile))
    tops = first + np.flatnonzero(_stands_out(inner, node_bins) & (inner >= high))
    pits = first + np.flatnonzero(_stands_out(-inner, node_bins) & (inner <= low))
    nodes = [_bin_level("high_volume_node", i, profile, edges) for i in tops.tolist() if abs(i - control) > node_bins]
    return levels + nodes + [_bin_level("low_volume_node", i, profile, edges) for i in pits.tolist()]


def _stands_out(values: Floats, reach: int) -> NDArray[np.bool_]:
    """Mark the values over all within `reach` before and no lower than those after; the two ends never stand out."""
    padded = np.concatenate((np.full(reach, -np.inf), values, np.full(reach, -np.inf)))
    top = sliding_window_view(padded, reach).max(axis=1)
    stands: NDArray[np.bool_] = (values > top[: len(values)]) & (values >= top[reach + 1 :])
    stands[[0, -1]] = False
    return stands


def _bin_level(kind: LevelKind, i: int, profile: Floats, edges: Floats) -> Level:
    low, high = float(edges[i]), float(edges[i + 1])
    return Level(kind, 0.5 * (low + high), low, high, size=float(profile[i]))
