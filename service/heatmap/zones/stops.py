"""Stops: where a stop would be out of a zone's reach."""

from dataclasses import dataclass

from service.heatmap.base.side import Side


@dataclass(frozen=True)
class Stop:
    """A price beyond the core's far edge, and how many ATR beyond it."""

    price: float
    atr_multiple: float


def stop_beyond(side: Side, low: float, high: float, atr: float, atr_multiple: float) -> Stop:
    """Return the stop for a trade on a reversal out of the core low..high: below a long zone, above a short one."""
    room = atr * atr_multiple
    return Stop(low - room if side is Side.LONG else high + room, atr_multiple)
