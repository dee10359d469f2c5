"""Order-book depth as a curve: how much must be traded to move the price, also beyond the levels that can be seen."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats

Direction: TypeAlias = Literal["down", "up"]

# Half of a price and more is hardly ever traded through in one go; a floor and a ceiling keep the walk finite.
FURTHEST = {"down": 0.95, "up": 3.0}
# Published fits of cumulative depth lie near u to u^2; noise of a short snapshot must not leave that band by far.
EXPONENTS = (0.5, 2.0)
FEW_LEVELS = 10
BEYOND = 1200
NEAREST_END = 1e-4
SAME_PLACE = 1e-12


@dataclass(frozen=True, eq=False)
class DepthCurve:
    """One side of a book, from the price outwards.

    distance   float64[N]  |price move| / price, rising; the first `visible` are the book's own levels
    cumulative float64[N]  USD that rests up to and at each distance
    visible    int         a step at each of these; the rest follows D(u) = D(end) (u / end)^exponent, without steps
    end        float       the distance of the last visible level, where the power law starts
    """

    direction: Direction
    price: float
    distance: Floats
    cumulative: Floats
    visible: int
    end: float
    exponent: float

    def price_at(self, distance: float) -> float:
        """Return the price at a distance."""
        return self.price * (1 + (distance if self.direction == "up" else -distance))

    @property
    def book_end_price(self) -> float:
        """Return the price of the last level that could be seen."""
        return self.price_at(self.end)

    def taken_before(self, distance: float) -> float:
        """Return the USD consumed by a price that has come to `distance`: what rests exactly there still stands."""
        if distance <= self.end + SAME_PLACE:
            passed = int(np.searchsorted(self.distance[: self.visible], distance - SAME_PLACE))
            return float(self.cumulative[passed - 1]) if passed else 0.0
        return float(np.interp(distance, self.distance, self.cumulative))

    def level_that_fills(self, usd: Floats) -> Floats:
        """Return the distance of the visible level at which an order of each size is filled, or of the last level."""
        node = np.searchsorted(self.cumulative[: self.visible], usd)
        return self.distance[np.minimum(node, self.visible - 1)]

    def spread_out(self, distance: Floats) -> Floats:
        """Return cumulative USD with each level spread evenly over the gap before it, so that a density exists."""
        at, resting = np.append(0.0, self.distance), np.append(0.0, self.cumulative)
        return np.asarray(np.interp(distance, at, resting), dtype=np.float64)


def depth_curve(levels: Floats, price: float, direction: Direction) -> DepthCurve:
    """Return the curve of one side of the book.

    levels float64[n, 2] rows of (price, amount in base coin), bids for `down`, asks for `up`, in any order; levels on
    the wrong side of `price` count as resting at it. Raises ValueError where the side is empty or a row is not usable.
    """
    side = "bids" if direction == "down" else "asks"
    if not (np.isfinite(price) and price > 0):
        raise ValueError(f"price must be above 0 and finite, not {price}")
    if levels.ndim != 2 or levels.shape[1] != 2:  # noqa: PLR2004 - price and amount
        raise ValueError(f"{side} must be rows of (price, amount), not of shape {levels.shape}")
    if not (np.all(np.isfinite(levels)) and np.all(levels[:, 0] > 0) and np.all(levels[:, 1] >= 0)):
        raise ValueError(f"{side} must hold finite prices above 0 and amounts of at least 0")
    levels = levels[levels[:, 1] > 0]
    if not len(levels):
        raise ValueError(f"{side} must hold at least one level with an amount")
    sign = 1.0 if direction == "up" else -1.0
    distance = np.maximum(sign * (levels[:, 0] / price - 1), 0.0)
    order = np.argsort(distance, kind="stable")
    distance, cumulative = distance[order], np.cumsum((levels[:, 0] * levels[:, 1])[order])
    exponent = _exponent(distance, cumulative)
    end = max(float(distance[-1]), NEAREST_END)
    beyond = np.geomspace(end, max(FURTHEST[direction], end), BEYOND + 1)[1:]
    beyond = beyond[beyond > end]
    resting = np.append(cumulative, cumulative[-1] * (beyond / end) ** exponent)
    distance, visible = np.append(distance, beyond), len(distance)
    return DepthCurve(
        direction=direction,
        price=price,
        distance=distance,
        cumulative=resting,
        visible=visible,
        end=end,
        exponent=exponent,
    )


def _exponent(distance: Floats, cumulative: Floats) -> float:
    """Fit the power law to the outer nine tenths of the visible depth, evenly in log distance."""
    outer = (cumulative >= 0.1 * cumulative[-1]) & (distance > 0)
    if np.count_nonzero(outer) < FEW_LEVELS or distance[outer][0] == distance[-1]:
        return 1.0
    log_distance, log_depth = np.log(distance[outer]), np.log(cumulative[outer])
    at = np.linspace(log_distance[0], log_distance[-1], 20)
    slope = np.polyfit(at, np.interp(at, log_distance, log_depth), 1)[0]
    return float(np.clip(slope, *EXPONENTS))
