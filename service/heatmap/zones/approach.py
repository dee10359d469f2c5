"""Approach: how price is moving towards a zone, judged at the live price."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from service.heatmap.base.bars import Bars
from service.heatmap.base.rules import check_rules

ApproachState: TypeAlias = Literal["far", "approaching", "fast", "inside", "left"]
STATES: tuple[ApproachState, ...] = ("far", "approaching", "fast", "inside", "left")


@dataclass(frozen=True)
class ApproachRules:
    """The tunables of an approach.

    bars                  over how many bars a move is measured
    within_atr            farther away than so many ATR nothing is approached
    velocity              least ATR a bar of `approaching`
    efficiency            least net move over path of it
    fast_velocity         least ATR a bar of `fast`
    fast_efficiency       least net move over path of it
    """

    bars: int = 5
    within_atr: float = 10.0
    velocity: float = 0.1
    efficiency: float = 0.3
    fast_velocity: float = 0.5
    fast_efficiency: float = 0.5

    def __post_init__(self) -> None:
        """Refuse what no approach could be judged with."""
        check_rules(self, shares=("efficiency", "fast_efficiency"), counts=("bars",))


DEFAULT_APPROACH_RULES = ApproachRules()


@dataclass(frozen=True)
class Approach:
    """How price is coming.

    state         `inside` now; `approaching` or `fast` when near enough, moving in and straight enough, also on the way
                  back after it left; `left`: a range of the last bars met the zone, price is out and not so coming
                  back; else `far`
    velocity      ATR per bar towards the zone, negative when moving away; over the last bars up to the live price, or,
                  where these met the zone and price is out, since it was farthest after that: since it left, if that
                  is now
    acceleration  change of velocity per bar against the bars before those
    efficiency    0..1: net move over the path walked in the same time, 1 is a straight line
    """

    state: ApproachState
    velocity: float
    acceleration: float
    efficiency: float


def approach_to(low: float, high: float, price: float, bars: Bars, atr: float, rules: ApproachRules) -> Approach:
    """Read the approach to the zone low..high from the last closed bars and the live price.

    The live price ends the path and adds no bar to its length: it may be of the moment of the last close.
    """
    span = rules.bars
    closes = bars.close[-(2 * span + 1) :].tolist()
    recent, before = closes[-(span + 1) :], closes[: -span or None]
    met = _bars_since_met(low, high, bars.low[-span:].tolist(), bars.high[-span:].tolist())
    out = not low <= price <= high
    leg, steps = [*recent, price], max(len(recent) - 1, 1)
    if met and out:
        leg, steps = _since_left(low, high, [*recent[-met:], price])
    velocity = _gained(low, high, leg) / (steps * atr)
    earlier = _gained(low, high, before) / ((len(before) - 1) * atr) if len(before) > 1 else velocity
    walked = sum(abs(after - before) for before, after in pairwise(leg))
    efficiency = min(abs(price - leg[0]) / walked, 1.0) if walked > 0 else 0.0
    state: ApproachState = "left" if met else "far"
    if not out:
        state = "inside"
    elif _distance(low, high, price) <= rules.within_atr * atr:
        state = _pace(velocity, efficiency, rules) or state
    return Approach(state, velocity, (velocity - earlier) / span, efficiency)


def _distance(low: float, high: float, price: float) -> float:
    return max(low - price, price - high, 0.0)


def _gained(low: float, high: float, path: list[float]) -> float:
    """Return by how much the path's end is nearer than its beginning."""
    return _distance(low, high, path[0]) - _distance(low, high, path[-1])


def _bars_since_met(low: float, high: float, lows: list[float], highs: list[float]) -> int:
    """Return how many bars ago, counting from 1, a bar's range last met the zone; 0 if none did."""
    for back in range(1, len(lows) + 1):
        if lows[-back] <= high and highs[-back] >= low:
            return back
    return 0


def _since_left(low: float, high: float, path: list[float]) -> tuple[list[float], int]:
    """Return the last leg of a path that begins in the bar that met the zone, and how many bars it took.

    It is the way back from the farthest point, or the whole way out if that is the present one.
    """
    distances = [_distance(low, high, at) for at in path]
    farthest = len(path) - 1 - distances[::-1].index(max(distances))
    if farthest < len(path) - 1:
        return path[farthest:], max(len(path) - farthest - 2, 1)
    return [high if path[-1] > high else low, *path], len(path) - 1


def _pace(velocity: float, efficiency: float, rules: ApproachRules) -> Literal["approaching", "fast"] | None:
    if velocity >= rules.fast_velocity and efficiency >= rules.fast_efficiency:
        return "fast"
    if velocity >= rules.velocity and efficiency >= rules.efficiency:
        return "approaching"
    return None
