"""Where a shock comes to rest: the balance of what must be sold and what the book can take."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.book_depth import SAME_PLACE, DepthCurve, Direction


@dataclass(frozen=True)
class Shock:
    """What sets a cascade off: exactly one of a move and a market order.

    Attributes
    ----------
    move_pct : float, optional
        Move of the price in per cent, signed: -5 is down.
    sell_usd, buy_usd : float, optional
        Size of the market order, USD.
    """

    move_pct: float | None = None
    sell_usd: float | None = None
    buy_usd: float | None = None

    @property
    def direction(self) -> Direction:
        """Return the way the price is pushed; raise ValueError naming the field unless one is given and in range."""
        given = {name: value for name, value in vars(self).items() if value is not None}
        if len(given) != 1:
            raise ValueError("exactly one of move_pct, sell_usd and buy_usd must be given")
        name, value = next(iter(given.items()))
        if name == "move_pct":
            if not (-90 <= value <= 200) or value == 0:  # noqa: PLR2004 - the range that the message states
                raise ValueError(f"move_pct must be -90 to 200 and not 0, not {value}")
            return "down" if value < 0 else "up"
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be above 0 and finite, not {value}")
        return "down" if name == "sell_usd" else "up"

    @property
    def start(self) -> float:
        """Return the distance to which the shock itself carries the price (0 for an order)."""
        return abs(self.move_pct or 0.0) / 100

    @property
    def order_usd(self) -> float:
        """Return the size of the market order (0 for a move)."""
        return self.sell_usd or self.buy_usd or 0.0


def liquidated(edges: Floats, notional: Floats, curve: DepthCurve, distance: Floats) -> Floats:
    """Return the USD liquidated once the price has come to each distance.

    edges float64[B+1] prices, notional float64[B] USD of the side that this direction liquidates, evenly spread in each
    bin, distance float64[n] -> float64[n]. What stands on the other side of the price is not counted.
    """
    total = np.append(0.0, np.cumsum(notional))
    sign = 1.0 if curve.direction == "up" else -1.0
    there = np.interp(curve.price * (1 + sign * distance), edges, total)
    passed: Floats = np.maximum(sign * (there - np.interp(curve.price, edges, total)), 0.0)
    return passed


def resting_distance(
    curve: DepthCurve, start: Floats, taken: Floats, need: Floats, at_start: Floats, depth: Floats, refill: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the smallest distance >= start at which all that had to be traded has been taken, for M cases at once.

    start     float64[M]    where the shock itself leaves the price: only from there on the book is refilled
    taken     float64[M]    USD of the curve that the shock's own move has used up
    need      float64[M, N] USD to be absorbed if the price comes to each of the curve's distances
    at_start  float64[M]    USD that is still to be absorbed at `start`
    depth     float64[M]    share of the book that is really there
    refill    float64[M]    USD per unit of relative move that new orders add
    -> distance float64[M], absorbed bool[M]: False where the walk ran to the end of the curve.

    Between two levels of the book only the refill can absorb; beyond them the balance is a straight line from one node
    to the next. Raising `need` everywhere never gives a smaller distance.
    """
    further = curve.distance - start[:, None]
    balance = depth[:, None] * (curve.cumulative - taken[:, None]) + refill[:, None] * further - need
    balance[further < -SAME_PLACE] = -np.inf
    rests = balance >= 0
    node, absorbed = np.argmax(rests, axis=1), rests.any(axis=1)
    case, previous = np.arange(len(node)), np.maximum(node - 1, 0)
    after_start = (node > 0) & (further[case, previous] >= -SAME_PLACE)
    near = np.where(after_start, curve.distance[previous], start)
    short = np.where(after_start, balance[case, previous], -at_start)
    step = curve.cumulative[node] - np.where(after_start, curve.cumulative[previous], taken)
    before = balance[case, node] - np.where(node < curve.visible, depth * step, 0.0)
    between = absorbed & (short < 0) & (before >= 0)
    share = np.divide(-short, before - short, out=np.ones(len(node)), where=between)
    far = np.maximum(curve.distance[node], start)
    distance = np.where(between, near + share * (far - near), far)
    distance = np.where(absorbed, distance, np.maximum(curve.distance[-1], start))
    still = at_start <= 0
    return np.where(still, start, distance), absorbed | still


def course(
    curve: DepthCurve, shock: Shock, edges: Floats, maps: Floats, executed: Floats, depth: Floats, refill: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return where the shock rests in each case, and whether it does: float64[M], bool[M].

    maps float64[E, B] USD of the side that is forced, taken in turn; executed, depth, refill float64[M]
    """
    start, taken, left = shock_displacement(curve, shock, depth)
    member = np.arange(len(depth)) % len(maps)
    forced = np.stack([liquidated(edges, one, curve, curve.distance) for one in maps])
    at_start = np.empty(len(depth))
    for number, one in enumerate(maps):
        at_start[member == number] = liquidated(edges, one, curve, start[member == number])
    need = shock.order_usd + executed[:, None] * forced[member]
    return resting_distance(curve, start, taken, need, left + executed * at_start, depth, refill)


def shock_displacement(curve: DepthCurve, shock: Shock, depth: Floats) -> tuple[Floats, Floats, Floats]:
    """Return how far the shock comes before any refill, the USD of the curve it clears as a move, and what is left.

    A move comes to where it says. An order walks the visible book, of which `depth` float64[M] is there: to the level
    that fills it, or to the last one, with some of it left. Three float64[M].
    """
    order, none = shock.order_usd, np.zeros(len(depth))
    if not order:
        return none + shock.start, none + curve.taken_before(shock.start), none
    seen = depth * curve.cumulative[curve.visible - 1]
    return curve.level_that_fills(order / depth), none, np.maximum(order - seen, 0.0)
