"""Zone ids: names that outlast small changes of a zone's edges, the same in every answer."""

import math

from service.heatmap.base.arrays import Span
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side

# Bins are counted from a price so low that no number is negative.
LOWEST = 1 << 20
DIGITS = 5


def anchor_bin(first: int, last: int) -> int:
    """Return the number in first..last (bins counted from price 0) that the largest power of two divides."""
    if first <= 0:
        return 0
    differ = (first - 1) ^ last
    low_bits = differ.bit_length() - 1
    return last >> low_bits << low_bits


def numbered(axis: LogAxis, bins: Span) -> Span:
    """Return half-open bins of an axis as counted from log price 0."""
    return axis.first + bins[0], axis.first + bins[1]


def anchor_of(bins: Span) -> int:
    """Return the bin that a zone is named after, of those of its whole run; all counted from log price 0.

    It is the roundest of them (divisible by the highest power of two). It depends on the run alone, moves only when an
    edge crosses it or takes in a rounder one, and no two runs that are apart can share it. Peak and core were not
    taken: on a flat top they wander over many bins while the edges stand still, and a core is as wide as its timeframe
    moves.
    """
    return anchor_bin(bins[0] + LOWEST, bins[1] - 1 + LOWEST) - LOWEST


def zone_name(kind: str, side: Side, anchor: int, step: float) -> str:
    """Return a zone's name from kind, side and the price of its anchor, bins being `step` wide: `hot-long-62398`."""
    price = math.exp(anchor * step)
    digits = DIGITS - 1 - math.floor(math.log10(price))
    return f"{kind}-{side}-{round(price, digits):.{max(digits, 0)}f}"


def zone_id(kind: str, side: Side, bins: Span, step: float) -> str:
    """Name a zone by kind, side and anchor; `bins` are those of its whole run, counted from log price 0."""
    return zone_name(kind, side, anchor_of(bins), step)
