"""Zone depth: what it takes in quote currency to bring the price to a zone."""

from typing import Literal, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide, Side
from service.heatmap.cascade.book_depth import NEAREST_END, SAME_PLACE, DepthCurve, depth_curve
from service.times import DAY_MS

# Where a depth comes from: the order book, its power law beyond what is visible of it, or traded volume.
DepthSource: TypeAlias = Literal["book", "book_extrapolated", "volume"]
# How far from the price, fraction of it, a book is taken to say how dense it is.
DENSE_REACH = 0.2
DEPTH_SOURCES: tuple[DepthSource, ...] = ("book", "book_extrapolated", "volume")


def book_curves(bids: Floats | None, asks: Floats | None, price: float) -> BySide[DepthCurve | None]:
    """Return the depth on the way to either side's zones."""
    return BySide(side_curve(bids, price, Side.LONG), side_curve(asks, price, Side.SHORT))


def side_curve(levels: Floats | None, price: float, side: Side) -> DepthCurve | None:
    """Return the depth on the way to a side's zones (bids to long ones, asks to short ones), None without a book."""
    if levels is None or not (levels[:, 1] > 0).any():
        return None
    return depth_curve(levels, price, "down" if side is Side.LONG else "up")


def seen_depth(curve: DepthCurve | None, distance: float) -> float | None:
    """Return what stands nearer than `distance` (in price), None where no book shows it."""
    if curve is None or distance > curve.end * curve.price:
        return None
    return curve.taken_before(distance / curve.price)


def thin_between(curve: DepthCurve | None, near: float, far: float, share: float) -> bool | None:
    """Say whether the book between two distances (in price) is at most `share` as dense as the book within its reach.

    The reach ends at the last level within `DENSE_REACH` of the price: single orders at hundreds of times the price
    would dilute the average until nothing is thin. None beyond it.
    """
    if curve is None:
        return None
    levels = int(np.searchsorted(curve.distance[: curve.visible], DENSE_REACH + SAME_PLACE, side="right"))
    end = max(float(curve.distance[levels - 1]), NEAREST_END) if levels else 0.0
    if far > end * curve.price:
        return None
    average = float(curve.cumulative[levels - 1]) / (end * curve.price)
    between = curve.taken_before(far / curve.price) - curve.taken_before(near / curve.price)
    return between <= share * average * (far - near)


def assumed_depth(
    curve: DepthCurve | None, distance: float, daily_atr: float, traded: float
) -> tuple[float, DepthSource]:
    """Return the depth to `distance`, also where no book shows it, and where it comes from.

    Beyond the visible book its power law goes on. Without a book: the square-root law of market impact (Toth et al.,
    Physical Review X 1, 021006, 2011) turned round, daily volume x (distance / daily ATR) squared.
    """
    if curve is None:
        return traded * (distance / daily_atr) ** 2, "volume"
    seen = seen_depth(curve, distance)
    if seen is not None:
        return seen, "book"
    return curve.taken_before(distance / curve.price), "book_extrapolated"


def daily_notional(bars: Bars, most_days: int = 30) -> float:
    """Return quote currency traded per day, averaged over at most `most_days`."""
    recent = bars.part(max(0, len(bars) - most_days * DAY_MS // bars.step))
    return float(np.mean(recent.volume * recent.close)) * DAY_MS / bars.step if len(recent) else 0.0
