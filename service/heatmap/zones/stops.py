"""Stops: where a stop would be out of a zone's reach."""

import math
from dataclasses import dataclass, replace

from service.heatmap.base.side import Side

# A price that is so near to a tick is on it.
LEAST_TICKS = 1e-6
PRICE_DIGITS = 12


@dataclass(frozen=True)
class Stop:
    """A price beyond the core's far edge, and how many ATR beyond it."""

    price: float
    atr_multiple: float


def stop_beyond(side: Side, low: float, high: float, atr: float, atr_multiple: float) -> Stop:
    """Return the stop for a trade on a reversal out of the core low..high: below a long zone, above a short one."""
    room = atr * atr_multiple
    return Stop(low - room if side is Side.LONG else high + room, atr_multiple)


def on_tick(stop: Stop, side: Side, tick: float) -> Stop:
    """Return a stop on the next price that the market takes, away from the zone; as it is where `tick` is not known.

    A price is a whole number of ticks, written without what the product of two floats leaves behind.
    """
    if not tick > 0.0:
        return stop
    ticks = stop.price / tick
    whole = math.floor(ticks + LEAST_TICKS) if side is Side.LONG else math.ceil(ticks - LEAST_TICKS)
    return replace(stop, price=float(f"{whole * tick:.{PRICE_DIGITS}g}"))
