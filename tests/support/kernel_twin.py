"""The kernel once more in plain Python: slow loops that share nothing with what they check."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side

STEP = 0.0006
CELL = STEP / 16
LONG = 1


@dataclass
class Bucket:
    """Leverage between two edges: its share of opens, and the log distances between which it is spread evenly."""

    share: float
    near: float
    far: float


@dataclass
class Column:
    """What the bar did, and what stood after it: `bins` by absolute number of a step, an amount for each bucket."""

    swept: float
    opened: float
    closed: float
    unlevered: float
    bins: dict[int, list[float]] = field(repr=False)

    @property
    def levered(self) -> float:
        """Return the sum over all bins."""
        return math.fsum(amount for bucket in self.bins.values() for amount in bucket)


def buckets_of(edges: Sequence[float], weights: Sequence[float], rate: float, side: Side) -> list[Bucket]:
    """Return the buckets, highest leverage first, by the formula of a linear isolated position without fees."""
    multiplier = [(1 - side.sign / edge) / (1 - side.sign * rate) for edge in edges]
    far = [abs(math.log(m)) for m in multiplier]
    total = sum(weights)
    found = [Bucket(w / total, far[i + 1], far[i]) for i, w in enumerate(weights)]
    return found[::-1]


def run(
    bars: Bars,
    buckets: Sequence[Bucket],
    side: Side,
    paces: Sequence[tuple[float, float]],
    unlevered: float,
    factors: Sequence[tuple[float, float]] = (),
) -> list[Column]:
    """Return what stands on one side after each bar.

    paces    (share of open interest, churn)
    factors  (log distance from the price up to which it holds, factor of the rate of closing); all alike without
    """
    parts = [run_part(bars, buckets, side, share, churn, unlevered, factors) for share, churn in paces]
    return [summed(columns) for columns in zip(*parts, strict=True)]


def summed(columns: Sequence[Column]) -> Column:
    """Return the sum of the parts of one column."""
    bins: dict[int, list[float]] = {}
    for column in columns:
        for number, amounts in column.bins.items():
            held = bins.setdefault(number, [0.0] * len(amounts))
            for k, amount in enumerate(amounts):
                held[k] += amount
    flows = {name: sum(getattr(each, name) for each in columns) for name in ("swept", "opened", "closed", "unlevered")}
    return Column(**flows, bins=bins)


def run_part(
    bars: Bars,
    buckets: Sequence[Bucket],
    side: Side,
    part: float,
    churn: float,
    unlevered: float,
    factors: Sequence[tuple[float, float]],
) -> list[Column]:
    """Return what stands of the part of open interest that is renewed at one churn."""
    interest = carried(bars.open_interest.tolist())
    columns: list[Column] = []
    bins: dict[int, list[float]] = {}
    bare, front = 0.0, -math.inf
    for t, target in enumerate(interest):
        reach = adverse((bars.mark_low if side is Side.LONG else bars.mark_high)[t], side) / STEP
        swept = sweep(bins, front, reach)
        front = max(front, reach)
        left = math.fsum(amount for bucket in bins.values() for amount in bucket) + bare
        kept = 1.0
        if t > 0:
            change = target - interest[t - 1]
            closes = max((churn * float(bars.volume[t]) - change) / 2, -change, 0.0)
            kept = share_left(interest[t - 1], target, closes)
        first = math.floor(adverse(float(bars.close[t]), side) / STEP)
        shares = survivals(bins, bare, kept, part * target, first, factors) if factors else {}
        bins = {number: [shares.get(number, kept) * amount for amount in amounts] for number, amounts in bins.items()}
        bare *= shares.get(math.inf, kept)
        still = math.fsum(amount for held in bins.values() for amount in held) + bare
        opened = max(part * target - still, 0.0)
        levered, front = deposit(bins, front, bars, t, side, buckets, opened * (1 - unlevered))
        bare += opened - levered
        copied = {number: list(amounts) for number, amounts in bins.items()}
        columns.append(Column(swept, opened, left - still, bare, copied))
    return columns


def survivals(
    bins: dict[int, list[float]],
    bare: float,
    kept: float,
    target: float,
    close: int,
    factors: Sequence[tuple[float, float]],
) -> dict[float, float]:
    """Return the share of each bin that survives, and under infinity of what is bare; no more than the target does."""
    ends = [(round(end / STEP), factor) for end, factor in factors[:-1]]
    shares: dict[float, float] = {
        number: kept ** next((factor for end, factor in ends if number - close < end), factors[-1][1])
        for number in (*bins, math.inf)
    }
    left = math.fsum(shares[number] * math.fsum(held) for number, held in bins.items()) + bare * shares[math.inf]
    scale = min(target / left, 1.0) if left > 0.0 else 1.0
    return {number: share * scale for number, share in shares.items()}


def sweep(bins: dict[int, list[float]], front: float, reach: float) -> float:
    """Take out what lies at or before `reach` and return how much that is; nothing lies before `front` (both in steps).

    What a bin holds lies evenly between the front and its end.
    """
    gone = [math.fsum(bins.pop(number)) for number in list(bins) if number + 1 <= reach]
    last = math.floor(reach)
    if last in bins:
        start = max(front, last)
        past = max(reach - start, 0.0) / (last + 1 - start)
        gone.append(past * math.fsum(bins[last]))
        bins[last] = [(1 - past) * amount for amount in bins[last]]
    return math.fsum(gone)


def met(front: float, before: float, close: float, added: float) -> float:
    """Return where two amounts begin together that lie evenly from `front` and from `close` to the same bin's end."""
    end = math.floor(close) + 1
    old, new = before / (end - front), added / (end - close)
    return (old * front + new * close) / (old + new) if old + new > 0 else front


