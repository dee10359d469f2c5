"""Spans: which runs of a smoothed profile are hot and which are cold.

Everything here works on one side of the price with bins ordered outward, so that both sides run the same arithmetic
in the same order and mirrored maps give mirrored spans to the last bit.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from service.heatmap.bars import Floats
from service.heatmap.smoothing import percentiles
from service.heatmap.zone_rules import ZoneRules

Span: TypeAlias = tuple[int, int]

# Convolution leaves a relative noise of about 1e-15 on a flat profile; thresholds must not cut through it.
NOISE = 1e-9


def runs(mask: NDArray[np.bool_]) -> list[Span]:
    """Return the half-open runs of True."""
    padded = np.zeros(len(mask) + 2, dtype=np.int8)
    padded[1:-1] = mask
    turns = np.flatnonzero(np.diff(padded)).tolist()
    return list(zip(turns[::2], turns[1::2], strict=True))


def hot_spans(smoothed: Floats, sigma_bins: float, rules: ZoneRules) -> list[Span]:
    """Return the hot runs of one side's window, float64[n] outward.

    Components at or over the low percentile that hold a bin at or over the high one; two of them whose gap is under one
    sigma are one, unless the gap is a valley; a run is split at each valley under `valley` times the lower of its two
    peaks, the valley's bin going to the outer part. A part left with no strong bin, or with fewer than `min_bins`, is
    dropped. Bins must also stand over the median, or all of a flat profile would be hot.
    """
    if not len(smoothed):
        return []
    median, low, high = percentiles(smoothed, (50.0, rules.low_percentile, rules.high_percentile))
    above = (smoothed >= low * (1.0 - NOISE)) & (smoothed > median * (1.0 + NOISE))
    strong = high * (1.0 - NOISE)
    kept = [span for span in runs(above) if _peak(smoothed, span) >= strong]
    parts = [part for span in _merge(smoothed, kept, sigma_bins, rules) for part in _split(smoothed, span, rules)]
    return [part for part in parts if part[1] - part[0] >= rules.min_bins and _peak(smoothed, part) >= strong]


def cold_spans(
    smoothed: Floats, background: Floats, hot: list[Span], width_bins: float, rules: ZoneRules
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


def _peak(smoothed: Floats, span: Span) -> float:
    return float(smoothed[span[0] : span[1]].max())


def _merge(smoothed: Floats, spans: list[Span], sigma_bins: float, rules: ZoneRules) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and span[0] - merged[-1][1] < sigma_bins:
            floor = float(smoothed[merged[-1][1] : span[0]].min())
            if floor >= rules.valley * min(_peak(smoothed, merged[-1]), _peak(smoothed, span)):
                merged[-1] = (merged[-1][0], span[1])
                continue
        merged.append(span)
    return merged


def _split(smoothed: Floats, span: Span, rules: ZoneRules) -> list[Span]:
    todo, parts = [span], []
    while todo:
        start, stop = todo.pop()
        values = smoothed[start:stop]
        lower_peak = np.minimum(np.maximum.accumulate(values), np.maximum.accumulate(values[::-1])[::-1])
        depth = values / lower_peak
        valley = int(depth.argmin())
        if depth[valley] < rules.valley:
            todo += [(start + valley, stop), (start, start + valley)]
        else:
            parts.append((start, stop))
    return parts
