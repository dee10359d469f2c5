"""Spans: which runs of bins are hot and which are cold.

Everything here works on one side of the price with bins ordered outward, so that both sides run the same arithmetic in
the same order and mirrored maps give mirrored zones to the last bit.
"""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import NOISE, Floats, Span
from service.heatmap.density.rules import DensityRules
from service.heatmap.stats.smoothing import percentiles


def runs(mask: NDArray[np.bool_]) -> list[Span]:
    """Return the half-open runs of True."""
    padded = np.zeros(len(mask) + 2, dtype=np.int8)
    padded[1:-1] = mask
    turns = np.flatnonzero(np.diff(padded)).tolist()
    return list(zip(turns[::2], turns[1::2], strict=True))


def hot_spans(excess: Floats, window: int, rules: DensityRules) -> list[Span]:
    """Return the hot runs of one side, of those that peak within its first `window` bins.

    excess  float64[n] outward: how much denser each bin is than its surroundings, as a share of these

    A run is hot around a peak of at least `hot_excess`, as far as the excess is at least `hot_extent` of the peak's.
    Two peaks are parted by a valley under `valley` times the lower one. A run that peaks in the outermost bin is the
    slope of something that was not looked at, and is left out; so is one of fewer than `min_bins`.
    """
    parts = [part for span in runs(excess >= rules.faint_excess) for part in _split(excess, span, rules)]
    spans = []
    for start, stop in sorted(parts):
        peak = start + int(excess[start:stop].argmax())
        if excess[peak] >= rules.hot_excess and peak < min(window, len(excess) - 1):
            spans.append(_around(excess, peak, (start, stop), rules.hot_extent * float(excess[peak])))
    return [span for span in spans if span[1] - span[0] >= rules.min_bins]


def cold_spans(
    smoothed: Floats, background: Floats, hot: list[Span], width_bins: float, rules: DensityRules
) -> list[Span]:
    """Return the cold runs of one side's window: sparse both against the whole and against the surroundings.

    smoothed, background  float64[n] outward; `width_bins` is the least width, bins in `hot` are left out.
    """
    if not len(smoothed):
        return []
    (limit,) = percentiles(smoothed, (rules.cold_percentile,))
    sparse = (smoothed <= limit * (1.0 + NOISE)) & (smoothed <= rules.cold_background * background)
    for start, stop in hot:
        sparse[start:stop] = False
    return [span for span in runs(sparse) if span[1] - span[0] >= width_bins * (1.0 - NOISE)]


def _split(excess: Floats, span: Span, rules: DensityRules) -> list[Span]:
    """Cut a run at each valley, whose bin goes to the outer part."""
    todo, parts = [span], []
    while todo:
        start, stop = todo.pop()
        values = excess[start:stop]
        lower_peak = np.minimum(np.maximum.accumulate(values), np.maximum.accumulate(values[::-1])[::-1])
        depth = values / lower_peak
        valley = int(depth.argmin())
        if depth[valley] < rules.valley:
            todo += [(start + valley, stop), (start, start + valley)]
        else:
            parts.append((start, stop))
    return parts


def _around(excess: Floats, peak: int, within: Span, least: float) -> Span:
    """Return the run of bins around the peak, inside a span, whose excess is not under `least`."""
    below = np.flatnonzero(excess[within[0] : within[1]] < least) + within[0]
    before, after = below[below < peak], below[below > peak]
    start = int(before[-1]) + 1 if len(before) else within[0]
    return start, int(after[0]) if len(after) else within[1]
