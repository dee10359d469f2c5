"""Where a shock comes to rest: the balance of what must be sold and what the book can take."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.heatmap.bars import Floats
from service.heatmap.book_depth import SAME_PLACE, DepthCurve, Direction


@dataclass(frozen=True)
class Shock:
    """What sets it off: exactly one of a move (percent, signed: -5 is down) and a market order (USD)."""

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


def settle(
    curve: DepthCurve, start: float, need: Floats, need_at_start: Floats, depth: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the smallest distance >= start at which the book has taken all that had to be traded, for M cases at once.

    need           float64[M, N] USD to be absorbed if the price comes to each of the curve's distances
    need_at_start  float64[M]    the same at `start`
    depth          float64[M]    share of the book that is really there
    -> distance float64[M], absorbed bool[M]: False where the walk ran to the end of the curve.

    Between the book's own levels depth is flat and need can only grow, so rest is at a level; beyond them the balance
    is a straight line from one node to the next. Raising `need` everywhere never gives a smaller distance.
    """
    balance = depth[:, None] * (curve.cumulative - curve.taken_before(start)) - need
    balance[:, curve.distance < start - SAME_PLACE] = -np.inf
    rests = balance >= 0
    node, absorbed = np.argmax(rests, axis=1), rests.any(axis=1)
    case = np.arange(len(node))
    previous = np.maximum(node - 1, 0)
    after_start = curve.distance[previous] > start
    near = np.where(after_start, curve.distance[previous], start)
    short = np.where(after_start, balance[case, previous], -need_at_start)
    smooth = absorbed & (node >= curve.visible) & (short < 0)
    share = np.divide(-short, balance[case, node] - short, out=np.ones(len(node)), where=smooth)
    far = np.maximum(curve.distance[node], start)
    distance = np.where(smooth, near + share * (far - near), far)
    distance = np.where(absorbed, distance, max(float(curve.distance[-1]), start))
    still = need_at_start <= 0
    return np.where(still, start, distance), absorbed | still
