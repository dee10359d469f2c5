"""A shock: what sets a cascade off, how far it comes by itself, and what a map holds on the way."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.book_depth import DepthCurve, Direction


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
