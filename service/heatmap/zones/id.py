"""Zone ids: names that outlast small changes of a zone's edges."""

from service.heatmap.base.arrays import Span
from service.heatmap.base.side import Side


def anchor_bin(first: int, last: int) -> int:
    """Return the number in first..last (bins counted from price 0) that the largest power of two divides."""
    if first <= 0:
        return 0
    differ = (first - 1) ^ last
    low_bits = differ.bit_length() - 1
    return last >> low_bits << low_bits


def zone_id(kind: str, side: Side, bins: Span, bin_size: float) -> str:
    """Name a zone by kind, side and anchor price, for example `hot-long-58240`; `bins` are counted from price 0.

    The anchor is the roundest bin inside the zone (divisible by the highest power of two). It depends on the zone's
    bins alone, moves only when an edge crosses it or takes in a rounder one, and no two zones that are apart can share
    it. The peak was tried: on a flat top it wanders over many bins while the edges stand still.
    """
    return f"{kind}-{side}-{anchor_bin(bins[0], bins[1] - 1) * bin_size:.10g}"
