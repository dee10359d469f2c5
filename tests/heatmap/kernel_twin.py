"""The kernel once more in plain Python: slow loops that share nothing with what they check."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from service.heatmap.bars import Bars

STEP = 0.0002
CELL = STEP / 32
LONG = 1


@dataclass
class Bucket:
    """Leverage between two edges: its share of opens, and the log distances between which it is spread evenly."""

    share: float
    near: float
    far: float


@dataclass
class Column:
    """What the bar did, and what stood after it: `bins` by absolute bin number, an amount for each bucket."""

    swept: float
    opened: float
    closed: float
    unlevered: float
    bins: dict[int, list[float]] = field(repr=False)

    @property
    def levered(self) -> float:
        """Return the sum over all bins."""
        return math.fsum(amount for bucket in self.bins.values() for amount in bucket)


def buckets_of(edges: Sequence[float], weights: Sequence[float], rate: float, side: int) -> list[Bucket]:
    """Return the buckets, highest leverage first, by the formula of a linear isolated position without fees."""
    multiplier = [(1 - side / edge) / (1 - side * rate) for edge in edges]
    far = [abs(math.log(m)) for m in multiplier]
    total = sum(weights)
    found = [Bucket(w / total, far[i + 1], far[i]) for i, w in enumerate(weights)]
    return found[::-1]


def run(bars: Bars, buckets: Sequence[Bucket], side: int, churn: float, unlevered: float) -> list[Column]:
    """Return what stands on one side after each bar."""
    interest = carried(bars.open_interest.tolist())
    columns: list[Column] = []
    bins: dict[int, list[float]] = {}
    bare = 0.0
    for t, target in enumerate(interest):
        reach = depth((bars.mark_low if side == LONG else bars.mark_high)[t], side)
        gone = [number for number in bins if number <= math.floor(reach / STEP)]
        swept = math.fsum(math.fsum(bins.pop(number)) for number in gone)
        left = math.fsum(amount for bucket in bins.values() for amount in bucket) + bare
        closes = 0.0
        if t > 0:
            change = target - interest[t - 1]
            closes = max((churn * float(bars.volume[t]) - change) / 2, -change, 0.0)
        kept = share_left(left, target, max(closes - swept, left - target, 0.0))
        bins = {number: [kept * amount for amount in amounts] for number, amounts in bins.items()}
        bare *= kept
        opened = max(target - left * kept, 0.0)
        levered = deposit(bins, bars, t, side, buckets, opened * (1 - unlevered))
        bare += opened - levered
        copied = {number: list(amounts) for number, amounts in bins.items()}
        columns.append(Column(swept, opened, left * (1 - kept), bare, copied))
    return columns


def depth(price: float, side: int) -> float:
    """Return the depth of a price."""
    return -side * math.log(price)


def carried(interest: list[float]) -> list[float]:
    """Return open interest with what is missing carried over, or back to the start."""
    last = next(value for value in interest if not math.isnan(value))
    filled = []
    for value in interest:
        last = last if math.isnan(value) else value
        filled.append(last)
    return filled


def share_left(standing: float, target: float, closes: float) -> float:
    """Return what is left of one unit when closes leave at an even rate while `standing` moves evenly to `target`."""
    if standing <= 0.0:
        return 1.0
    if abs(target / standing - 1) < 1e-9:
        return math.exp(-closes / standing)
    return float((target / standing) ** (-closes / (target - standing)))


def deposit(
    bins: dict[int, list[float]], bars: Bars, t: int, side: int, buckets: Sequence[Bucket], amount: float
) -> float:
    """Spread `amount` over entries near the bar's close and each bucket's distances; return what came to stand."""
    ends = sorted((depth(float(bars.low[t]), side), depth(float(bars.high[t]), side)))
    close = depth(float(bars.close[t]), side)
    spread = (ends[1] - ends[0]) / 3
    low = math.floor(max(ends[0], close - spread) / CELL)
    high = max(math.ceil(min(ends[1], close + spread) / CELL), low + 1)
    first = math.floor(close / STEP) + 1
    added: dict[int, list[float]] = {}
    for k, bucket in enumerate(buckets):
        for number in range(
            max(first, math.floor((low * CELL + bucket.near) / STEP)), math.ceil((high * CELL + bucket.far) / STEP) + 1
        ):
            share = bucket.share * mean_overlap(low * CELL, high * CELL, bucket, number * STEP)
            added.setdefault(number, [0.0] * len(buckets))[k] += share
    kept = math.fsum(share for shares in added.values() for share in shares)
    if kept <= 1e-6 or amount <= 0.0:
        return 0.0
    for number, shares in added.items():
        held = bins.setdefault(number, [0.0] * len(buckets))
        for k, share in enumerate(shares):
            held[k] += amount * share / kept
    return amount


def mean_overlap(low: float, high: float, bucket: Bucket, bottom: float) -> float:
    """Return the mean, over entries low..high, of the share of the bucket that falls in the bin from `bottom` on.

    For one entry it is the overlap of two intervals, which has four kinks as the entry moves: between those it is a
    straight line, and the trapezoid rule is exact.
    """

    def overlap(entry: float) -> float:
        length = min(entry + bucket.far, bottom + STEP) - max(entry + bucket.near, bottom)
        return max(length, 0.0) / (bucket.far - bucket.near)

    kinks = [edge - distance for edge in (bottom, bottom + STEP) for distance in (bucket.near, bucket.far)]
    points = sorted([low, high, *(kink for kink in kinks if low < kink < high)])
    area = math.fsum((b - a) * (overlap(a) + overlap(b)) / 2 for a, b in pairwise(points))
    return area / (high - low)