def adverse(price: float, side: Side) -> float:
    """Return the adverse log price of a price."""
    return -side.sign * math.log(price)


def carried(interest: list[float]) -> list[float]:
    """Return open interest with what is missing carried over, or back to the start."""
    last = next(value for value in interest if not math.isnan(value))
    filled = []
    for value in interest:
        last = last if math.isnan(value) else value
        filled.append(last)
    return filled


def share_left(before: float, after: float, closes: float) -> float:
    """Return what is left of one unit when closes leave at an even rate while open interest moves evenly."""
    if abs(after / before - 1) < 1e-9:
        return math.exp(-closes / before)
    return float((after / before) ** (-closes / (after - before)))


def deposit(
    bins: dict[int, list[float]],
    front: float,
    bars: Bars,
    t: int,
    side: Side,
    buckets: Sequence[Bucket],
    amount: float,
) -> tuple[float, float]:
    """Spread `amount` over entries near the bar's close and each bucket's distances.

    Returns what came to stand, and the front: at the close where that is the shallower; where both lie in one bin, so
    that what it holds is as much as before and lies evenly again.
    """
    ends = sorted((adverse(float(bars.low[t]), side), adverse(float(bars.high[t]), side)))
    close = adverse(float(bars.close[t]), side)
    spread = (ends[1] - ends[0]) / 3
    low = math.floor(max(ends[0], close - spread) / CELL)
    high = max(math.ceil(min(ends[1], close + spread) / CELL), low + 1)
    first = math.floor(close / STEP)
    added: dict[int, list[float]] = {}
    for k, bucket in enumerate(buckets):
        for number in range(
            max(first, math.floor((low * CELL + bucket.near) / STEP)), math.ceil((high * CELL + bucket.far) / STEP) + 1
        ):
            bottom = max(number * STEP, close)
            share = bucket.share * mean_overlap(low * CELL, high * CELL, bucket, bottom, (number + 1) * STEP)
            added.setdefault(number, [0.0] * len(buckets))[k] += share
    kept = math.fsum(share for shares in added.values() for share in shares)
    if kept <= 1e-6:
        return 0.0, front
    before = math.fsum(bins.get(first, ()))
    for number, shares in added.items():
        held = bins.setdefault(number, [0.0] * len(buckets))
        for k, share in enumerate(shares):
            held[k] += amount * share / kept
    if front > -math.inf and first == math.floor(front):
        return amount, met(front, before, close / STEP, math.fsum(bins.get(first, ())) - before)
    return amount, min(front, close / STEP)


def mean_overlap(low: float, high: float, bucket: Bucket, bottom: float, top: float) -> float:
    """Return the mean, over entries low..high, of the share of the bucket that is liquidated from bottom to top.

    For one entry it is the overlap of two intervals, which has four kinks as the entry moves: between those it is a
    straight line, and the trapezoid rule is exact.
    """

    def overlap(entry: float) -> float:
        length = min(entry + bucket.far, top) - max(entry + bucket.near, bottom)
        return max(length, 0.0) / (bucket.far - bucket.near)

    kinks = [edge - distance for edge in (bottom, top) for distance in (bucket.near, bucket.far)]
    points = sorted([low, high, *(kink for kink in kinks if low < kink < high)])
    area = math.fsum((b - a) * (overlap(a) + overlap(b)) / 2 for a, b in pairwise(points))
    return area / (high - low)
