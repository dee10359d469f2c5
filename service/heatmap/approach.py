"""Approach: how price has been moving towards a zone over the last bars."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from service.heatmap.bars import Bars
from service.heatmap.zone_rules import ZoneRules

ApproachState: TypeAlias = Literal["far", "approaching", "fast", "inside", "left"]


@dataclass(frozen=True)
class Approach:
    """How price is coming.

    state         `inside` now; `left`: a range of the last bars met the zone and price is out; `fast` or `approaching`
                  when near enough, moving in and straight enough; else `far`
    velocity      ATR per bar towards the zone over the last bars, negative when moving away
    acceleration  change of velocity per bar against the bars before those
    efficiency    0..1: net move over the path walked, 1 is a straight line
    """

    state: ApproachState
    velocity: float
    acceleration: float
    efficiency: float


def approach(low: float, high: float, price: float, bars: Bars, atr: float, rules: ZoneRules) -> Approach:
    """Read the approach to the zone low..high from the last closed bars and the present price."""
    span = rules.approach_bars
    closes = bars.close[-(2 * span + 1) :].tolist()
    distances = [max(low - close, close - high, 0.0) / atr for close in closes]
    recent, before = distances[-(span + 1) :], distances[: -span or None]
    velocity = _velocity(recent)
    acceleration = (velocity - _velocity(before)) / span if len(before) > 1 else 0.0
    steps = np.abs(np.diff(closes[-(span + 1) :]))
    walked = float(steps.sum())
    efficiency = abs(closes[-1] - closes[-len(recent)]) / walked if walked > 0 else 0.0
    state = _state(low, high, price, bars, atr, rules, velocity, efficiency)
    return Approach(state, velocity, acceleration, min(efficiency, 1.0))


def _velocity(distances: list[float]) -> float:
    return (distances[0] - distances[-1]) / (len(distances) - 1) if len(distances) > 1 else 0.0


def _state(
    low: float, high: float, price: float, bars: Bars, atr: float, rules: ZoneRules, velocity: float, efficiency: float
) -> ApproachState:
    if low <= price <= high:
        return "inside"
    lately = slice(-rules.approach_bars, None)
    if bool(((bars.low[lately] <= high) & (bars.high[lately] >= low)).any()):
        return "left"
    if max(low - price, price - high) > rules.approach_within_atr * atr:
        return "far"
    if velocity >= rules.fast_velocity and efficiency >= rules.fast_efficiency:
        return "fast"
    if velocity >= rules.approach_velocity and efficiency >= rules.approach_efficiency:
        return "approaching"
    return "far"
